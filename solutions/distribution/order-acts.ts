/**
 * The business acts of order-to-cash: which command tells whom to do what, and how it is taken back.
 *
 * Pure functions from the order's state to commands. Each undo is safe when the act never took effect. From the goods
 * issue on there is no way back: it is the pivot, and what follows is corrected by new documents.
 */
import { type Command, send } from "crossdock";
import {
  decimals,
  erp,
  type finance,
  fulfilment,
  type LineQuantity,
  settlement,
  telling,
} from "crossdock/canon";
import { controlNumber } from "./control-number.ts";
import { type Invoice, type OrderState, orderTotal, type Shipment, wantedLines } from "./order-state.ts";
import type { Policy } from "./policy.ts";
import { wanted } from "./quantities.ts";

const idOf = (state: OrderState) => state.order.salesOrderId;
const day = (instant: string) => instant.slice(0, 10);

/** Optional fields are left out rather than set to undefined, as contracts ask. */
const given = <Value>(name: string, value: Value | undefined) =>
  value === undefined ? {} : { [name]: value };

export function checkPrices(state: OrderState): Command {
  const { customer, currency } = state.order;
  return send(
    fulfilment.CheckPrices.of({
      salesOrderId: idOf(state),
      sequenceNumberId: state.change,
      customer,
      currency,
      lines: state.lines.flatMap(({ line, item, uom, quantities }) => {
        const value = wanted(quantities);
        return decimals.isPositive(value) ? [{ line, item, quantity: { value, uom } }] : [];
      }),
    }),
  );
}

/** Asks what the tax would be of what is wanted now. */
export function calculateTax(state: OrderState): Command {
  const { salesOrderId, customer, currency, shipTo } = state.order;
  return send(
    settlement.CalculateTax.of({
      salesOrderId,
      sequenceNumberId: state.change,
      documentCode: taxCode(state, "order"),
      customer,
      ...given("jurisdiction", shipTo?.country),
      currency,
      lines: wantedLines(state).map(({ line, item, quantity, price }) => ({
        line,
        item,
        quantity,
        amount: decimals.priceOf(quantity, price),
      })),
    }),
  );
}

export const checkCredit = (state: OrderState): Command =>
  send(
    erp.CheckCredit.of({
      salesOrderId: idOf(state),
      sequenceNumberId: state.change,
      customer: state.order.customer,
      amount: orderTotal(state),
    }),
  );

export function postSalesOrder(state: OrderState): Command {
  const { salesOrderId, customerReference, customer, currency, plant } = state.order;
  return send(
    erp.PostSalesOrder.of({
      salesOrderId,
      customerReference,
      customer,
      plant,
      currency,
      lines: wantedLines(state),
      total: orderTotal(state),
    }),
    { undo: erp.CancelSalesOrder.of({ salesOrderId, reason: "The order was abandoned." }) },
  );
}

/** Every line as it stands now; a line nobody wants any more is said so with quantity 0. */
function changeSalesOrder(state: OrderState, erpOrderId: string): Command {
  const { salesOrderId, customer, currency } = state.order;
  const current = new Map(wantedLines(state).map((line) => [line.line, line]));
  return send(
    erp.ChangeSalesOrder.of({
      salesOrderId,
      erpOrderId,
      sequenceNumberId: state.change,
      customer,
      currency,
      lines: state.lines.flatMap(({ line, item, uom, price }) =>
        price ? [current.get(line) ?? { line, item, quantity: { value: "0", uom }, price }] : [],
      ),
      total: orderTotal(state),
    }),
  );
}

export const allocateStock = (state: OrderState, lines: LineQuantity[]): Command =>
  send(
    fulfilment.AllocateStock.of({
      salesOrderId: idOf(state),
      lines,
      plant: state.order.plant,
      ...given("shipsFrom", state.order.shipsFrom),
    }),
    {
      undo: fulfilment.ReleaseAllocation.of({
        salesOrderId: idOf(state),
        lines,
        reason: "The order was abandoned.",
      }),
    },
  );

export const releaseAllocation = (state: OrderState, lines: LineQuantity[], reason: string): Command =>
  send(fulfilment.ReleaseAllocation.of({ salesOrderId: idOf(state), lines, reason }));

export function shipOrder(state: OrderState, lines: LineQuantity[]): Command {
  const { salesOrderId, customer, shipTo, requestedDate, shipsFrom } = state.order;
  return send(
    fulfilment.ShipOrder.of({
      salesOrderId,
      customer,
      lines,
      ...given("shipTo", shipTo),
      ...given("requestedDate", requestedDate),
      ...(shipsFrom === undefined ? {} : { warehouse: shipsFrom, call: state.calls ?? 1 }),
    }),
    { undo: fulfilment.CancelShipment.of({ salesOrderId, reason: "The order was abandoned." }) },
  );
}

export const cancelShipment = (state: OrderState, reason: string): Command =>
  send(fulfilment.CancelShipment.of({ salesOrderId: idOf(state), reason }));

/** Asks for a carrier; `attempt` tells one request from the next. */
export function bookFreight(state: OrderState, attempt: number): Command {
  const { salesOrderId, shipTo } = state.order;
  const lines = wantedLines(state).map(({ line, item, quantity }) => ({ line, item, quantity }));
  return send(fulfilment.BookFreight.of({ salesOrderId, attempt, lines, ...given("shipTo", shipTo) }), {
    undo: fulfilment.CancelFreight.of({ salesOrderId, reason: "The order was abandoned." }),
  });
}

/**
 * Tells the ERP everything it can be told now: a change, goods issues, invoices whose tax is final.
 *
 * All of them name the ERP's own order number, so they wait until it is known: an ERP that is away delays them and
 * nothing else.
 */
export function tellErp(state: OrderState, at: string): { state: OrderState; send: Command[] } {
  const erpOrderId = state.erp.orderId;
  if (erpOrderId === null) return { state, send: [] };
  const send: Command[] = [];
  if (state.erp.change < state.change) send.push(changeSalesOrder(state, erpOrderId));
  const shipments = state.shipments.map((shipment) => {
    const { tax, goodsIssueSent, invoiceSent, invoiceHeld } = shipment;
    const mayBill = tax !== null && !invoiceHeld;
    if (!goodsIssueSent) send.push(postGoodsIssue(state, erpOrderId, shipment));
    if (mayBill && !invoiceSent) send.push(postInvoice(state, erpOrderId, shipment, tax, at));
    return { ...shipment, goodsIssueSent: true, invoiceSent: invoiceSent || mayBill };
  });
  return { state: { ...state, shipments, erp: { ...state.erp, change: state.change } }, send };
}

/** The pivot: goods have left, and stock and value follow them. */
const postGoodsIssue = (
  state: OrderState,
  erpOrderId: string,
  { shipmentId, lines, dispatchedAt, warehouse }: Shipment,
): Command =>
  send(
    erp.PostGoodsIssue.of({
      salesOrderId: idOf(state),
      erpOrderId,
      shipmentId,
      lines: lines.map(({ line, item, quantity }) => ({ line, item, quantity })),
      ...(warehouse === undefined ? {} : { warehouse }),
      dispatchedAt,
    }),
    {
      undo: erp.ReverseMovement.of({
        salesOrderId: idOf(state),
        shipmentId,
        reason: "The shipment was withdrawn.",
      }),
      pivot: true,
    },
  );

/** Our name of the tax document of a shipment, or of the order: the same code twice is the same document. */
export const taxCode = (state: OrderState, shipmentId: string): string => `${idOf(state)}/${shipmentId}`;

export function finaliseTax(state: OrderState, { shipmentId, lines, dispatchedAt }: Shipment): Command {
  const { salesOrderId, customer, currency, shipTo } = state.order;
  const documentCode = taxCode(state, shipmentId);
  return send(
    settlement.FinaliseDocument.of({
      salesOrderId,
      shipmentId,
      documentCode,
      customer,
      ...given("jurisdiction", shipTo?.country),
      currency,
      lines,
      taxPointDate: day(dispatchedAt),
    }),
    {
      undo: settlement.VoidDocument.of({
        salesOrderId,
        shipmentId,
        documentCode,
        reason: "The shipment was withdrawn.",
      }),
    },
  );
}

type InvoicePosted = (typeof finance.InvoicePosted)["sample"];

function postInvoice(
  state: OrderState,
  erpOrderId: string,
  shipment: Shipment,
  tax: NonNullable<Shipment["tax"]>,
  at: string,
): Command {
  const { salesOrderId, customer, currency } = state.order;
  return send(
    erp.PostInvoice.of({
      salesOrderId,
      erpOrderId,
      shipmentId: shipment.shipmentId,
      customer,
      currency,
      taxDocumentId: tax.taxDocumentId,
      lines: shipment.lines,
      taxExclusiveAmount: shipment.net,
      taxAmount: tax.amount,
      taxInclusiveAmount: decimals.total([shipment.net, tax.amount], currency),
      issueDate: day(at),
    }),
    { pivot: true },
  );
}

/** The finance ledger's copy of an invoice: what the ERP posted, line by line. */
export function postInvoiceEntry(state: OrderState, invoice: InvoicePosted, policy: Policy): Command {
  const { ledger } = policy;
  const zero = decimals.money("0", state.order.currency);
  return entry(state, policy, invoice.invoiceId, invoice.issueDate, `Invoice ${invoice.invoiceId}`, [
    { account: ledger.receivables, debit: invoice.taxInclusiveAmount, credit: zero },
    { account: ledger.revenue, debit: zero, credit: invoice.taxExclusiveAmount },
    ...(decimals.isZero(invoice.taxAmount.amount)
      ? []
      : [{ account: ledger.tax, debit: zero, credit: invoice.taxAmount }]),
  ]);
}

/** The finance ledger's copy of the cost the ERP booked at goods issue. */
export const postCostEntry = (
  state: OrderState,
  movement: string,
  postingDate: string,
  lines: Entry["lines"],
  policy: Policy,
): Command => entry(state, policy, movement, postingDate, `Cost of goods issue ${movement}`, lines);

type Entry = (typeof settlement.PostEntry)["sample"];

function entry(
  state: OrderState,
  { ledger, fiscalCalendar }: Policy,
  sourceDocument: string,
  postingDate: string,
  memo: string,
  lines: Entry["lines"],
): Command {
  const told = {
    salesOrderId: idOf(state),
    sourceDocument,
    ledger: ledger.name,
    postingDate,
    lines,
  };
  return send(
    settlement.PostEntry.of({
      ...told,
      fiscalPeriod: fiscalCalendar(postingDate).period,
      memo: `${memo} of order ${idOf(state)}`,
    }),
    { undo: settlement.ReverseEntry.of({ ...told, reason: "The document was withdrawn." }) },
  );
}

type CreditNote = (typeof finance.CreditNoteIssued)["sample"];

/** An invoice nobody gave goods back for was taken back whole: its tax counts no longer. */
export const voidTax = (
  state: OrderState,
  { shipmentId }: Shipment,
  { creditNoteId, billingReference }: CreditNote,
): Command =>
  send(
    settlement.VoidDocument.of({
      salesOrderId: idOf(state),
      shipmentId,
      documentCode: taxCode(state, shipmentId),
      reason: `Credit note ${creditNoteId} takes invoice ${billingReference} back.`,
    }),
  );

/** The finance ledger's copy of a credit note that no return accounts for. */
export function postCreditEntry(state: OrderState, note: CreditNote, policy: Policy): Command {
  const { ledger } = policy;
  const { creditNoteId, billingReference, issueDate } = note;
  const zero = decimals.money("0", note.taxInclusiveAmount.currency);
  return entry(
    state,
    policy,
    creditNoteId,
    issueDate,
    `Credit note ${creditNoteId} of invoice ${billingReference}`,
    [
      { account: ledger.revenue, debit: note.taxExclusiveAmount, credit: zero },
      ...(decimals.isZero(note.taxAmount.amount)
        ? []
        : [{ account: ledger.tax, debit: note.taxAmount, credit: zero }]),
      { account: ledger.receivables, debit: zero, credit: note.taxInclusiveAmount },
    ],
  );
}

/** Charges the card for one invoice: never before the order is durable, never more than was billed. */
export function capturePayment(state: OrderState, { invoiceId, amount, currency }: Invoice): Command {
  const { salesOrderId, customer, payment } = state.order;
  const money = decimals.money(amount, currency);
  return send(
    settlement.CapturePayment.of({
      salesOrderId,
      invoiceId,
      customer,
      amount: money,
      ...given("token", payment.token),
    }),
    {
      undo: settlement.RefundPayment.of({
        salesOrderId,
        invoiceId,
        amount: money,
        reason: "The invoice was withdrawn.",
      }),
    },
  );
}

export function applyPayment(
  state: OrderState,
  { invoiceId, currency }: Invoice,
  paymentId: string,
  amount: string,
  valueDate: string,
): Command {
  const money = decimals.money(amount, currency);
  const payment = {
    salesOrderId: idOf(state),
    paymentId,
    customer: state.order.customer,
    amount: money,
    invoices: [{ invoiceId, amount: money }],
    valueDate,
  };
  return send(settlement.ApplyPayment.of(payment), {
    undo: settlement.UnapplyPayment.of({ ...payment, reason: "The payment was returned." }),
  });
}

/** Gives back on the card what a credit note left in the customer's favour. */
export const refundPayment = (
  { order: { salesOrderId } }: OrderState,
  { invoiceId, amount, creditNoteId }: NonNullable<OrderState["inFavour"]>,
): Command =>
  send(
    settlement.RefundPayment.of({
      salesOrderId,
      invoiceId,
      amount,
      reason: `Credit note ${creditNoteId}`,
    }),
    { pivot: true },
  );

/** Takes a payment off the invoice it was applied to, as of the day the bank took it back. */
export const unapplyPayment = (
  state: OrderState,
  { paymentId, invoiceId, amount, valueDate }: NonNullable<OrderState["takenBack"]>,
  reason: string,
): Command =>
  send(
    settlement.UnapplyPayment.of({
      salesOrderId: idOf(state),
      paymentId,
      customer: state.order.customer,
      amount,
      invoices: [{ invoiceId, amount }],
      valueDate,
      reason,
    }),
  );

// What partners are told ------------------------------------------------------------------------------------------

/** Customers who order by EDI are answered by EDI; all others are told by their channel's own flow. */
export const isEdi = (state: OrderState): boolean => state.order.channel === "edi";

function document(
  state: OrderState,
  writtenAt: string,
  identity: string,
  content: telling.PartnerDocument,
): Command[] {
  if (!isEdi(state)) return [];
  const { salesOrderId, customer } = state.order;
  return [
    send(
      telling.SendDocument.of({
        partner: customer,
        conversation: salesOrderId,
        salesOrderId,
        controlNumber: controlNumber(customer, salesOrderId, content.type, identity),
        writtenAt,
        document: content,
      }),
    ),
  ];
}

/** Our answer to the order, or to its change `state.change`. */
export function acknowledgeOrder(
  state: OrderState,
  at: string,
  status: "accepted" | "rejected" | "changed",
  reasons: string[] = [],
): Command[] {
  const { customerReference, orderDate, currency } = state.order;
  return document(state, at, `${status}/${state.change}`, {
    type: "order-acknowledgement",
    customerReference,
    orderDate,
    status,
    reasons,
    currency,
    lines: state.lines.map(({ line, item, uom, price, quantities }) => ({
      line,
      item,
      quantity: { value: wanted(quantities), uom },
      ...(price ? { price } : {}),
    })),
  });
}

export function sendDespatchAdvice(
  state: OrderState,
  shipment: Shipment,
  handlingUnits: { sscc: string }[],
): Command[] {
  const { customerReference, orderDate, shipTo } = state.order;
  const { carrier, trackingNumber } = state.freight;
  return document(state, shipment.dispatchedAt, shipment.shipmentId, {
    type: "despatch-advice",
    shipmentId: shipment.shipmentId,
    customerReference,
    orderDate,
    dispatchedAt: shipment.dispatchedAt,
    ...given("shipTo", shipTo),
    ...given("carrier", carrier),
    ...given("trackingNumber", trackingNumber),
    handlingUnits,
    lines: shipment.lines.map(({ line, item, quantity }) => ({ line, item, quantity })),
  });
}

export function sendInvoice(state: OrderState, invoice: InvoicePosted, at: string): Command[] {
  const { customerReference, orderDate } = state.order;
  const { invoiceId, shipmentId, issueDate, dueDate, lines } = invoice;
  const { taxExclusiveAmount, taxAmount, taxInclusiveAmount } = invoice;
  return document(state, at, invoiceId, {
    type: "invoice",
    invoiceId,
    shipmentId,
    customerReference,
    orderDate,
    issueDate,
    ...given("dueDate", dueDate),
    lines,
    taxExclusiveAmount,
    taxAmount,
    taxInclusiveAmount,
  });
}
