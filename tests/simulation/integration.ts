/**
 * The small business of the simulation: orders through credit, booking, allocation and shipping, and stock counts in order.
 *
 * Small enough to judge by the targets' books alone, and with everything the engine must keep straight: a question, a
 * person's approval, two steps that are taken back in reverse order, a timer, a pivot, and facts that go out as they are.
 */
import Type from "typebox";
import type { Codec } from "../../src/codecs/codec.ts";
import { type Connection, connection, connector } from "../../src/connectors/connector.ts";
import { MilestoneReached } from "../../src/contracts/canon/operations.ts";
import { type Criticality, command, event } from "../../src/contracts/contract.ts";
import { calendarMonths } from "../../src/contracts/fiscal.ts";
import { flow } from "../../src/flows/flow.ts";
import { send } from "../../src/processes/decision.ts";
import { process } from "../../src/processes/process.ts";
import { type Arranged, arrange, type Integration } from "../../src/runtime/arrangement.ts";
import type { PeriodPolicy } from "../../src/runtime/periods.ts";
import { toBytes, toText } from "../../src/std/bytes.ts";
import { milliseconds, type Span } from "../../src/std/span.ts";

const Text = Type.String({ minLength: 1 });
const Order = Type.Object({ orderId: Text, amount: Text });
const about = { version: 1, owner: "simulation", criticality: "C2" as const };
const sample = { orderId: "SO-1", amount: "10.00" };
const order = <const Name extends string>(name: Name, summary: string) => ({
  ...about,
  name,
  summary,
  data: Order,
  keys: { order: "orderId" },
  sample,
});

export const OrderCaptured = event(order("sales.order-captured", "An order came in."));
export const CancelAsked = event(order("sales.cancellation-requested", "The customer wants it back."));
const CheckCredit = command(order("credit.check-order", "Is the customer good for it?"));
const CreditAnswered = event({
  ...order("credit.order-checked", "What the credit system said."),
  data: Type.Object({ orderId: Text, verdict: Text }),
  sample: { orderId: "SO-1", verdict: "yes" },
});
const PostOrder = command(order("erp.post-order", "Book the order."));
const CancelOrder = command(order("erp.cancel-order", "Take the booking back."));
const OrderPosted = event(order("erp.order-posted", "The order is booked."));
const Allocate = command(order("wms.allocate-stock", "Reserve the goods."));
const Release = command(order("wms.release-stock", "Give the goods back."));
const Allocated = event(order("wms.stock-allocated", "The goods are reserved."));
const Ship = command(order("wms.ship-order", "Send the goods."));
const Shipped = event(order("wms.order-shipped", "The goods have left."));

/** What is booked into a ledger, in the period of its date. */
export const LedgerEntry = command({
  ...about,
  name: "ledger.post-entry",
  summary: "Book it.",
  data: Type.Object({ entry: Text, ledger: Text, postingDate: Text }),
  keys: { entry: "entry" },
  sample: { entry: "JE-1", ledger: "hold", postingDate: "2026-01-31" },
});
/** One ledger holds what is dated in a closed period, the other books it into the next. */
export const LEDGERS = ["hold", "next"] as const;
export const PERIODS: PeriodPolicy = {
  calendars: { "*": calendarMonths() },
  postings: [{ contract: LedgerEntry.name, ledger: "ledger", date: "postingDate" }],
  onClosed: { hold: "hold", next: "next open period" },
  feeds: {},
  owner: "controller",
};

/** Master data the CRM wants before it takes an order of that customer. */
export const CustomerDescribed = event({
  ...about,
  name: "master.customer-described",
  summary: "There is such a customer.",
  data: Type.Object({ customer: Text }),
  keys: { customer: "customer" },
  sample: { customer: "C-1" },
});
export const CUSTOMERS = 3;
/** Whose order it is: the order's number decides. */
export const customerOf = (orderId: string): string =>
  `C-${1 + (Number(orderId.replaceAll(/\D/g, "")) % CUSTOMERS)}`;

export const stockCounted = (criticality: Criticality) =>
  event({
    ...about,
    criticality,
    name: "stock.counted",
    summary: "How much there is.",
    data: Type.Object({ item: Text, count: Text }),
    keys: { item: "item" },
    sample: { item: "I-1", count: "1" },
  });

/** How long goods are packed: the timer between booking and shipping. */
const PACK: Span = "20s";
export const PACK_MS = milliseconds(PACK);

const json = <Document>(): Codec<Document> => ({
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(toText(body)),
  encode: (document) => toBytes(JSON.stringify(document)),
});

const orderJson = (touch: Touch): Codec<typeof sample> => ({
  ...json<typeof sample>(),
  decode(body) {
    const order = JSON.parse(toText(body)) as typeof sample;
    touch("reading", order.orderId);
    return order;
  },
});

const inbox = connector({
  name: "inbox",
  summary: "Arrivals are pushed.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});

/** Where everything comes in. */
export const client = connection("client", inbox, { config: {} });

/** Where an order is touched by code that is not the engine's. */
export type Touch = (point: "reading" | "step" | "timer" | "carrying", orderId: string) => void;

/** What a planted mistake may change about the business. */
export interface Twist {
  readonly noPivot?: boolean;
  readonly undoElsewhere?: boolean;
  readonly stockCriticality?: Criticality;
  readonly pack?: Span;
  /** Versions of the order's process that are known at once; new orders begin under the last. */
  readonly versions?: readonly number[];
  /** Told of what is about to be read, decided or carried, and of which order; what it throws ends that. */
  readonly touch?: Touch;
  /** What the engine is told about a target, other than the truth. */
  readonly declare?: (of: Connection) => Connection;
}

export const TARGETS = ["credit", "erp", "wms", "crm", "shop", "ledger", "board"] as const;

const orderProcess = (version: number, pivot: boolean, pack: Span, touch: Touch) =>
  process({
    name: "order",
    version,
    owner: "simulation",
    summary: "From capture to shipping.",
    keyType: "order",
    state: Type.Object({
      orderId: Text,
      amount: Text,
      step: Text,
      posted: Type.Boolean(),
      allocated: Type.Boolean(),
    }),
    milestones: { received: {}, cleared: {}, booked: {}, released: {}, shipped: {} },
    approvals: { credit: { by: "clerk", within: "1m" } },
    timers: { pack },
  })
    .startsOn(OrderCaptured, "orderId", ({ orderId, amount }) => ({
      state: { orderId, amount, step: "asking", posted: false, allocated: false },
      reach: "received",
      send: [send(CheckCredit.of({ orderId, amount }))],
    }))
    .when(CreditAnswered, "orderId", (state, { verdict }) => {
      touch("step", state.orderId);
      if (state.step !== "asking") return { note: "Answered twice." };
      if (verdict === "yes") return cleared(state);
      if (verdict === "no") return { end: { abandon: "no credit" } };
      return { state: { ...state, step: "reviewing" }, ask: ["credit"] };
    })
    .whenApproved("credit", (state) => cleared(state))
    .whenDeclined("credit", () => ({ end: { abandon: "declined" } }))
    .whenOverdue("credit", () => ({ note: "Nobody has answered yet." }))
    .when(OrderPosted, "orderId", (state) => booked({ ...state, posted: true }))
    .when(Allocated, "orderId", (state) => booked({ ...state, allocated: true }))
    .whenElapsed("pack", ({ orderId, amount, ...state }) => {
      touch("timer", orderId);
      return {
        state: { ...state, orderId, amount, step: "released" },
        reach: "released",
        send: [send(Ship.of({ orderId, amount }), { pivot })],
      };
    })
    .when(CancelAsked, "orderId", () => ({ end: { abandon: "cancelled by the customer" } }))
    .when(Shipped, "orderId", () => ({ reach: "shipped", end: "completed" }));

interface State {
  readonly orderId: string;
  readonly amount: string;
  readonly step: string;
  readonly posted: boolean;
  readonly allocated: boolean;
}

const cleared = (state: State) => {
  const { orderId, amount } = state;
  const named = { orderId, amount };
  return {
    state: { ...state, step: "booking" },
    reach: "cleared" as const,
    send: [
      send(PostOrder.of(named), { undo: CancelOrder.of(named) }),
      send(Allocate.of(named), { undo: Release.of(named) }),
    ],
  };
};

const booked = (state: State) =>
  state.posted && state.allocated && state.step === "booking"
    ? { state: { ...state, step: "packing" }, reach: "booked" as const, start: ["pack" as const] }
    : { state };

/** Credit follows from the amount: one in six is declined, one in six is looked at by a person. */
export const creditOf = (data: unknown): unknown => {
  const cents = Number((data as { amount: string }).amount.slice(-1));
  return { verdict: cents === 9 ? "no" : cents >= 7 ? "review" : "yes" };
};

/** The same, arranged for the loops. */
export const integrate = (made: (name: string) => Connection, twist: Twist): Arranged =>
  arrange(business(made, twist));

/** The business on connections to systems of any guarantee. */
export function business(made: (name: string) => Connection, twist: Twist): Integration {
  const declared = (name: string) => {
    const of = made(name);
    return twist.declare ? twist.declare(of) : of;
  };
  const [credit, erp, wms, crm, shop, ledger, board] = TARGETS.map(declared) as [
    Connection,
    Connection,
    Connection,
    Connection,
    Connection,
    Connection,
    Connection,
  ];
  const { touch = () => undefined } = twist;
  const elsewhere = twist.undoElsewhere ? declared("erp-back") : erp;
  const StockCounted = stockCounted(twist.stockCriticality ?? "C3");
  return {
    processes: (twist.versions ?? [1]).map((version) =>
      orderProcess(version, twist.noPivot !== true, twist.pack ?? PACK, touch),
    ),
    flows: [
      flow("orders-in").from(client).decode(orderJson(touch)).expect(OrderCaptured).publish(OrderCaptured),
      flow("bundles-in")
        .from(client)
        .decode(json<(typeof sample)[]>())
        .split("orders", (orders) => orders)
        .expect(OrderCaptured)
        .publish(OrderCaptured),
      flow("cancels-in").from(client).decode(json<typeof sample>()).expect(CancelAsked).publish(CancelAsked),
      flow("counts-in")
        .from(client)
        .decode(json<{ item: string; count: string }[]>())
        .split("counts", (counts) => counts)
        .expect(StockCounted)
        .publish(StockCounted),
      flow("stock-in")
        .from(client)
        .decode(json<{ item: string; count: string }>())
        .expect(StockCounted)
        .publish(StockCounted),
      flow("customers-in")
        .from(client)
        .decode(json<typeof CustomerDescribed.sample>())
        .expect(CustomerDescribed)
        .publish(CustomerDescribed),
      flow("entries-in")
        .from(client)
        .decode(json<typeof LedgerEntry.sample>())
        .expect(LedgerEntry)
        .publish(LedgerEntry),
      flow("entries-to-ledger").on(LedgerEntry).deliver(ledger, json()),
      flow("customers-to-crm").on(CustomerDescribed).deliver(crm, json()),
      flow("credit")
        .on(CheckCredit)
        .ask(credit, "credit")
        .answer(CreditAnswered, ({ answer }, { orderId }) =>
          CreditAnswered.of({ orderId, verdict: (answer as { verdict: string }).verdict }),
        ),
      flow("post")
        .on(PostOrder)
        .deliver(erp, json())
        .answer(OrderPosted, (_, cargo) => OrderPosted.of(cargo)),
      flow("cancel").on(CancelOrder).deliver(elsewhere, json()),
      flow("allocate")
        .on(Allocate)
        .deliver(wms, json())
        .answer(Allocated, (_, cargo) => Allocated.of(cargo)),
      flow("release").on(Release).deliver(wms, json()),
      flow("ship")
        .on(Ship)
        .deliver(wms, json())
        .answer(Shipped, (_, cargo) => Shipped.of(cargo)),
      flow("orders-to-crm")
        .on(OrderCaptured)
        .map((order) => {
          touch("carrying", order.orderId);
          return order;
        })
        .deliver(crm, json()),
      flow("cancels-to-crm").on(CancelAsked).deliver(crm, json()),
      flow("stock-to-shop").on(StockCounted).deliver(shop, json()),
      flow("postings-to-ledger").on(OrderPosted).deliver(ledger, json()),
      flow("milestones-to-board").on(MilestoneReached).deliver(board, json()),
    ],
  };
}
