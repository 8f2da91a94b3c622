/** Who takes part: parties, their addresses and contacts. */
import { described, many, one, optional, type Told } from "./shape.ts";

const countryLayout = { code: optional("IdentificationCode", "text"), name: optional("Name", "text") };
export interface UblCountry extends Told<typeof countryLayout> {}
export const country = described<UblCountry>(countryLayout);

const addressLayout = {
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
export interface UblAddress extends Told<typeof addressLayout> {}
export const address = described<UblAddress>(addressLayout);

const taxSchemeLayout = {
  id: optional("ID", "identifier"),
  name: optional("Name", "text"),
  typeCode: optional("TaxTypeCode", "text"),
};
export interface UblTaxScheme extends Told<typeof taxSchemeLayout> {}
export const taxScheme = described<UblTaxScheme>(taxSchemeLayout);

const contactLayout = {
  id: optional("ID", "identifier"),
  name: optional("Name", "text"),
  telephone: optional("Telephone", "text"),
  telefax: optional("Telefax", "text"),
  email: optional("ElectronicMail", "text"),
};
export interface UblContact extends Told<typeof contactLayout> {}
export const contact = described<UblContact>(contactLayout);

const partyLayout = {
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
export interface UblParty extends Told<typeof partyLayout> {}
export const party = described<UblParty>(partyLayout);

const customerPartyLayout = {
  customerAssignedAccountId: optional("CustomerAssignedAccountID", "identifier"),
  supplierAssignedAccountId: optional("SupplierAssignedAccountID", "identifier"),
  party: optional("Party", party),
  deliveryContact: optional("DeliveryContact", contact),
  accountingContact: optional("AccountingContact", contact),
  buyerContact: optional("BuyerContact", contact),
};
export interface UblCustomerParty extends Told<typeof customerPartyLayout> {}
export const customerParty = described<UblCustomerParty>(customerPartyLayout);

const supplierPartyLayout = {
  customerAssignedAccountId: optional("CustomerAssignedAccountID", "identifier"),
  party: optional("Party", party),
  despatchContact: optional("DespatchContact", contact),
  accountingContact: optional("AccountingContact", contact),
  sellerContact: optional("SellerContact", contact),
};
export interface UblSupplierParty extends Told<typeof supplierPartyLayout> {}
export const supplierParty = described<UblSupplierParty>(supplierPartyLayout);
