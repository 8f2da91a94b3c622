/** What is moved: items, places, deliveries and shipments. */
import { address, country, party } from "./parties.ts";
import { documentReference, period } from "./references.ts";
import { taxCategory } from "./settlement.ts";
import { described, many, one, optional, type Told } from "./shape.ts";

const locationLayout = {
  id: optional("ID", "identifier"),
  descriptions: many("Description", "text"),
  name: optional("Name", "text"),
  address: optional("Address", address),
};
export interface UblLocation extends Told<typeof locationLayout> {}
export const location = described<UblLocation>(locationLayout);

const deliveryLayout = {
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
export interface UblDelivery extends Told<typeof deliveryLayout> {}
export const delivery = described<UblDelivery>(deliveryLayout);

const deliveryTermsLayout = {
  id: optional("ID", "identifier"),
  specialTerms: many("SpecialTerms", "text"),
  lossRiskCode: optional("LossRiskResponsibilityCode", "text"),
  location: optional("DeliveryLocation", location),
};
export interface UblDeliveryTerms extends Told<typeof deliveryTermsLayout> {}
export const deliveryTerms = described<UblDeliveryTerms>(deliveryTermsLayout);

const identificationLayout = {
  id: one("ID", "identifier"),
  extendedId: optional("ExtendedID", "identifier"),
};
export interface UblIdentification extends Told<typeof identificationLayout> {}
const identification = described<UblIdentification>(identificationLayout);

const transactionConditionsLayout = {
  id: optional("ID", "text"),
  actionCode: optional("ActionCode", "coded"),
  descriptions: many("Description", "text"),
};
export interface UblTransactionConditions extends Told<typeof transactionConditionsLayout> {}
export const transactionConditions = described<UblTransactionConditions>(transactionConditionsLayout);

const itemLayout = {
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
export interface UblItem extends Told<typeof itemLayout> {}
export const item = described<UblItem>(itemLayout);

const transportHandlingUnitLayout = {
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
export interface UblTransportHandlingUnit extends Told<typeof transportHandlingUnitLayout> {}
const transportHandlingUnit = described<UblTransportHandlingUnit>(transportHandlingUnitLayout);

const shipmentLayout = {
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
export interface UblShipment extends Told<typeof shipmentLayout> {}
export const shipment = described<UblShipment>(shipmentLayout);
