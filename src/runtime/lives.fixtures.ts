/**
 * A worker in a process of its own that may be killed: orders, a file, an agreement and a flow that came later. Once it is armed, three
 * things in it end whoever touches them, each at another place. Started by `lives.test.ts`; speaks to it by messages.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { csvRecords } from "../codecs/csv/codec.ts";
import { json } from "../codecs/json/codec.ts";
import { type ArrivingFile, connection, connector } from "../connectors/connector.ts";
import { agreement } from "../contracts/agreement.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { process as process_ } from "../processes/process.ts";
import { toBytes } from "../std/bytes.ts";
import { start } from "./start.ts";

const [ORDERS, RECORDS] = [120, 900];
const [database = "", folder = ""] = process.argv.slice(2);
const at = (name: string) => join(folder, name);

/** Ends this process as a fault would, without a word, and notes by what. */
function ends(what: string): void {
  if (!existsSync(at("armed"))) return;
  appendFileSync(at("deaths"), `${what}\n`);
  process.kill(process.pid, "SIGKILL");
}

const Text = Type.String({ minLength: 1 });
const about = (name: string) =>
  ({ name, version: 1, owner: "sales", summary: name, criticality: "C2" }) as const;
const Order = event({
  ...about("sales.order-placed"),
  data: Type.Object({ orderId: Text }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1" },
});
const Item = event({
  ...about("master.item-aligned"),
  data: Type.Object({ sku: Text }),
  keys: { item: "sku" },
  sample: { sku: "P-1" },
});

const guarantees = { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 } as const;
const plug = { config: Type.Object({}), guarantees, summary: "A part of this test." };
const nothing = { probe: async () => undefined, close: async () => undefined };
const shop = connector({
  ...plug,
  name: "shop",
  open: async () => ({
    ...nothing,
    async receive(accept) {
      for (let n = 1; n <= ORDERS; n += 1) {
        const orderId = `SO-${n}`;
        await accept({ messageId: orderId, body: toBytes(JSON.stringify({ orderId })) });
      }
    },
  }),
});
/** Offers one file, over and over, as soon as the test is armed. */
const folderOfItems = connector({
  ...plug,
  name: "folder",
  open: async (_, { signal }) => ({
    ...nothing,
    async receive(_accept, take) {
      while (!signal.aborted) {
        if (existsSync(at("armed"))) await take?.(items).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  }),
});
const content = toBytes(`sku\n${Array.from({ length: RECORDS }, (_, n) => `P-${n + 1}\n`).join("")}`);
const items: ArrivingFile = {
  name: "items.csv",
  bytes: content.byteLength,
  modifiedAt: new Date(0),
  identity: (hash) => hash,
  async *read(offset) {
    yield content.subarray(offset);
  },
  unchanged: async () => true,
};
/** Keeps its book on paper: what it took under which key outlives us. */
const late = connector({
  ...plug,
  name: "late",
  open: async () => ({
    ...nothing,
    async deliver({ key, body }) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const book = existsSync(at("book")) ? readFileSync(at("book"), "utf8") : "";
      if (!book.includes(key)) appendFileSync(at("book"), `${key} ${Buffer.from(body)}\n`);
      return { reference: key };
    },
  }),
});

const dock = await start({
  database,
  flows: [
    flow("orders-in")
      .from(connection("shop", shop, { config: {} }))
      .decode(json())
      .expect(Order)
      .publish(Order),
    flow("items-in")
      .from(connection("folder", folderOfItems, { config: {} }))
      .records(csvRecords({ columns: ["sku"] }))
      .map(function item({ sku }) {
        if (sku === "P-600") ends("record");
        return { sku };
      })
      .publish(Item),
    ...(existsSync(at("late"))
      ? [
          flow("late-out")
            .on(Order)
            .map(({ orderId }) => {
              if (orderId === "SO-115") ends("item");
              return { orderId };
            })
            .deliver(connection("late", late, { config: {} }), json()),
        ]
      : []),
  ],
  contracts: [Order, Item],
  processes: [
    process_({
      name: "order",
      version: 1,
      owner: "sales",
      summary: "Knows the order.",
      keyType: "order",
      state: Type.Object({ orderId: Text }),
      milestones: { known: {} },
    }).startsOn(Order, "orderId", ({ orderId }) => ({ state: { orderId }, reach: "known" })),
  ],
  agreements: [
    agreement<{ orderId: string }>({
      name: "orders",
      title: "Orders",
      owner: "sales",
      process: "order",
      keyType: "order",
      every: "1h",
      milestones: { known: { grace: "1s", systems: {} } },
      snapshots: [],
      ours: ({ orderId }) => {
        if (orderId === "SO-41") throw new Error("nobody knows this order");
        if (orderId === "SO-40") ends("document");
        return { known: { reached: true } };
      },
    }),
  ],
  fourEyes: { items: 1_000 },
});

process.on("message", async (from: string) => {
  const maria = { name: "maria", reason: "They were placed before the flow was there." };
  const id = await dock.selections.freeze({ backfill: { flow: "late-out", from } }, "backfill", maria, maria);
  await dock.selections.decide(id, "run", maria);
});
process.on("disconnect", () => void dock.stop().then(() => process.exit()));
process.send?.("working");
