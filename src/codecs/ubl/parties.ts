/** Who takes part: parties, their addresses and contacts. */
import { many, one, optional, type Told } from "./shape.ts";

export const country = { code: optional("IdentificationCode", "text"), name: optional("Name", "text") };

export const address = {
  id: optional("ID", "identifier"),
  postbox: optional("Postbox", "text"),
  floor: optional("Floor", "text"),
  room: optional("Room", "text"),
  street: optional("StreetName", "text"),
  additionalStreet: optional("AdditionalStreetName", "text"),
  building: optional("BuildingName", "text"),
  buildingNumber: optional("BuildingNumber", "text"),
  department: optional("Department", "text"),
  city: optional("CityName", "text"),
  postalZone: optional("PostalZone", "text"),
  subentity: optional("CountrySubentity", "text"),
  subentityCode: optional("CountrySubentityCode", "text"),
  region: optional("Region", "text"),
  district: optional("District", "text"),
  lines: many("AddressLine", { line: one("Line", "text") }),
  country: optional("Country", country),
};

export const taxScheme = {
  id: optional("ID", "identifier"),
  name: optional("Name", "text"),
  typeCode: optional("TaxTypeCode", "text"),
};

export const contact = {
  id: optional("ID", "identifier"),
  name: optional("Name", "text"),
  telephone: optional("Telephone", "text"),
  telefax: optional("Telefax", "text"),
  email: optional("ElectronicMail", "text"),
};

export const party = {
  endpoint: optional("EndpointID", "identifier"),
  identifications: many("PartyIdentification", { id: one("ID", "identifier") }),
  names: many("PartyName", { name: one("Name", "text") }),
  postalAddress: optional("PostalAddress", address),
  taxSchemes: many("PartyTaxScheme", {
    registrationName: optional("RegistrationName", "text"),
    companyId: optional("CompanyID", "identifier"),
    exemptionReason: many("ExemptionReason", "text"),
    registrationAddress: optional("RegistrationAddress", address),
    scheme: one("TaxScheme", taxScheme),
  }),
  legalEntities: many("PartyLegalEntity", {
    registrationName: optional("RegistrationName", "text"),
    companyId: optional("CompanyID", "identifier"),
    legalForm: optional("CompanyLegalForm", "text"),
    registrationAddress: optional("RegistrationAddress", address),
  }),
  contact: optional("Contact", contact),
  persons: many("Person", {
    firstName: optional("FirstName", "text"),
    familyName: optional("FamilyName", "text"),
    middleName: optional("MiddleName", "text"),
    jobTitle: optional("JobTitle", "text"),
  }),
};
export type UblParty = Told<typeof party>;

export const customerParty = {
  customerAssignedAccountId: optional("CustomerAssignedAccountID", "identifier"),
  supplierAssignedAccountId: optional("SupplierAssignedAccountID", "identifier"),
  party: optional("Party", party),
  deliveryContact: optional("DeliveryContact", contact),
  accountingContact: optional("AccountingContact", contact),
  buyerContact: optional("BuyerContact", contact),
};

export const supplierParty = {
  customerAssignedAccountId: optional("CustomerAssignedAccountID", "identifier"),
  party: optional("Party", party),
  despatchContact: optional("DespatchContact", contact),
  accountingContact: optional("AccountingContact", contact),
  sellerContact: optional("SellerContact", contact),
};
