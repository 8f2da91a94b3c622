/** What documents refer to: other documents, their lines, periods, contracts. */
import { many, one, optional } from "./shape.ts";

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

export const discrepancyResponse = {
  referenceId: optional("ReferenceID", "text"),
  responseCode: optional("ResponseCode", "text"),
  descriptions: many("Description", "text"),
};
