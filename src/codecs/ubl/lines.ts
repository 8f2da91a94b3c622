/** The lines of orders, invoices, credit notes, despatch and receipt advices. */
import { delivery, deliveryTerms, item, shipment } from "./goods.ts";
import { party } from "./parties.ts";
import {
  billingReference,
  discrepancyResponse,
  documentReference,
  lineReference,
  orderLineReference,
  period,
} from "./references.ts";
import { allowanceCharge, paymentTerms, price, taxTotal } from "./settlement.ts";
import { described, many, one, optional, some, type Told } from "./shape.ts";

const lineItemLayout = {
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
export interface UblLineItem extends Told<typeof lineItemLayout> {}
const lineItem = described<UblLineItem>(lineItemLayout);

const orderLineLayout = {
  substitutionStatusCode: optional("SubstitutionStatusCode", "text"),
  notes: many("Note", "text"),
  lineItem: one("LineItem", lineItem),
  sellerProposedSubstitutes: many("SellerProposedSubstituteLineItem", lineItem),
  sellerSubstituted: many("SellerSubstitutedLineItem", lineItem),
  buyerProposedSubstitutes: many("BuyerProposedSubstituteLineItem", lineItem),
  orderLineReferences: many("OrderLineReference", orderLineReference),
  documentReferences: many("DocumentReference", documentReference),
};
export interface UblOrderLine extends Told<typeof orderLineLayout> {}
export const orderLine = described<UblOrderLine>(orderLineLayout);

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

const invoiceLineLayout = {
  ...billedStart,
  quantity: optional("InvoicedQuantity", "quantity"),
  ...billedMiddle,
  ...billedReferences,
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
  taxTotals: many("TaxTotal", taxTotal),
  item: one("Item", item),
  price: optional("Price", price),
};
export interface UblInvoiceLine extends Told<typeof invoiceLineLayout> {}
export const invoiceLine = described<UblInvoiceLine>(invoiceLineLayout);

const creditNoteLineLayout = {
  ...billedStart,
  quantity: optional("CreditedQuantity", "quantity"),
  ...billedMiddle,
  // A credit may be given for no item, and a line may only say why.
  lineExtensionAmount: optional("LineExtensionAmount", "amount"),
  discrepancyResponses: many("DiscrepancyResponse", discrepancyResponse),
  ...billedReferences,
  taxTotals: many("TaxTotal", taxTotal),
  allowanceCharges: many("AllowanceCharge", allowanceCharge),
  item: optional("Item", item),
  price: optional("Price", price),
};
export interface UblCreditNoteLine extends Told<typeof creditNoteLineLayout> {}
export const creditNoteLine = described<UblCreditNoteLine>(creditNoteLineLayout);

const despatchLineLayout = {
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
export interface UblDespatchLine extends Told<typeof despatchLineLayout> {}
export const despatchLine = described<UblDespatchLine>(despatchLineLayout);

const receiptLineLayout = {
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
export interface UblReceiptLine extends Told<typeof receiptLineLayout> {}
export const receiptLine = described<UblReceiptLine>(receiptLineLayout);
