/**
 * What must hold for one order: it stands exactly once wherever it is owed, in the same quantities and amounts.
 *
 * The ERP's sales order is where an order's number is learnt; shipments are the WMS's. Everything else is compared with
 * these two, and with what was ordered.
 */
import type { Books, Line, Shipment } from "./books.ts";
import { minus, same, sum, times } from "./decimal.ts";

/** What was ordered from outside, and what is to become of it. */
export interface OwedOrder {
  readonly channel: "edi" | "api" | "shop";
  readonly customer: string;
  /** The customer's own number. */
  readonly number: string;
  /** Line numbers are 1, 2, …; a price left out is 0, the one the company holds. */
  readonly lines: readonly { readonly sku: string; readonly quantity: string; readonly price?: string }[];
  /**
   * `paid` (unless said otherwise): delivered, invoiced, paid. `invoiced`: the same, and nothing of it is paid.
   * `cancelled`: undone. `stopped`: it went no further than Crossdock.
   */
  readonly fate?: "paid" | "invoiced" | "cancelled" | "stopped";
  /** In how many shipments it went; one unless said otherwise. */
  readonly shipments?: number;
  /** What it was changed to, line by line; a line with 0 was taken out. */
  readonly changedTo?: readonly {
    readonly sku: string;
    readonly quantity: string;
    readonly price?: string;
  }[];
}

/** Prices the company holds, for lines ordered without one. */
const PRICES: Readonly<Record<string, string>> = {
  "PUMP-100": "500",
  "VALVE-20": "50",
  "HOUS-4": "80",
  "SEAL-9": "5",
  "MOTOR-7": "150",
};
const MILESTONES = ["accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"];

type Erp = Books["erp"]["documents"][string][number];

export function orderViolations(books: Books, order: OwedOrder): string[] {
  const found: string[] = [];
  const wrong = (sentence: string) => found.push(`${order.number}: ${sentence}`);
  const { fate = "paid" } = order;
  const sales = documents(books, "A_SalesOrder").filter(
    (one) => one.PurchaseOrderByCustomer === order.number && one.SoldToParty === order.customer,
  );
  if (fate === "stopped") {
    if (sales.length > 0) wrong(`it must not be in the ERP, but is ${sales.length} times.`);
    return found;
  }
  if (fate === "cancelled") {
    undone(books, sales, wrong);
    return found;
  }
  const [sale] = sales;
  if (!sale || sales.length !== 1) {
    wrong(`the ERP has ${sales.length} sales orders of it instead of one.`);
    return found;
  }
  ordered(books, order, sale, wrong);
  const shipments = dispatched(books, sale.ExternalReference);
  warehouse(books, order, sale, shipments, wrong);
  for (const shipment of shipments) settled(books, order, sale, shipment, wrong);
  once(documents(books, "A_GoodsIssue").filter(of(sale)), shipments.length, "goods issues", wrong);
  once(documents(books, "A_BillingDocument").filter(of(sale)), shipments.length, "invoices", wrong);
  told(books, order, sale, shipments, wrong);
  return found;
}

const documents = (books: Books, set: string): readonly Erp[] => books.erp.documents[set] ?? [];
const of = (sale: Erp) => (one: Erp) => one.SalesOrder === sale.SalesOrder;
const dispatched = ({ wms }: Books, orderId: string): Shipment[] =>
  wms.shipOrders
    .filter((one) => one.orderId === orderId)
    .flatMap(({ shipments }) => shipments.filter(({ dispatchedAt }) => dispatchedAt));

type Wrong = (sentence: string) => void;

function once(list: readonly unknown[], count: number, what: string, wrong: Wrong): void {
  if (list.length !== count) wrong(`there are ${list.length} ${what} instead of ${count}.`);
}

const wanted = ({ lines, changedTo }: OwedOrder): (Line & { price: string })[] =>
  (changedTo ?? lines)
    .map(({ sku, quantity, price }, index) => ({
      line: String(index + 1),
      sku,
      quantity,
      price: price ?? PRICES[sku] ?? "0",
    }))
    .filter(({ quantity }) => !same(quantity, "0"));

/** Lines of one number added up, as text that can be compared. */
function total(lines: readonly Line[]): string {
  const byLine = new Map<string, string>();
  for (const { line, sku, quantity } of lines)
    byLine.set(`${line} ${sku}`, sum([byLine.get(`${line} ${sku}`) ?? "0", quantity]));
  return [...byLine]
    .map(([line, quantity]) => `${line} × ${quantity}`)
    .toSorted()
    .join(", ");
}
const items = ({ Items }: Erp): Line[] =>
  Items.map(({ SalesOrderItem, Material, Quantity }) => ({
    line: SalesOrderItem,
    sku: Material,
    quantity: Quantity,
  }));

function ordered(books: Books, order: OwedOrder, sale: Erp, wrong: Wrong): void {
  const changes = documents(books, "A_SalesOrderChange").filter(of(sale));
  const now = changes.at(-1) ?? sale;
  const [said, expected] = [total(items(now)), total(wanted(order))];
  if (said !== expected) wrong(`the ERP has ${said}, but ordered was ${expected}.`);
  const cancellations = documents(books, "A_SalesOrderCancellation").filter(of(sale));
  once(cancellations, 0, "cancellations in the ERP", wrong);
}

function warehouse(
  books: Books,
  order: OwedOrder,
  sale: Erp,
  shipments: readonly Shipment[],
  wrong: Wrong,
): void {
  const orderId = sale.ExternalReference;
  const [left, expected] = [total(shipments.flatMap(({ lines }) => lines)), total(wanted(order))];
  if (left !== expected) wrong(`the WMS shipped ${left || "nothing"}, but ordered was ${expected}.`);
  once(shipments, order.shipments ?? 1, "shipments", wrong);
  const held = books.wms.allocations.filter((one) => one.orderId === orderId).flatMap(({ lines }) => lines);
  const taken = total(held.map(({ line, sku, taken: quantity }) => ({ line, sku, quantity })).filter(some));
  if (taken !== expected)
    wrong(`allocations gave ${taken || "nothing"} to shipments instead of ${expected}.`);
  for (const { line, reserved, missing } of held) {
    if (!same(reserved, "0") || !same(missing, "0"))
      wrong(`line ${line} still holds ${reserved} and misses ${missing} in the WMS.`);
  }
  const booked = books.tms.bookings.filter((one) => one.orderId === orderId && one.status !== "rejected");
  once(booked, 1, "freight bookings", wrong);
  for (const { shipmentId } of shipments)
    once(
      books.tms.consignments.filter((one) => one.shipmentId === shipmentId),
      1,
      `consignments of ${shipmentId}`,
      wrong,
    );
}
const some = ({ quantity }: Line): boolean => !same(quantity, "0");

/** One shipment: issued once, taxed once, invoiced once, in the ledger once, and paid as it should be. */
function settled(books: Books, order: OwedOrder, sale: Erp, shipment: Shipment, wrong: Wrong): void {
  const { shipmentId } = shipment;
  const ofShipment = (one: Erp) => one.SalesOrder === sale.SalesOrder && one.DeliveryDocument === shipmentId;
  const issues = documents(books, "A_GoodsIssue").filter(ofShipment);
  const invoices = documents(books, "A_BillingDocument").filter(ofShipment);
  const taxes = books.tax.documents.filter(
    ({ documentCode, voided }) => documentCode === `${sale.ExternalReference}/${shipmentId}` && !voided,
  );
  const [issue, invoice, tax] = [issues[0], invoices[0], taxes[0]];
  if (!issue || !invoice || !tax || issues.length + invoices.length + taxes.length !== 3) {
    wrong(
      `${shipmentId} has ${issues.length} goods issues, ${invoices.length} invoices and ${taxes.length} tax documents instead of one each.`,
    );
    return;
  }
  for (const [what, document] of Object.entries({ issued: issue, invoiced: invoice })) {
    const [is, shipped] = [total(items(document)), total(shipment.lines)];
    if (is !== shipped) wrong(`of ${shipmentId} ${is} is ${what}, but ${shipped} was shipped.`);
  }
  const prices = new Map(wanted(order).map(({ line, price }) => [line, price]));
  const net = sum(shipment.lines.map(({ line, quantity }) => times(quantity, prices.get(line) ?? "0")));
  if (!same(invoice.TotalNetAmount, net))
    wrong(`invoice ${invoice.number} says ${invoice.TotalNetAmount} net, but the goods are worth ${net}.`);
  if (!same(tax.taxableAmount, net) || !same(tax.taxAmount, invoice.TaxAmount))
    wrong(
      `invoice ${invoice.number} has ${invoice.TaxAmount} tax; the tax engine says ${tax.taxAmount} of ${tax.taxableAmount}.`,
    );
  if (!same(invoice.TotalGrossAmount, sum([net, invoice.TaxAmount])))
    wrong(`invoice ${invoice.number} is not net plus tax.`);
  ledgers(books, invoice, issue, wrong);
  paid(books, order, invoice, wrong);
}

function ledgers({ finance }: Books, invoice: Erp, issue: Erp, wrong: Wrong): void {
  const named = (number: string) =>
    finance.journalEntries.filter(({ memo }) => memo.split(" ").includes(number));
  const entries = named(invoice.number);
  once(entries, 1, `finance entries of invoice ${invoice.number}`, wrong);
  once(named(issue.number), 1, `finance entries of goods issue ${issue.number}`, wrong);
  const receivable = sum(
    entries.flatMap(({ lines }) =>
      lines.filter(({ account }) => account === "Receivables").map(({ debit }) => debit),
    ),
  );
  if (!same(receivable, invoice.TotalGrossAmount))
    wrong(
      `finance has ${receivable} receivable of invoice ${invoice.number}, which is ${invoice.TotalGrossAmount}.`,
    );
}

function paid({ finance, bank, payments }: Books, order: OwedOrder, invoice: Erp, wrong: Wrong): void {
  const due = order.fate === "invoiced" ? "0" : invoice.TotalGrossAmount;
  const applied = sum(
    finance.customerPayments.flatMap(({ payment }) =>
      payment.applied.filter(({ doc }) => doc === invoice.number).map(({ amount }) => amount),
    ),
  );
  if (!same(applied, due)) wrong(`${applied} is applied to invoice ${invoice.number} instead of ${due}.`);
  const byCard = sum(
    payments.captures.filter((one) => one.invoice === invoice.number).map(({ amount }) => amount),
  );
  if (!same(byCard, order.channel === "shop" ? due : "0"))
    wrong(`${byCard} was taken by card for invoice ${invoice.number}.`);
  if (order.channel === "shop") return;
  const byBank = sum(
    bank.entries.filter(({ remittance }) => remittance.includes(invoice.number)).map(({ amount }) => amount),
  );
  if (!same(byBank, due))
    wrong(`${byBank} reached the bank for invoice ${invoice.number} instead of ${due}.`);
}

/** What partner, shop and CRM were told is what happened. */
function told(books: Books, order: OwedOrder, sale: Erp, shipments: readonly Shipment[], wrong: Wrong): void {
  const last = order.fate === "invoiced" ? "invoiced" : "paid";
  const records = books.crm.records.filter(({ externalId }) => externalId === sale.ExternalReference);
  once(records, 1, "records in the CRM", wrong);
  const status = records[0]?.fields.Status__c;
  if (status !== last) wrong(`the CRM believes it is ${status}, but it is ${last}.`);
  if (order.channel === "shop") shop(books, order, sale, last, wrong);
  if (order.channel !== "edi") return;
  const po = books.acme.orders.find(({ poNumber }) => poNumber === order.number);
  if (po?.acknowledged !== "A") wrong(`the partner's order is acknowledged with ${po?.acknowledged}.`);
  // Each order and each change is answered by one 855; a cancellation is answered by what becomes of the order.
  const answered = 1 + (po?.changes.length ?? 0) - (po?.cancelAsked ? 1 : 0);
  once(po?.responses ?? [], answered, "order acknowledgements (855)", wrong);
  const announced = books.acme.shipments.filter(({ poNumber }) => poNumber === order.number);
  const ids = (list: readonly { shipmentId: string }[]) =>
    list
      .map(({ shipmentId }) => shipmentId)
      .toSorted()
      .join(", ");
  if (ids(announced) !== ids(shipments))
    wrong(`the partner heard of shipments ${ids(announced) || "none"}, but there are ${ids(shipments)}.`);
  const billed = books.acme.invoices.filter(({ poNumber }) => poNumber === order.number);
  const invoices = documents(books, "A_BillingDocument").filter(of(sale));
  for (const { number, TotalGrossAmount } of invoices) {
    const heard = billed.filter(({ invoice }) => invoice === number);
    if (heard.length !== 1 || !heard[0]?.sound || !same(heard[0].total, TotalGrossAmount))
      wrong(`the partner has invoice ${number} ${heard.length} times, over ${heard[0]?.total}.`);
  }
  once(billed, invoices.length, "invoices at the partner", wrong);
}

function shop(books: Books, order: OwedOrder, sale: Erp, last: string, wrong: Wrong): void {
  const placed = books.shop.orders.find(({ orderNumber }) => orderNumber === order.number);
  if (placed?.state !== "accepted" || placed.orderId !== sale.ExternalReference)
    wrong(`the shop's order is ${placed?.state} as ${placed?.orderId}, not as ${sale.ExternalReference}.`);
  // Of its tax it hears beside its milestones, as soon as that is known or known better.
  const heard = (placed?.statuses ?? []).map(({ status }) => status).filter((one) => one !== "taxed");
  const missing = MILESTONES.slice(0, MILESTONES.indexOf(last) + 1).filter((one) => !heard.includes(one));
  if (missing.length > 0) wrong(`the shop was never told: ${missing.join(", ")}.`);
  if (heard.at(-1) !== last) wrong(`the shop heard ${heard.at(-1)} last instead of ${last}.`);
}

/** A cancelled order leaves nothing: no stock held, no truck booked, nothing open in the ERP, nothing owed. */
function undone(books: Books, sales: readonly Erp[], wrong: Wrong): void {
  if (sales.length > 1) wrong(`the ERP has ${sales.length} sales orders of it.`);
  const [sale] = sales;
  if (!sale) return;
  const cancelled = documents(books, "A_SalesOrderCancellation").filter(of(sale));
  once(cancelled, 1, "cancellations in the ERP", wrong);
  once(documents(books, "A_GoodsIssue").filter(of(sale)), 0, "goods issues", wrong);
  once(documents(books, "A_BillingDocument").filter(of(sale)), 0, "invoices", wrong);
  const orderId = sale.ExternalReference;
  once(dispatched(books, orderId), 0, "shipments", wrong);
  for (const { lines } of books.wms.allocations.filter((one) => one.orderId === orderId)) {
    for (const { line, reserved, missing } of lines) {
      if (!same(reserved, "0") || !same(missing, "0"))
        wrong(`line ${line} still holds ${reserved} and misses ${missing} in the WMS.`);
    }
  }
  const booked = books.tms.bookings.filter((one) => one.orderId === orderId && one.status !== "cancelled");
  once(booked, 0, "freight bookings that stand", wrong);
  const owed = books.tax.documents.filter((one) => one.documentCode.startsWith(`${orderId}/`) && !one.voided);
  once(owed, 0, "tax documents that stand", wrong);
  const taken = sum(
    books.payments.captures.filter((one) => one.orderId === orderId).map(({ amount }) => amount),
  );
  const given = sum(
    books.payments.refunds.filter((one) => one.orderId === orderId).map(({ amount }) => amount),
  );
  if (!same(minus(taken, given), "0")) wrong(`${minus(taken, given)} of the card's money is kept.`);
}
