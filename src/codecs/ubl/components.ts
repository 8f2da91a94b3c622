/**
 * The components UBL documents share: parties, items, prices, taxes, allowances, deliveries, references.
 *
 * Elements stand in the order of the UBL 2.3 schemas, which is also valid for 2.0 to 2.2 where the element exists. Only
 * what trading partners act on is laid out; the reader lists everything else it meets.
 */
import { many, one, optional, some, type Told } from "./shape.ts";

const country = { code: optional("IdentificationCode", "text"), name: optional("Name", "text") };

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

const taxScheme = {
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

export const period = {
  startDate: optional("StartDate", "date"),
  startTime: optional("StartTime", "time"),
  endDate: optional("EndDate", "date"),
  endTime: optional("EndTime", "time"),
  descriptionCodes: many("DescriptionCode", "text"),
  descriptions: many("Description", "text"),
};

const attachment = {
  embedded: optional("EmbeddedDocumentBinaryObject", "binary"),
  external: optional("ExternalReference", {
    uri: optional("URI", "text"),
    hash: optional("DocumentHash", "text"),
    fileName: optional("FileName", "text"),
  }),
};

export const documentReference = {
  id: one("ID", "identifier"),
  copy: optional("CopyIndicator", "indicator"),
  uuid: optional("UUID", "text"),
  issueDate: optional("IssueDate", "date"),
  typeCode: optional("DocumentTypeCode", "text"),
  type: optional("DocumentType", "text"),
  lineId: optional("LineID", "text"),
  descriptions: many("DocumentDescription", "text"),
  attachment: optional("Attachment", attachment),
};

export const orderReference = {
  id: one("ID", "text"),
  salesOrderId: optional("SalesOrderID", "text"),
  copy: optional("CopyIndicator", "indicator"),
  uuid: optional("UUID", "text"),
  issueDate: optional("IssueDate", "date"),
  issueTime: optional("IssueTime", "time"),
  customerReference: optional("CustomerReference", "text"),
  typeCode: optional("OrderTypeCode", "text"),
};

export const orderLineReference = {
  lineId: one("LineID", "text"),
  salesOrderLineId: optional("SalesOrderLineID", "text"),
  uuid: optional("UUID", "text"),
  lineStatusCode: optional("LineStatusCode", "text"),
  orderReference: optional("OrderReference", orderReference),
};

/** A line of a despatch or receipt advice. */
export const lineReference = {
  lineId: one("LineID", "text"),
  uuid: optional("UUID", "text"),
  lineStatusCode: optional("LineStatusCode", "text"),
  documentReference: optional("DocumentReference", documentReference),
};

export const billingReference = {
  invoice: optional("InvoiceDocumentReference", documentReference),
  selfBilledInvoice: optional("SelfBilledInvoiceDocumentReference", documentReference),
  creditNote: optional("CreditNoteDocumentReference", documentReference),
  additional: optional("AdditionalDocumentReference", documentReference),
  lines: many("BillingReferenceLine", { id: one("ID", "text"), amount: optional("Amount", "amount") }),
};

export const contract = {
  id: optional("ID", "identifier"),
  issueDate: optional("IssueDate", "date"),
  typeCode: optional("ContractTypeCode", "text"),
  type: optional("ContractType", "text"),
};

export const projectReference = { id: one("ID", "text") };

export const taxCategory = {
  id: optional("ID", "text"),
  name: optional("Name", "text"),
  percent: optional("Percent", "decimal"),
  exemptionReasonCode: optional("TaxExemptionReasonCode", "text"),
  exemptionReasons: many("TaxExemptionReason", "text"),
  scheme: one("TaxScheme", taxScheme),
};

export const taxTotal = {
  taxAmount: one("TaxAmount", "amount"),
  roundingAmount: optional("RoundingAmount", "amount"),
  evidence: optional("TaxEvidenceIndicator", "indicator"),
  subtotals: many("TaxSubtotal", {
    taxableAmount: optional("TaxableAmount", "amount"),
    taxAmount: one("TaxAmount", "amount"),
    sequence: optional("CalculationSequenceNumeric", "decimal"),
    percent: optional("Percent", "decimal"),
    category: one("TaxCategory", taxCategory),
  }),
};

/** `charge` is true for a charge, false for an allowance; the amount is never the other way round. */
export const allowanceCharge = {
  id: optional("ID", "text"),
  charge: one("ChargeIndicator", "indicator"),
  reasonCode: optional("AllowanceChargeReasonCode", "text"),
  reasons: many("AllowanceChargeReason", "text"),
  factor: optional("MultiplierFactorNumeric", "decimal"),
  prepaid: optional("PrepaidIndicator", "indicator"),
  sequence: optional("SequenceNumeric", "decimal"),
  amount: one("Amount", "amount"),
  baseAmount: optional("BaseAmount", "amount"),
  taxCategories: many("TaxCategory", taxCategory),
  taxTotal: optional("TaxTotal", taxTotal),
};

export const monetaryTotal = {
  lineExtensionAmount: optional("LineExtensionAmount", "amount"),
  taxExclusiveAmount: optional("TaxExclusiveAmount", "amount"),
  taxInclusiveAmount: optional("TaxInclusiveAmount", "amount"),
  allowanceTotalAmount: optional("AllowanceTotalAmount", "amount"),
  chargeTotalAmount: optional("ChargeTotalAmount", "amount"),
  prepaidAmount: optional("PrepaidAmount", "amount"),
  payableRoundingAmount: optional("PayableRoundingAmount", "amount"),
  payableAmount: one("PayableAmount", "amount"),
};
export type UblTotal = Told<typeof monetaryTotal>;

export const exchangeRate = {
  source: one("SourceCurrencyCode", "text"),
  sourceBaseRate: optional("SourceCurrencyBaseRate", "decimal"),
  target: one("TargetCurrencyCode", "text"),
  targetBaseRate: optional("TargetCurrencyBaseRate", "decimal"),
  calculationRate: optional("CalculationRate", "decimal"),
  operator: optional("MathematicOperatorCode", "text"),
  date: optional("Date", "date"),
};

export const location = {
  id: optional("ID", "identifier"),
  descriptions: many("Description", "text"),
  name: optional("Name", "text"),
  address: optional("Address", address),
};

export const delivery = {
  id: optional("ID", "text"),
  quantity: optional("Quantity", "quantity"),
  minimumQuantity: optional("MinimumQuantity", "quantity"),
  maximumQuantity: optional("MaximumQuantity", "quantity"),
  actualDate: optional("ActualDeliveryDate", "date"),
  actualTime: optional("ActualDeliveryTime", "time"),
  latestDate: optional("LatestDeliveryDate", "date"),
  latestTime: optional("LatestDeliveryTime", "time"),
  trackingId: optional("TrackingID", "text"),
  address: optional("DeliveryAddress", address),
  location: optional("DeliveryLocation", location),
  requestedPeriod: optional("RequestedDeliveryPeriod", period),
  promisedPeriod: optional("PromisedDeliveryPeriod", period),
  estimatedPeriod: optional("EstimatedDeliveryPeriod", period),
  carrier: optional("CarrierParty", party),
  party: optional("DeliveryParty", party),
  despatch: optional("Despatch", {
    requestedDate: optional("RequestedDespatchDate", "date"),
    estimatedDate: optional("EstimatedDespatchDate", "date"),
    actualDate: optional("ActualDespatchDate", "date"),
    actualTime: optional("ActualDespatchTime", "time"),
    address: optional("DespatchAddress", address),
  }),
};

export const deliveryTerms = {
  id: optional("ID", "identifier"),
  specialTerms: many("SpecialTerms", "text"),
  lossRiskCode: optional("LossRiskResponsibilityCode", "text"),
  location: optional("DeliveryLocation", location),
};

const financialAccount = {
  id: optional("ID", "identifier"),
  name: optional("Name", "text"),
  typeCode: optional("AccountTypeCode", "text"),
  currency: optional("CurrencyCode", "text"),
  branch: optional("FinancialInstitutionBranch", {
    id: optional("ID", "identifier"),
    name: optional("Name", "text"),
    institution: optional("FinancialInstitution", {
      id: optional("ID", "identifier"),
      name: optional("Name", "text"),
    }),
  }),
  country: optional("Country", country),
};

export const paymentMeans = {
  id: optional("ID", "text"),
  code: one("PaymentMeansCode", "coded"),
  dueDate: optional("PaymentDueDate", "date"),
  channelCode: optional("PaymentChannelCode", "text"),
  instructionId: optional("InstructionID", "text"),
  instructionNotes: many("InstructionNote", "text"),
  paymentIds: many("PaymentID", "identifier"),
  card: optional("CardAccount", {
    number: one("PrimaryAccountNumberID", "text"),
    network: one("NetworkID", "text"),
    holder: optional("HolderName", "text"),
  }),
  payerAccount: optional("PayerFinancialAccount", financialAccount),
  payeeAccount: optional("PayeeFinancialAccount", financialAccount),
  mandate: optional("PaymentMandate", {
    id: optional("ID", "text"),
    payerAccount: optional("PayerFinancialAccount", financialAccount),
  }),
};

export const paymentTerms = {
  id: optional("ID", "text"),
  meansIds: many("PaymentMeansID", "text"),
  notes: many("Note", "text"),
  settlementDiscountPercent: optional("SettlementDiscountPercent", "decimal"),
  penaltyPercent: optional("PenaltySurchargePercent", "decimal"),
  amount: optional("Amount", "amount"),
  dueDate: optional("PaymentDueDate", "date"),
  settlementPeriod: optional("SettlementPeriod", period),
};

export const prepaidPayment = {
  id: optional("ID", "text"),
  paidAmount: optional("PaidAmount", "amount"),
  receivedDate: optional("ReceivedDate", "date"),
};

export const price = {
  amount: one("PriceAmount", "amount"),
  baseQuantity: optional("BaseQuantity", "quantity"),
  changeReasons: many("PriceChangeReason", "text"),
  typeCode: optional("PriceTypeCode", "text"),
  type: optional("PriceType", "text"),
  orderableUnitFactor: optional("OrderableUnitFactorRate", "decimal"),
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
};

const identification = { id: one("ID", "identifier"), extendedId: optional("ExtendedID", "identifier") };

export const transactionConditions = {
  id: optional("ID", "text"),
  actionCode: optional("ActionCode", "coded"),
  descriptions: many("Description", "text"),
};

export const item = {
  descriptions: many("Description", "text"),
  packQuantity: optional("PackQuantity", "quantity"),
  packSize: optional("PackSizeNumeric", "decimal"),
  name: optional("Name", "text"),
  hazardous: optional("HazardousRiskIndicator", "indicator"),
  additionalInformation: many("AdditionalInformation", "text"),
  keywords: many("Keyword", "text"),
  brandNames: many("BrandName", "text"),
  modelNames: many("ModelName", "text"),
  buyersId: optional("BuyersItemIdentification", identification),
  sellersId: optional("SellersItemIdentification", identification),
  manufacturersIds: many("ManufacturersItemIdentification", identification),
  standardId: optional("StandardItemIdentification", identification),
  catalogueId: optional("CatalogueItemIdentification", identification),
  additionalIds: many("AdditionalItemIdentification", identification),
  specifications: many("ItemSpecificationDocumentReference", documentReference),
  originCountry: optional("OriginCountry", country),
  classifications: many("CommodityClassification", {
    commodityCode: optional("CommodityCode", "coded"),
    code: optional("ItemClassificationCode", "coded"),
  }),
  transactionConditions: many("TransactionConditions", transactionConditions),
  hazardousItems: many("HazardousItem", {
    id: optional("ID", "text"),
    undgCode: optional("UNDGCode", "text"),
    hazardClassId: optional("HazardClassID", "text"),
  }),
  taxCategories: many("ClassifiedTaxCategory", taxCategory),
  properties: many("AdditionalItemProperty", {
    id: optional("ID", "text"),
    name: one("Name", "text"),
    nameCode: optional("NameCode", "coded"),
    value: optional("Value", "text"),
    valueQuantity: optional("ValueQuantity", "quantity"),
    valueQualifiers: many("ValueQualifier", "text"),
  }),
  manufacturers: many("ManufacturerParty", party),
  instances: many("ItemInstance", {
    productTraceId: optional("ProductTraceID", "text"),
    manufactureDate: optional("ManufactureDate", "date"),
    bestBeforeDate: optional("BestBeforeDate", "date"),
    serialId: optional("SerialID", "text"),
    properties: many("AdditionalItemProperty", {
      name: one("Name", "text"),
      value: optional("Value", "text"),
    }),
    lot: optional("LotIdentification", {
      lotNumber: optional("LotNumberID", "text"),
      expiryDate: optional("ExpiryDate", "date"),
    }),
  }),
  certificates: many("Certificate", {
    id: one("ID", "text"),
    typeCode: one("CertificateTypeCode", "text"),
    type: one("CertificateType", "text"),
    remarks: many("Remarks", "text"),
    issuer: one("IssuerParty", party),
    documents: many("DocumentReference", documentReference),
  }),
  dimensions: many("Dimension", {
    attributeId: one("AttributeID", "text"),
    measure: optional("Measure", "quantity"),
  }),
};
export type UblItem = Told<typeof item>;

const transportHandlingUnit = {
  id: optional("ID", "identifier"),
  typeCode: optional("TransportHandlingUnitTypeCode", "text"),
  totalGoodsQuantity: optional("TotalGoodsItemQuantity", "quantity"),
  totalPackages: optional("TotalPackageQuantity", "quantity"),
  damageRemarks: many("DamageRemarks", "text"),
  shippingMarks: many("ShippingMarks", "text"),
  traceId: optional("TraceID", "text"),
  hazardous: optional("HazardousRiskIndicator", "indicator"),
  dimensions: many("MeasurementDimension", {
    attributeId: one("AttributeID", "text"),
    measure: optional("Measure", "quantity"),
  }),
};

export const shipment = {
  id: one("ID", "text"),
  priorityCode: optional("ShippingPriorityLevelCode", "text"),
  handlingCode: optional("HandlingCode", "text"),
  information: many("Information", "text"),
  grossWeight: optional("GrossWeightMeasure", "quantity"),
  netWeight: optional("NetWeightMeasure", "quantity"),
  grossVolume: optional("GrossVolumeMeasure", "quantity"),
  netVolume: optional("NetVolumeMeasure", "quantity"),
  totalGoodsQuantity: optional("TotalGoodsItemQuantity", "quantity"),
  totalHandlingUnits: optional("TotalTransportHandlingUnitQuantity", "quantity"),
  specialInstructions: many("SpecialInstructions", "text"),
  deliveryInstructions: many("DeliveryInstructions", "text"),
  splitConsignment: optional("SplitConsignmentIndicator", "indicator"),
  consignments: many("Consignment", {
    id: optional("ID", "text"),
    carrierAssignedId: optional("CarrierAssignedID", "text"),
    carrier: optional("CarrierParty", party),
  }),
  stages: many("ShipmentStage", {
    id: optional("ID", "text"),
    modeCode: optional("TransportModeCode", "text"),
    meansTypeCode: optional("TransportMeansTypeCode", "text"),
    carriers: many("CarrierParty", party),
  }),
  delivery: optional("Delivery", delivery),
  handlingUnits: many("TransportHandlingUnit", transportHandlingUnit),
};

export const discrepancyResponse = {
  referenceId: optional("ReferenceID", "text"),
  responseCode: optional("ResponseCode", "text"),
  descriptions: many("Description", "text"),
};

const lineItem = {
  id: one("ID", "text"),
  salesOrderId: optional("SalesOrderID", "text"),
  uuid: optional("UUID", "text"),
  notes: many("Note", "text"),
  statusCode: optional("LineStatusCode", "text"),
  quantity: optional("Quantity", "quantity"),
  lineExtensionAmount: optional("LineExtensionAmount", "amount"),
  totalTaxAmount: optional("TotalTaxAmount", "amount"),
  minimumQuantity: optional("MinimumQuantity", "quantity"),
  maximumQuantity: optional("MaximumQuantity", "quantity"),
  minimumBackorderQuantity: optional("MinimumBackorderQuantity", "quantity"),
  maximumBackorderQuantity: optional("MaximumBackorderQuantity", "quantity"),
  partialDelivery: optional("PartialDeliveryIndicator", "indicator"),
  backOrderAllowed: optional("BackOrderAllowedIndicator", "indicator"),
  accountingCostCode: optional("AccountingCostCode", "text"),
  accountingCost: optional("AccountingCost", "text"),
  deliveries: many("Delivery", delivery),
  deliveryTerms: optional("DeliveryTerms", deliveryTerms),
  originator: optional("OriginatorParty", party),
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
  price: optional("Price", price),
  item: one("Item", item),
  taxTotals: many("TaxTotal", taxTotal),
};

export const orderLine = {
  substitutionStatusCode: optional("SubstitutionStatusCode", "text"),
  notes: many("Note", "text"),
  lineItem: one("LineItem", lineItem),
  sellerProposedSubstitutes: many("SellerProposedSubstituteLineItem", lineItem),
  sellerSubstituted: many("SellerSubstitutedLineItem", lineItem),
  buyerProposedSubstitutes: many("BuyerProposedSubstituteLineItem", lineItem),
  orderLineReferences: many("OrderLineReference", orderLineReference),
  documentReferences: many("DocumentReference", documentReference),
};
export type UblOrderLine = Told<typeof orderLine>;

/** What lines of invoices and credit notes have before and after what differs. */
const billedStart = { id: one("ID", "text"), uuid: optional("UUID", "text"), notes: many("Note", "text") };
const billedMiddle = {
  lineExtensionAmount: one("LineExtensionAmount", "amount"),
  taxPointDate: optional("TaxPointDate", "date"),
  accountingCostCode: optional("AccountingCostCode", "text"),
  accountingCost: optional("AccountingCost", "text"),
  freeOfCharge: optional("FreeOfChargeIndicator", "indicator"),
  periods: many("InvoicePeriod", period),
  orderLineReferences: many("OrderLineReference", orderLineReference),
};
const billedReferences = {
  despatchLineReferences: many("DespatchLineReference", lineReference),
  receiptLineReferences: many("ReceiptLineReference", lineReference),
  billingReferences: many("BillingReference", billingReference),
  documentReferences: many("DocumentReference", documentReference),
  originator: optional("OriginatorParty", party),
  deliveries: many("Delivery", delivery),
  paymentTerms: many("PaymentTerms", paymentTerms),
};
const billedEnd = { item: one("Item", item), price: optional("Price", price) };

export const invoiceLine = {
  ...billedStart,
  quantity: optional("InvoicedQuantity", "quantity"),
  ...billedMiddle,
  ...billedReferences,
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
  taxTotals: many("TaxTotal", taxTotal),
  ...billedEnd,
};

export const creditNoteLine = {
  ...billedStart,
  quantity: optional("CreditedQuantity", "quantity"),
  ...billedMiddle,
  discrepancyResponses: many("DiscrepancyResponse", discrepancyResponse),
  ...billedReferences,
  taxTotals: many("TaxTotal", taxTotal),
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
  ...billedEnd,
};

export const despatchLine = {
  id: one("ID", "text"),
  uuid: optional("UUID", "text"),
  notes: many("Note", "text"),
  statusCode: optional("LineStatusCode", "text"),
  deliveredQuantity: optional("DeliveredQuantity", "quantity"),
  backorderQuantity: optional("BackorderQuantity", "quantity"),
  backorderReasons: many("BackorderReason", "text"),
  outstandingQuantity: optional("OutstandingQuantity", "quantity"),
  outstandingReasons: many("OutstandingReason", "text"),
  oversupplyQuantity: optional("OversupplyQuantity", "quantity"),
  orderLineReferences: some("OrderLineReference", orderLineReference),
  documentReferences: many("DocumentReference", documentReference),
  item: one("Item", item),
  shipments: many("Shipment", shipment),
};

export const receiptLine = {
  id: one("ID", "text"),
  uuid: optional("UUID", "text"),
  notes: many("Note", "text"),
  receivedQuantity: optional("ReceivedQuantity", "quantity"),
  shortQuantity: optional("ShortQuantity", "quantity"),
  shortageActionCode: optional("ShortageActionCode", "text"),
  rejectedQuantity: optional("RejectedQuantity", "quantity"),
  rejectReasonCode: optional("RejectReasonCode", "text"),
  rejectReasons: many("RejectReason", "text"),
  rejectActionCode: optional("RejectActionCode", "text"),
  discrepancyCode: optional("QuantityDiscrepancyCode", "text"),
  oversupplyQuantity: optional("OversupplyQuantity", "quantity"),
  receivedDate: optional("ReceivedDate", "date"),
  timingComplaintCode: optional("TimingComplaintCode", "text"),
  timingComplaint: optional("TimingComplaint", "text"),
  orderLineReference: optional("OrderLineReference", orderLineReference),
  despatchLineReferences: many("DespatchLineReference", lineReference),
  documentReferences: many("DocumentReference", documentReference),
  items: many("Item", item),
  shipments: many("Shipment", shipment),
};
