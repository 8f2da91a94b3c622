/**
 * The facts and states that rehearsals and tests of order-to-cash are told with.
 *
 * One order of ten pumps, by EDI; what differs from it is said where it differs. `at` writes a state out from the order
 * as captured, so an expected state shows only what has changed.
 */
import type { Message } from "crossdock";
import {
  costing,
  decimals,
  finance,
  inventory,
  logistics,
  payments,
  returns,
  sales,
  services,
} from "crossdock/canon";
import * as acts from "../order-acts.ts";
import type { Invoice, Line, OrderState, Shipment } from "../order-state.ts";
import { standardPolicy } from "../policy.ts";
import { opened, type Quantities } from "../quantities.ts";

/** When everything in a rehearsal happens. */
export const NOW = "2026-01-05T08:00:00Z";
export const ORDER = "SO-ACME-PO-4711";
export const CUSTOMER = "C-ACME";

export const eur = (amount: string) => ({ amount, currency: "EUR" });
export const each = (value: string) => ({ value, uom: "EA" });
export const price = (amount: string) => ({ ...eur(amount), per: each("1") });
export const pumps = (value: string) => ({ line: "1", item: "PUMP-100", quantity: each(value) });
const worth = (value: string) => decimals.money(decimals.multiply(value, "500.00"), "EUR");

// Facts -----------------------------------------------------------------------------------------------------------

export const order: sales.SalesOrder = {
  salesOrderId: ORDER,
  customerReference: "PO-4711",
  customer: CUSTOMER,
  channel: "edi",
  issueDate: "2026-01-05",
  currency: "EUR",
  lines: [{ ...pumps("10"), price: price("500.00") }],
};
export const captured = (more: Partial<sales.SalesOrder> = {}): Message =>
  sales.OrderCaptured.of({ ...order, ...more });

const of = { salesOrderId: ORDER };

export const prices = (amount = "500.00", change = 0): Message =>
  sales.PricesChecked.of({
    ...of,
    sequenceNumberId: change,
    lines: [{ line: "1", item: "PUMP-100", price: price(amount) }],
  });
/** The tax of an order as the tax engine says it, or promised from what it said in December. */
export const taxCalculated = (amount: string, { change = 0, promised = false } = {}): Message =>
  costing.TaxCalculated.of({
    ...of,
    documentCode: `${ORDER}/order`,
    committed: false,
    sequenceNumberId: change,
    taxableAmount: eur("5000.00"),
    taxAmount: eur(amount),
    rate: "0.20",
    asOf: NOW,
    ...(promised ? { promisedFrom: "2025-12-20T08:00:00Z" } : {}),
  });
export const creditApproved = (change = 0): Message =>
  sales.CreditApproved.of({ ...of, sequenceNumberId: change, amount: eur("5000.00"), approver: "erp" });
export const creditHeld = (change = 0): Message =>
  sales.CreditHeld.of({
    ...of,
    sequenceNumberId: change,
    amount: eur("5000.00"),
    reason: "The limit is exceeded.",
    owner: "credit-team",
  });
export const onErpBooks: Message = sales.OrderAccepted.of({
  ...of,
  customerReference: "PO-4711",
  customer: CUSTOMER,
  erpOrderId: "4500001",
});
export const changed = (quantity: string, change = 1, amount?: string): Message =>
  sales.OrderChanged.of({
    ...of,
    sequenceNumberId: change,
    reason: "Other quantities.",
    lines: [
      {
        line: "1",
        quantity: each(quantity),
        ...(amount === undefined ? {} : { price: { amount, per: each("1") } }),
      },
    ],
  });
export const cancelled: Message = sales.OrderCancelled.of({ ...of, reason: "Ordered twice.", by: "maria" });

export const allocated = (value = "10", report = "WH-1"): Message =>
  inventory.StockAllocated.of({
    ...of,
    allocationId: "AL-1",
    reportId: report,
    allocations: [pumps(value)],
    shortfall: [],
    allocatedAt: NOW,
  });
export const backordered = (value = "4"): Message =>
  inventory.OrderBackordered.of({
    ...of,
    orderLine: `${ORDER}/1`,
    line: "1",
    item: "PUMP-100",
    backorderQuantity: each(value),
    reason: "Out of stock.",
    backorderedAt: NOW,
  });
export const released = (value: string, release = "RL-1"): Message =>
  inventory.ReservationReleased.of({
    ...of,
    releaseId: release,
    lines: [pumps(value)],
    reason: "Recounted.",
    releasedAt: NOW,
  });
export const freightBooked: Message = logistics.FreightBooked.of({
  ...of,
  bookingId: "FB-1",
  carrier: "Alpin Cargo",
  trackingNumber: "TRK-1",
  bookedAt: NOW,
});
export const freightRequested = (attempt: number) =>
  services.FreightRequested.of({
    salesOrderId: ORDER,
    requestId: `${ORDER}/freight/${attempt}`,
    mode: "road",
  });
export const carrierRejected = (booking = "FB-1"): Message =>
  logistics.CarrierRejected.of({
    ...of,
    bookingId: booking,
    carrier: "Alpin Cargo",
    reason: "No lorry is free.",
    rejectedAt: NOW,
  });
export const dispatched = (value = "10", shipment = "SH-1", item = "PUMP-100"): Message =>
  logistics.ShipmentDispatched.of({
    ...of,
    shipmentId: shipment,
    lines: [{ ...pumps(value), item }],
    handlingUnits: [{ sscc: "340123450000000018" }],
    dispatchedAt: NOW,
  });
export const delivered: Message = logistics.DeliveryProven.of({
  ...of,
  shipmentId: "SH-1",
  signedBy: "J. Martin",
  exceptions: [],
  provenAt: NOW,
});

export const taxFinalised = (value = "10", shipment = "SH-1", taxable = worth(value)): Message =>
  finance.TaxFinalised.of({
    ...of,
    shipmentId: shipment,
    taxDocumentId: `TX-${shipment}`,
    documentCode: `${ORDER}/${shipment}`,
    committed: true,
    taxableAmount: taxable,
    taxAmount: decimals.money(decimals.multiply(taxable.amount, "0.20"), "EUR"),
    rate: "0.20",
  });
export const invoicePosted = (value = "10", shipment = "SH-1", net = worth(value)): Message => {
  const tax = decimals.money(decimals.multiply(net.amount, "0.20"), "EUR");
  return finance.InvoicePosted.of({
    ...of,
    shipmentId: shipment,
    invoiceId: `INV-${shipment}`,
    taxDocumentId: `TX-${shipment}`,
    lines: [{ ...pumps(value), amount: net }],
    taxExclusiveAmount: net,
    taxAmount: tax,
    taxInclusiveAmount: decimals.total([net, tax], "EUR"),
    issueDate: "2026-01-05",
  });
};
export const costBooked: Message = finance.PostingAccepted.of({
  ...of,
  sourceDocument: "SH-1",
  shipmentId: "SH-1",
  ledger: "ERP",
  ledgerReference: "4900001",
  lines: [
    { account: "Cost of sales", debit: eur("3000.00"), credit: eur("0.00") },
    { account: "Finished goods", debit: eur("0.00"), credit: eur("3000.00") },
  ],
});
export const financeBooked: Message = finance.PostingAccepted.of({
  ...of,
  sourceDocument: "INV-SH-1",
  ledger: "ME-03",
  ledgerReference: "1001",
});
export const creditNote = (value: string, amount: string): Message =>
  finance.CreditNoteIssued.of({
    ...of,
    creditNoteId: "CN-1",
    returnId: "RT-1",
    billingReference: "INV-SH-1",
    reason: "Arrived damaged.",
    lines: [{ ...pumps(value), amount: eur("0.00") }],
    taxExclusiveAmount: eur("0.00"),
    taxAmount: eur("0.00"),
    taxInclusiveAmount: eur(amount),
    issueDate: "2026-01-05",
  });
/** The whole invoice, or two pieces of it, taken back at the ERP's own screen. */
export const takenBack = (part = false): Message =>
  finance.CreditNoteIssued.of({
    ...of,
    creditNoteId: "CN-1",
    billingReference: "INV-SH-1",
    reason: "Billed to the wrong customer.",
    lines: [{ ...pumps(part ? "2" : "10"), amount: eur(part ? "1000.00" : "5000.00") }],
    taxExclusiveAmount: eur(part ? "1000.00" : "5000.00"),
    taxAmount: eur(part ? "200.00" : "1000.00"),
    taxInclusiveAmount: eur(part ? "1200.00" : "6000.00"),
    issueDate: "2026-01-05",
  });
export const goodsReturned = (value = "2"): Message =>
  returns.GoodsReturned.of({
    ...of,
    returnId: "RT-1",
    receiptAdviceId: "RR-1",
    lines: [pumps(value)],
    condition: "cracked",
    restockDecision: "scrap",
    returnedAt: NOW,
  });
export const bankEntry = (
  amount: string,
  { reference = "BK-1", invoice = "INV-SH-1", currency = "EUR", debit = false } = {},
): Message =>
  payments.BankEntryReceived.of({
    bankReference: reference,
    account: "FR76",
    statementId: "ST-1",
    amount: { amount, currency },
    creditDebitIndicator: debit ? "DBIT" : "CRDT",
    bookingDate: "2026-01-20",
    valueDate: "2026-01-20",
    remittance: invoice,
    invoiceId: invoice,
    salesOrderId: ORDER,
  });
/** One payment for our invoice and for one of another order. */
export const combined = (amount: string): Message =>
  payments.BankEntryReceived.of({
    ...(bankEntry(amount).data as (typeof payments.BankEntryReceived)["sample"]),
    alsoFor: [{ invoiceId: "INV-OTHER", salesOrderId: "SO-OTHER" }],
  });
export const passedOn = (amount: string): Message =>
  payments.PaymentPassedOn.of({
    ...of,
    paymentId: "BK-1/2",
    bankReference: "BK-1",
    invoiceId: "INV-SH-1",
    amount: eur(amount),
    valueDate: "2026-01-20",
    alsoFor: [],
  });
export const paymentCaptured: Message = payments.PaymentCaptured.of({
  ...of,
  paymentId: "CAP-1",
  amount: eur("6000.00"),
  capturedAt: NOW,
});
export const paymentApplied = (amount: string, payment = "BK-1", invoice = "INV-SH-1"): Message =>
  payments.PaymentApplied.of({
    ...of,
    paymentId: payment,
    invoices: [{ invoiceId: invoice, amount: eur(amount) }],
    amount: eur(amount),
  });

// Histories -------------------------------------------------------------------------------------------------------

export const toCredit: Message[] = [captured(), prices()];
export const toFulfilment: Message[] = [...toCredit, creditApproved(), onErpBooks];
export const toShipping: Message[] = [...toFulfilment, allocated()];
export const toDispatch: Message[] = [...toShipping, dispatched()];
export const toInvoice: Message[] = [...toDispatch, taxFinalised()];
export const toPayment: Message[] = [...toInvoice, invoicePosted()];

// States ----------------------------------------------------------------------------------------------------------

export const line = (q: Partial<Quantities> = {}, more: Partial<Line> = {}): Line => ({
  line: "1",
  item: "PUMP-100",
  uom: "EA",
  price: price("500.00"),
  quantities: { ...opened("10"), ...q },
  askedToAllocate: "0",
  askedToShip: "0",
  askedToRelease: "0",
  ...more,
});

/** The state just after capture, with whatever is different now. */
export const at = (more: Partial<OrderState> = {}): OrderState => ({
  order: {
    salesOrderId: ORDER,
    customerReference: "PO-4711",
    customer: CUSTOMER,
    channel: "edi",
    currency: "EUR",
    orderDate: "2026-01-05",
    plant: "LYO",
    payment: { method: "invoice" },
  },
  phase: "checking prices",
  change: 0,
  lines: [line()],
  erp: { sent: false, orderId: null, change: 0 },
  allocatedSaid: false,
  freight: { attempts: 0 },
  shipments: [],
  invoices: [],
  heard: [],
  reminders: 0,
  ...more,
});

const onBooks = { sent: true, orderId: "4500001", change: 0 };
const asked = { askedToAllocate: "10" };

/** Approved and posted, nothing allocated yet. */
export const fulfilling = (more: Partial<OrderState> = {}): OrderState =>
  at({ phase: "fulfilling", erp: onBooks, lines: [line({}, asked)], ...more });

/** Allocated, and the warehouse was told to ship. */
export const shipping = (more: Partial<OrderState> = {}): OrderState =>
  fulfilling({
    lines: [line({ allocated: "10" }, { ...asked, askedToShip: "10" })],
    allocatedSaid: true,
    freight: { attempts: 1 },
    heard: ["allocated WH-1"],
    ...more,
  });

export const shipment = (more: Partial<Shipment> = {}): Shipment => ({
  shipmentId: "SH-1",
  dispatchedAt: NOW,
  lines: [{ ...pumps("10"), amount: eur("5000.00") }],
  net: eur("5000.00"),
  tax: null,
  goodsIssueSent: true,
  invoiceSent: false,
  invoiceId: null,
  costPosted: false,
  ...more,
});

const shippedLine = (q: Partial<Quantities> = {}) =>
  line({ allocated: "10", shipped: "10", ...q }, { ...asked, askedToShip: "10" });

/** Everything left in one shipment. */
export const gone = (more: Partial<OrderState> = {}): OrderState =>
  shipping({
    lines: [shippedLine()],
    shipments: [shipment()],
    heard: ["allocated WH-1", "dispatched SH-1"],
    ...more,
  });

export const taxed = shipment({
  tax: { taxDocumentId: "TX-SH-1", amount: eur("1000.00") },
  invoiceSent: true,
});

export const invoice = (more: Partial<Invoice> = {}): Invoice => ({
  invoiceId: "INV-SH-1",
  shipmentId: "SH-1",
  currency: "EUR",
  amount: "6000.00",
  credited: "0",
  pledged: "0",
  paid: "0",
  ...more,
});

/** Invoiced in full, nothing paid. */
export const billed = (more: Partial<OrderState> = {}): OrderState =>
  gone({
    lines: [shippedLine({ invoiced: "10" })],
    shipments: [{ ...taxed, invoiceId: "INV-SH-1" }],
    invoices: [invoice()],
    ...more,
  });

export const billedLine = shippedLine;

/** What follows where all of it is taken back. */
export function followed({ data }: Message) {
  const note = data as (typeof finance.CreditNoteIssued)["sample"];
  return [
    acts.voidTax(billed(), billed().shipments[0]!, note),
    acts.postCreditEntry(billed(), note, standardPolicy),
  ];
}
