/**
 * Plant DAY sells to the other plants: their orders, the truck that takes the goods there, the goods issue and what the buyer owes.
 *
 * What must stay true: nothing leaves that is not on hand; a goods issue takes no more out than its order still has open, costs what
 * the goods cost here, and has the buyer owe the price of the order.
 */
import { type Body, list, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { cents, extended, milli, money, quantity } from "../kernel/decimal.ts";
import { dayIn, type Ledger, type LedgerDocument, type Line } from "../kernel/ledger.ts";
import type { Tools } from "../kernel/station.ts";
import { BILL_OF_MATERIALS } from "./erp-valuation.ts";
import { itemOf } from "./goods.ts";

export const ORDERS = "salesorders";
export const CANCELLATIONS = "salesordercancellations";
export const ISSUES = "goodsissues";

const PLANT = "WH-DAY";

export function selling(tools: Tools, ledger: Ledger) {
  /** What stood here before the first movement, by item. */
  const initial = new Map<string, bigint>();
  /** Orders whose goods are on the road, with the number of the delivery. */
  const gone = new Map<string, string>();
  let autoShip = true;

  const linesOf = ({ fields }: LedgerDocument) => fields.lines as readonly Body[];
  const total = (documents: readonly LedgerDocument[], item: string): bigint =>
    documents
      .flatMap(linesOf)
      .filter((line) => line.item === item)
      .reduce((sum, line) => sum + milli(line.quantity), 0n);
  const cancelled = ({ reference }: LedgerDocument) => ledger.find(CANCELLATIONS, reference).length > 0;
  const made = (item: string) =>
    total(
      ledger.all("productionmovements").filter(({ fields }) => fields.movement === "made"),
      item,
    );
  const onHand = (item: string) => (initial.get(item) ?? 0n) + made(item) - total(ledger.all(ISSUES), item);
  /** Sold and still here. */
  const promised = (item: string) =>
    total(
      ledger.all(ORDERS).filter((order) => !cancelled(order)),
      item,
    ) - total(ledger.all(ISSUES), item);

  function ordered(body: Body): readonly Line[] {
    text(body, "customer");
    for (const line of list(body, "lines")) {
      if (!itemOf.has(text(line, "item")))
        throw new Refusal(400, "0x80060891", `There is no product with the number ${line.item}.`);
      positiveQuantity(line, "quantity");
      cents(line.price, "price");
    }
    return [];
  }

  function issued(body: Body): readonly Line[] {
    const number = text(body, "salesorder");
    const order = ledger.all(ORDERS).find((one) => one.number === number);
    if (order === undefined) throw new Refusal(404, "0x80060891", `There is no sales order ${number}.`);
    let [cost, price] = [0n, 0n];
    for (const line of list(body, "lines")) {
      const item = text(line, "item");
      const asked = positiveQuantity(line, "quantity");
      const sold = linesOf(order).find((one) => one.item === item);
      const before = total(
        ledger.all(ISSUES).filter(({ fields }) => fields.salesorder === number),
        item,
      );
      if (sold === undefined || asked > milli(sold.quantity) - before)
        throw new Refusal(400, "0x80040265", `Sales order ${number} has no ${quantity(asked)} ${item} open.`);
      if (asked > onHand(item))
        throw new Refusal(400, "0x80040265", `Of ${item} only ${quantity(onHand(item))} are on hand.`);
      cost += extended(cents(itemOf.get(item)!.cost), asked);
      price += extended(cents(sold.price), asked);
    }
    const entry = (debit: string, credit: string, value: bigint): Line[] => [
      { account: debit, debit: money(value), credit: "0.00" },
      { account: credit, debit: "0.00", credit: money(value) },
    ];
    return [
      ...entry("Cost of sales", "Finished goods", cost),
      ...entry("Intercompany receivable", "Intercompany revenue", price),
    ];
  }

  function notGone(reference: string): readonly Line[] {
    if (!gone.has(reference)) return [];
    throw new Refusal(400, "ALREADY_SHIPPED", `The goods of ${reference} have left.`);
  }

  /** The truck takes the goods of an order, once and whole. */
  function ship(reference: string): void {
    const order = ledger.find(ORDERS, reference)[0];
    if (order === undefined || gone.has(reference) || cancelled(order)) return;
    const [line] = linesOf(order) as [Body];
    const item = text(line, "item");
    if (onHand(item) < milli(line.quantity)) return;
    const movement = `DS-${1001 + gone.size}`;
    tools.commit({ kind: "left", reference, movement });
    tools.webhook(reference, {
      type: "transfer.sent",
      order: order.number,
      transfer: reference,
      movement,
      item,
      quantity: line.quantity,
      warehouse: PLANT,
      deliverTo: order.fields.deliverto,
      customerOrder: order.fields.customerorder,
      customerLine: order.fields.customerline,
    });
  }

  return {
    /** Tables of sales: what a row is checked for, and what it posts. */
    tables: {
      [ORDERS]: { prefix: "SO-", children: "lines", read: (body: Body) => row(body, "orderdate", ordered) },
      [CANCELLATIONS]: {
        prefix: "SX-",
        read: (body: Body, key: string) => row(body, "day", () => notGone(key)),
      },
      [ISSUES]: { prefix: "GI-", children: "lines", read: (body: Body) => row(body, "postingdate", issued) },
    },
    /** What its rows show besides their fields. */
    shown: ({ collection, posting }: LedgerDocument): Body =>
      collection === ISSUES ? { CostAmount: posting[0]?.debit, ReceivableAmount: posting[2]?.debit } : {},
    booked(collection: string, reference: string): void {
      if (collection === ORDERS && autoShip) tools.later(() => ship(reference));
    },
    apply(entry: { readonly kind: string; readonly [field: string]: unknown }): void {
      if (entry.kind === "left") gone.set(entry.reference as string, entry.movement as string);
      if (entry.kind !== "settings") return;
      const { stock = {}, autoShip: ships = autoShip } = entry.settings as {
        stock?: Record<string, string>;
        autoShip?: boolean;
      };
      autoShip = ships;
      for (const [item, level] of Object.entries(stock))
        initial.set(item, (initial.get(item) ?? 0n) + milli(level) - onHand(item));
    },
    supply(item: string, asked: bigint): Body {
      const parts = BILL_OF_MATERIALS[item];
      const free = (one: string) => onHand(one) - promised(one);
      const makeable = (parts ?? []).reduce<bigint | undefined>((least, { item: part, quantity: each }) => {
        const enough = free(part) / each;
        return least === undefined || enough < least ? enough : least;
      }, undefined);
      const positive = (value: bigint) => (value > 0n ? value : 0n);
      return {
        item,
        quantity: quantity(asked),
        onhand: quantity(positive(free(item))),
        makeable: String(positive(makeable ?? 0n)),
      };
    },
    act: (body: Body) => {
      const order = text(body, "order");
      if (ledger.find(ORDERS, order).length === 0)
        throw new Refusal(404, "NOT_FOUND", `There is no sales order of ${order}.`);
      ship(order);
      return { order, movement: gone.get(order) ?? null };
    },
    settle(body: Body): Body {
      const stock = Object.entries((body.stock ?? {}) as Body).map(([item, level]) => {
        if (!itemOf.has(item)) throw new Refusal(404, "NOT_FOUND", `There is no product ${item}.`);
        return [item, quantity(milli(level, `The stock of ${item}`))];
      });
      if (body.autoShip !== undefined && typeof body.autoShip !== "boolean")
        throw new Refusal(400, "INVALID_FIELD", "autoShip is true or false.");
      return {
        ...(stock.length === 0 ? {} : { stock: Object.fromEntries(stock) }),
        ...(body.autoShip === undefined ? {} : { autoShip: body.autoShip }),
      };
    },
    books: () => ({
      stock: Object.fromEntries([...itemOf.keys()].map((item) => [item, quantity(onHand(item))])),
      left: Object.fromEntries(gone),
    }),
    resume(): void {
      for (const { reference } of ledger.all(ORDERS)) if (autoShip) tools.later(() => ship(reference));
    },
  };
}

const row = (body: Body, date: string, posting: (body: Body) => readonly Line[]) => ({
  date: optionalText(body, date) === undefined ? new Date().toISOString().slice(0, 10) : dayIn(body, date),
  posting: posting(body),
});
