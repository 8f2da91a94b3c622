/** What documents refer to: other documents, their lines, periods, contracts. */
import { described, many, one, optional, type Told } from "./shape.ts";

const periodLayout = {
  startDate: optional("StartDate", "date"),
  startTime: optional("StartTime", "time"),
  endDate: optional("EndDate", "date"),
  endTime: optional("EndTime", "time"),
  descriptionCodes: many("DescriptionCode", "text"),
  descriptions: many("Description", "text"),
};
export interface UblPeriod extends Told<typeof periodLayout> {}
export const period = described<UblPeriod>(periodLayout);

const attachmentLayout = {
  embedded: optional("EmbeddedDocumentBinaryObject", "binary"),
  external: optional("ExternalReference", {
    uri: optional("URI", "text"),
    hash: optional("DocumentHash", "text"),
    fileName: optional("FileName", "text"),
  }),
};
export interface UblAttachment extends Told<typeof attachmentLayout> {}
const attachment = described<UblAttachment>(attachmentLayout);

const documentReferenceLayout = {
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
export interface UblDocumentReference extends Told<typeof documentReferenceLayout> {}
export const documentReference = described<UblDocumentReference>(documentReferenceLayout);

const orderReferenceLayout = {
  id: one("ID", "text"),
  salesOrderId: optional("SalesOrderID", "text"),
  copy: optional("CopyIndicator", "indicator"),
  uuid: optional("UUID", "text"),
  issueDate: optional("IssueDate", "date"),
  issueTime: optional("IssueTime", "time"),
  customerReference: optional("CustomerReference", "text"),
  typeCode: optional("OrderTypeCode", "text"),
};
export interface UblOrderReference extends Told<typeof orderReferenceLayout> {}
export const orderReference = described<UblOrderReference>(orderReferenceLayout);

const orderLineReferenceLayout = {
  lineId: one("LineID", "text"),
  salesOrderLineId: optional("SalesOrderLineID", "text"),
  uuid: optional("UUID", "text"),
  lineStatusCode: optional("LineStatusCode", "text"),
  orderReference: optional("OrderReference", orderReference),
};
export interface UblOrderLineReference extends Told<typeof orderLineReferenceLayout> {}
export const orderLineReference = described<UblOrderLineReference>(orderLineReferenceLayout);

const lineReferenceLayout = {
  lineId: one("LineID", "text"),
  uuid: optional("UUID", "text"),
  lineStatusCode: optional("LineStatusCode", "text"),
  documentReference: optional("DocumentReference", documentReference),
};
/** A line of a despatch or receipt advice. */
export interface UblLineReference extends Told<typeof lineReferenceLayout> {}
export const lineReference = described<UblLineReference>(lineReferenceLayout);

const billingReferenceLayout = {
  invoice: optional("InvoiceDocumentReference", documentReference),
  selfBilledInvoice: optional("SelfBilledInvoiceDocumentReference", documentReference),
  creditNote: optional("CreditNoteDocumentReference", documentReference),
  additional: optional("AdditionalDocumentReference", documentReference),
  lines: many("BillingReferenceLine", { id: one("ID", "text"), amount: optional("Amount", "amount") }),
};
export interface UblBillingReference extends Told<typeof billingReferenceLayout> {}
export const billingReference = described<UblBillingReference>(billingReferenceLayout);

const contractLayout = {
  id: optional("ID", "identifier"),
  issueDate: optional("IssueDate", "date"),
  typeCode: optional("ContractTypeCode", "text"),
  type: optional("ContractType", "text"),
};
export interface UblContract extends Told<typeof contractLayout> {}
export const contract = described<UblContract>(contractLayout);

const projectReferenceLayout = { id: one("ID", "text") };
export interface UblProjectReference extends Told<typeof projectReferenceLayout> {}
export const projectReference = described<UblProjectReference>(projectReferenceLayout);

const discrepancyResponseLayout = {
  referenceId: optional("ReferenceID", "text"),
  responseCode: optional("ResponseCode", "text"),
  descriptions: many("Description", "text"),
};
export interface UblDiscrepancyResponse extends Told<typeof discrepancyResponseLayout> {}
export const discrepancyResponse = described<UblDiscrepancyResponse>(discrepancyResponseLayout);
