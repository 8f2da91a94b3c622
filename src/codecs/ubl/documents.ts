/**
 * The nine documents of an order's life in UBL 2.0 to 2.3: what each consists of, and which parts it cannot lack.
 *
 * What is required here is required by the schemas of OASIS; what a profile (PEPPOL, EN 16931) demands on top is for the
 * contract between the partners.
 */
import * as parts from "./components.ts";
import { described, many, type Of, one, optional, some, type Told } from "./shape.ts";

const start = {
  ublVersion: optional("UBLVersionID", "text"),
  customization: optional("CustomizationID", "text"),
  profile: optional("ProfileID", "text"),
  profileExecution: optional("ProfileExecutionID", "text"),
  id: one("ID", "text"),
};
const issued = {
  copy: optional("CopyIndicator", "indicator"),
  uuid: optional("UUID", "text"),
  issueDate: one("IssueDate", "date"),
  issueTime: optional("IssueTime", "time"),
};
const notes = many("Note", "text");
const accounting = {
  accountingCostCode: optional("AccountingCostCode", "text"),
  accountingCost: optional("AccountingCost", "text"),
};
const lineCount = optional("LineCountNumeric", "decimal");
const additionalDocuments = many("AdditionalDocumentReference", parts.documentReference);
const contracts = many("Contract", parts.contract);
const buyer = one("BuyerCustomerParty", parts.customerParty);
const seller = one("SellerSupplierParty", parts.supplierParty);
const originator = optional("OriginatorCustomerParty", parts.customerParty);
const accountingCustomer = optional("AccountingCustomerParty", parts.customerParty);
const accountingSupplier = optional("AccountingSupplierParty", parts.supplierParty);
const deliveries = many("Delivery", parts.delivery);
const allowanceCharges = many("AllowanceCharge", parts.allowanceCharge);
const taxTotals = many("TaxTotal", parts.taxTotal);
const exchangeRates = {
  taxExchangeRate: optional("TaxExchangeRate", parts.exchangeRate),
  pricingExchangeRate: optional("PricingExchangeRate", parts.exchangeRate),
  paymentExchangeRate: optional("PaymentExchangeRate", parts.exchangeRate),
};
const orderCurrencies = {
  requestedInvoiceCurrency: optional("RequestedInvoiceCurrencyCode", "text"),
  currency: optional("DocumentCurrencyCode", "text"),
  pricingCurrency: optional("PricingCurrencyCode", "text"),
  taxCurrency: optional("TaxCurrencyCode", "text"),
  customerReference: optional("CustomerReference", "text"),
  ...accounting,
  lineCount,
  validityPeriods: many("ValidityPeriod", parts.period),
};
const orderParties = {
  buyer,
  seller,
  originator,
  freightForwarder: optional("FreightForwarderParty", parts.party),
  accountingCustomer,
};
const terms = {
  deliveries,
  deliveryTerms: optional("DeliveryTerms", parts.deliveryTerms),
  paymentMeans: many("PaymentMeans", parts.paymentMeans),
  paymentTerms: many("PaymentTerms", parts.paymentTerms),
};

const orderLayout = {
  ...start,
  salesOrderId: optional("SalesOrderID", "text"),
  ...issued,
  typeCode: optional("OrderTypeCode", "text"),
  notes,
  ...orderCurrencies,
  quotation: optional("QuotationDocumentReference", parts.documentReference),
  orderDocuments: many("OrderDocumentReference", parts.documentReference),
  originatorDocument: optional("OriginatorDocumentReference", parts.documentReference),
  additionalDocuments,
  contracts,
  projects: many("ProjectReference", parts.projectReference),
  ...orderParties,
  ...terms,
  transactionConditions: optional("TransactionConditions", parts.transactionConditions),
  allowanceCharges,
  ...exchangeRates,
  taxTotals,
  total: optional("AnticipatedMonetaryTotal", parts.monetaryTotal),
  lines: some("OrderLine", parts.orderLine),
};

const orderResponseLayout = {
  ...start,
  salesOrderId: optional("SalesOrderID", "text"),
  ...issued,
  responseCode: optional("OrderResponseCode", "text"),
  notes,
  currency: optional("DocumentCurrencyCode", "text"),
  pricingCurrency: optional("PricingCurrencyCode", "text"),
  taxCurrency: optional("TaxCurrencyCode", "text"),
  customerReference: optional("CustomerReference", "text"),
  ...accounting,
  lineCount,
  validityPeriods: many("ValidityPeriod", parts.period),
  orderReferences: some("OrderReference", parts.orderReference),
  orderDocuments: many("OrderDocumentReference", parts.documentReference),
  originatorDocument: optional("OriginatorDocumentReference", parts.documentReference),
  orderChangeDocument: optional("OrderChangeDocumentReference", parts.documentReference),
  additionalDocuments,
  contracts,
  seller,
  buyer,
  originator,
  freightForwarder: optional("FreightForwarderParty", parts.party),
  accountingSupplier,
  accountingCustomer,
  ...terms,
  allowanceCharges,
  transactionConditions: optional("TransactionConditions", parts.transactionConditions),
  ...exchangeRates,
  taxTotals,
  total: optional("LegalMonetaryTotal", parts.monetaryTotal),
  lines: many("OrderLine", parts.orderLine),
};

const orderResponseSimpleLayout = {
  ...start,
  ...issued,
  notes,
  accepted: one("AcceptedIndicator", "indicator"),
  rejectionNotes: many("RejectionNote", "text"),
  customerReference: optional("CustomerReference", "text"),
  ...accounting,
  orderReference: one("OrderReference", parts.orderReference),
  additionalDocuments,
  seller,
  buyer,
  originator,
  accountingSupplier,
  accountingCustomer,
};

const orderChangeLayout = {
  ...start,
  salesOrderId: optional("SalesOrderID", "text"),
  ...issued,
  sequenceNumber: optional("SequenceNumberID", "text"),
  notes,
  ...orderCurrencies,
  orderReference: one("OrderReference", parts.orderReference),
  quotation: optional("QuotationDocumentReference", parts.documentReference),
  orderDocuments: many("OrderDocumentReference", parts.documentReference),
  originatorDocument: optional("OriginatorDocumentReference", parts.documentReference),
  additionalDocuments,
  contracts,
  ...orderParties,
  accountingSupplier,
  ...terms,
  allowanceCharges,
  ...exchangeRates,
  taxTotals,
  total: optional("AnticipatedMonetaryTotal", parts.monetaryTotal),
  lines: some("OrderLine", parts.orderLine),
};

const orderCancellationLayout = {
  ...start,
  ...issued,
  notes,
  reasons: some("CancellationNote", "text"),
  orderReferences: some("OrderReference", parts.orderReference),
  originatorDocument: optional("OriginatorDocumentReference", parts.documentReference),
  additionalDocuments,
  contracts,
  buyer,
  seller,
  originator,
};

const despatchAdviceLayout = {
  ...start,
  ...issued,
  statusCode: optional("DocumentStatusCode", "text"),
  typeCode: optional("DespatchAdviceTypeCode", "text"),
  notes,
  lineCount,
  orderReferences: many("OrderReference", parts.orderReference),
  additionalDocuments,
  despatchSupplier: one("DespatchSupplierParty", parts.supplierParty),
  deliveryCustomer: one("DeliveryCustomerParty", parts.customerParty),
  buyer: optional("BuyerCustomerParty", parts.customerParty),
  seller: optional("SellerSupplierParty", parts.supplierParty),
  originator,
  shipment: optional("Shipment", parts.shipment),
  lines: some("DespatchLine", parts.despatchLine),
};

const receiptAdviceLayout = {
  ...start,
  ...issued,
  statusCode: optional("DocumentStatusCode", "text"),
  typeCode: optional("ReceiptAdviceTypeCode", "text"),
  notes,
  lineCount,
  orderReferences: many("OrderReference", parts.orderReference),
  despatchDocuments: many("DespatchDocumentReference", parts.documentReference),
  additionalDocuments,
  deliveryCustomer: one("DeliveryCustomerParty", parts.customerParty),
  despatchSupplier: one("DespatchSupplierParty", parts.supplierParty),
  buyer: optional("BuyerCustomerParty", parts.customerParty),
  seller: optional("SellerSupplierParty", parts.supplierParty),
  shipment: optional("Shipment", parts.shipment),
  lines: some("ReceiptLine", parts.receiptLine),
};

const billingCurrencies = {
  currency: optional("DocumentCurrencyCode", "text"),
  taxCurrency: optional("TaxCurrencyCode", "text"),
  pricingCurrency: optional("PricingCurrencyCode", "text"),
  paymentCurrency: optional("PaymentCurrencyCode", "text"),
  ...accounting,
  lineCount,
  buyerReference: optional("BuyerReference", "text"),
  periods: many("InvoicePeriod", parts.period),
};
const billingParties = {
  supplier: one("AccountingSupplierParty", parts.supplierParty),
  customer: one("AccountingCustomerParty", parts.customerParty),
  payee: optional("PayeeParty", parts.party),
  buyer: optional("BuyerCustomerParty", parts.customerParty),
  seller: optional("SellerSupplierParty", parts.supplierParty),
  taxRepresentative: optional("TaxRepresentativeParty", parts.party),
};
const billingDocuments = {
  orderReference: optional("OrderReference", parts.orderReference),
  billingReferences: many("BillingReference", parts.billingReference),
  despatchDocuments: many("DespatchDocumentReference", parts.documentReference),
  receiptDocuments: many("ReceiptDocumentReference", parts.documentReference),
};

const invoiceLayout = {
  ...start,
  ...issued,
  dueDate: optional("DueDate", "date"),
  typeCode: optional("InvoiceTypeCode", "text"),
  notes,
  taxPointDate: optional("TaxPointDate", "date"),
  ...billingCurrencies,
  ...billingDocuments,
  statementDocuments: many("StatementDocumentReference", parts.documentReference),
  originatorDocuments: many("OriginatorDocumentReference", parts.documentReference),
  contractDocuments: many("ContractDocumentReference", parts.documentReference),
  additionalDocuments,
  projects: many("ProjectReference", parts.projectReference),
  ...billingParties,
  ...terms,
  prepaidPayments: many("PrepaidPayment", parts.prepaidPayment),
  allowanceCharges,
  ...exchangeRates,
  taxTotals,
  withholdingTaxTotals: many("WithholdingTaxTotal", parts.taxTotal),
  total: one("LegalMonetaryTotal", parts.monetaryTotal),
  lines: some("InvoiceLine", parts.invoiceLine),
};

const creditNoteLayout = {
  ...start,
  ...issued,
  taxPointDate: optional("TaxPointDate", "date"),
  typeCode: optional("CreditNoteTypeCode", "text"),
  notes,
  ...billingCurrencies,
  discrepancyResponses: many("DiscrepancyResponse", parts.discrepancyResponse),
  ...billingDocuments,
  contractDocuments: many("ContractDocumentReference", parts.documentReference),
  additionalDocuments,
  statementDocuments: many("StatementDocumentReference", parts.documentReference),
  originatorDocuments: many("OriginatorDocumentReference", parts.documentReference),
  ...billingParties,
  ...terms,
  ...exchangeRates,
  allowanceCharges,
  taxTotals,
  total: one("LegalMonetaryTotal", parts.monetaryTotal),
  lines: some("CreditNoteLine", parts.creditNoteLine),
};

export interface UblOrder extends Told<typeof orderLayout> {}
export interface UblOrderResponse extends Told<typeof orderResponseLayout> {}
export interface UblOrderResponseSimple extends Told<typeof orderResponseSimpleLayout> {}
export interface UblOrderChange extends Told<typeof orderChangeLayout> {}
export interface UblOrderCancellation extends Told<typeof orderCancellationLayout> {}
export interface UblDespatchAdvice extends Told<typeof despatchAdviceLayout> {}
export interface UblReceiptAdvice extends Told<typeof receiptAdviceLayout> {}
export interface UblInvoice extends Told<typeof invoiceLayout> {}
export interface UblCreditNote extends Told<typeof creditNoteLayout> {}

/** What a document says, by the name of its root element. */
interface Bodies {
  readonly Order: UblOrder;
  readonly OrderResponse: UblOrderResponse;
  readonly OrderResponseSimple: UblOrderResponseSimple;
  readonly OrderChange: UblOrderChange;
  readonly OrderCancellation: UblOrderCancellation;
  readonly DespatchAdvice: UblDespatchAdvice;
  readonly ReceiptAdvice: UblReceiptAdvice;
  readonly Invoice: UblInvoice;
  readonly CreditNote: UblCreditNote;
}

export type UblKind = keyof Bodies;

/** What a document of a kind says. @example UblBody<"Invoice">["total"]["payableAmount"] */
export type UblBody<Kind extends UblKind> = Bodies[Kind];

/** Document by the name of its root element. */
export const DOCUMENTS: { readonly [Kind in UblKind]: Of<Bodies[Kind]> } = {
  Order: described(orderLayout),
  OrderResponse: described(orderResponseLayout),
  OrderResponseSimple: described(orderResponseSimpleLayout),
  OrderChange: described(orderChangeLayout),
  OrderCancellation: described(orderCancellationLayout),
  DespatchAdvice: described(despatchAdviceLayout),
  ReceiptAdvice: described(receiptAdviceLayout),
  Invoice: described(invoiceLayout),
  CreditNote: described(creditNoteLayout),
};

/** One document of any kind, with what it says beyond its layout. */
export type UblMessage = {
  [Kind in UblKind]: {
    readonly kind: Kind;
    readonly body: UblBody<Kind>;
    readonly notCarried: readonly NotCarried[];
  };
}[UblKind];

/** Something the document holds and the value does not. */
export interface NotCarried {
  /** e.g. `Invoice/cac:Signature`, `Order/cbc:ID/@schemeAgencyID`. */
  readonly path: string;
  readonly line: number;
  /** The text there, at most 200 characters; empty for an element with children. */
  readonly text: string;
}
