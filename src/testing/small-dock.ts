/**
 * A small real dock for tests of the faces: a shop that orders, an ERP that books, refuses or does not answer.
 *
 * Engine, journal and database are the product's own; only the ERP is pretended, because it is where the outside begins.
 * What it does follows from the item ordered: `UNKNOWN` is refused, `RENAMED…` too, each under a code of its own, `LOST` is booked without an answer, and an order of
 * 10,000.00 and more asks a person first.
 */
import Type from "typebox";
import type { Codec } from "../codecs/codec.ts";
import { type Accepted, connection, connector } from "../connectors/connector.ts";
import { agreement } from "../contracts/agreement.ts";
import { canon, erp, sales } from "../contracts/canon/index.ts";
import { command } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { process } from "../processes/process.ts";
import type { Dock } from "../runtime/dock.ts";
import { type StartOptions, start } from "../runtime/start.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { InDoubt, Refused } from "../std/errors.ts";

const json = <Document>(): Codec<Document> => ({
  name: "json",
  mediaType: "application/json",
  decode: (bytes) => JSON.parse(toText(bytes)) as Document,
  encode: (document) => toBytes(JSON.stringify(document)),
});

const shopConnector = connector({
  name: "pushed",
  summary: "Arrivals are handed in by the test.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});

export interface SmallDock {
  readonly dock: Dock;
  /** Numbers of the orders the ERP holds. */
  readonly books: Set<string>;
  /** Has the shop order `amount` euros of `item`, as `SO-<number>`. */
  readonly order: (number: number | string, item?: string, amount?: string) => Promise<Accepted>;
  /** Has an entry posted into a ledger on a day; one named UNKNOWN… is refused. */
  readonly post: (entry: string, ledger: string, day: string) => Promise<Accepted>;
}

/** An entry of a ledger, whose legal entity it belongs to. */
const PostEntry = command({
  name: "erp.post-entry",
  version: 1,
  owner: "finance",
  summary: "Books an entry.",
  criticality: "C1",
  data: Type.Object({ entry: Type.String(), ledger: Type.String(), day: Type.String() }),
  keys: { entry: "entry", entity: "ledger" },
  sample: { entry: "JE-1", ledger: "ME-01", day: "2026-11-05" },
});

/** Starts it on a migrated database. */
export async function smallDock(
  database: string,
  options: Pick<StartOptions, "demonstrationClock"> = {},
): Promise<SmallDock> {
  let booked = 0;
  /** Orders the ERP holds; a test may let it lose one. */
  const books = new Set<string>();
  const erpConnector = connector({
    name: "pretended-erp",
    summary: "Books orders under a number; cannot be asked afterwards.",
    config: Type.Object({}),
    guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
    open: async () => ({
      async deliver({ body }) {
        const text = toText(body);
        if (text.includes("UNKNOWN"))
          throw new Refused("ERP does not know item UNKNOWN.", { category: "data" });
        const [renamed] = /RENAMED\w*/.exec(text) ?? [];
        if (renamed !== undefined)
          throw new Refused(`ERP does not know item ${renamed}.`, {
            category: "data",
            facts: { code: renamed },
          });
        books.add(text.match(/"salesOrderId":"([^"]+)"/)?.[1] ?? "");
        if (text.includes("LOST")) throw new InDoubt("ERP did not answer within 30 s.");
        booked += 1;
        return { reference: String(4_500_000 + booked) };
      },
      async ask({ data }) {
        const { numbers } = data as { numbers: readonly string[] };
        return { held: numbers.filter((number) => books.has(number)) };
      },
      probe: async () => undefined,
      close: async () => undefined,
    }),
  });
  const shop = connection("shop", shopConnector, { title: "Web shop", owner: "commerce", config: {} });
  const erpLine = connection("erp", erpConnector, { title: "ERP", owner: "erp team", config: {} });

  const dock = await start({
    database,
    ...options,
    contracts: canon,
    periods: { postings: [{ contract: PostEntry.name, ledger: "ledger", date: "day" }] },
    processes: [orderToCash],
    agreements: [
      agreement<sales.SalesOrder>({
        name: "orders",
        title: "Orders",
        owner: "order-management",
        process: "order-to-cash",
        keyType: "order",
        every: "1h",
        ledgers: ["ME-01"],
        milestones: {
          allocated: {
            grace: "2m",
            systems: { erp: { by: erp.PostSalesOrder.name, says: sales.OrderAccepted.name } },
          },
        },
        ours: (_, reached) => ({ allocated: { reached: reached.has("allocated") } }),
        worth,
        snapshots: [
          {
            system: "erp",
            about: "orders",
            atOnce: 50,
            question: (numbers) => ({ numbers }),
            read: ({ held }: { held: readonly string[] }, number) => ({
              allocated: { reached: held.includes(number) },
            }),
          },
        ],
      }),
    ],
    flows: [
      flow("entries-in")
        .from(shop)
        .decode(json<typeof PostEntry.sample>())
        .expect(PostEntry)
        .publish(PostEntry),
      flow("entries-to-erp").on(PostEntry).deliver(erpLine, json()),
      flow("shop-orders-in")
        .from(shop)
        .decode(json<sales.SalesOrder>())
        .expect(sales.OrderCaptured)
        .publish(sales.OrderCaptured),
      flow("orders-to-erp")
        .on(erp.PostSalesOrder)
        .deliver(erpLine, json())
        .answer(sales.OrderAccepted, ({ reference }, { salesOrderId, customerReference, customer }) =>
          sales.OrderAccepted.of({ salesOrderId, customerReference, customer, erpOrderId: reference }),
        ),
    ],
  });
  const order = async (number: number | string, item = "PUMP-100", amount = "500.00") => {
    const total = { amount, currency: "EUR" };
    const data: sales.SalesOrder = {
      salesOrderId: `SO-${number}`,
      customerReference: `PO-${number}`,
      customer: "C-SHOP",
      channel: "shop",
      capturedAt: new Date().toISOString(),
      currency: "EUR",
      lines: [
        {
          line: "1",
          item,
          quantity: { value: "1", uom: "EA" },
          price: { ...total, per: { value: "1", uom: "EA" } },
        },
      ],
      total,
    };
    return dock.accept("shop-orders-in", { messageId: `PO-${number}`, body: toBytes(JSON.stringify(data)) });
  };
  const post = (entry: string, ledger: string, day: string) =>
    dock.accept("entries-in", {
      messageId: entry,
      body: toBytes(JSON.stringify({ entry, ledger, day })),
    });
  return { dock, order, post, books };
}

/** Orders of this worth and more ask a person first. */
const CREDIT_LIMIT = 10_000;

const orderToCash = process({
  name: "order-to-cash",
  version: 1,
  owner: "order-management",
  summary: "From an order to cash in the bank, as far as a test needs it.",
  keyType: "order",
  state: sales.SalesOrder,
  milestones: {
    accepted: { due: "2m" },
    "credit approved": { due: "4h" },
    allocated: { due: "5h" },
    dispatched: {},
    invoiced: {},
    paid: {},
  },
  approvals: { "credit review": { by: "credit-team", within: "4h" } },
})
  .startsOn(sales.OrderCaptured, "salesOrderId", (order) =>
    Number(worth(order).amount) >= CREDIT_LIMIT
      ? {
          state: order,
          reach: "accepted",
          ask: [
            {
              approval: "credit review",
              because: `${worth(order).amount} EUR is above the limit of 10000.00 EUR.`,
            },
          ],
        }
      : { state: order, reach: ["accepted", "credit approved"], send: [posting(order)] },
  )
  .whenApproved("credit review", (order) => ({ reach: "credit approved", send: [posting(order)] }))
  .whenDeclined("credit review", (_, { comment }) => ({ end: { abandon: `credit declined: ${comment}` } }))
  .when(sales.OrderAccepted, "salesOrderId", () => ({
    reach: "allocated",
    note: "ERP has it on its books.",
  }));

/** Orders of this dock always state their prices and their worth; the contract leaves both open. */
const worth = ({ total }: sales.SalesOrder) => total ?? { amount: "0.00", currency: "EUR" };
const posting = (order: sales.SalesOrder) => {
  const { salesOrderId, customerReference, customer, currency } = order;
  const lines = order.lines.map((line) => ({ ...line, price: line.price! }));
  const total = worth(order);
  return send(erp.PostSalesOrder.of({ salesOrderId, customerReference, customer, currency, lines, total }));
};
