/**
 * Replay by event, key, time, flow and subscriber, a process among them, through the API and the command line: what the dry run
 * shows is what the run does, under the same keys, and an input is taken once.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { command, event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { process as defined } from "../processes/process.ts";
import type { Dock } from "../runtime/dock.ts";
import type { PreviewedItem } from "../runtime/previewed.ts";
import { start } from "../runtime/start.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { crossdock } from "../testing/terminal.ts";
import { balance } from "../trace/balance.ts";
import type { SelectionDetail } from "../trace/selections.ts";
import { type OpenConsole, openConsole } from "./console.ts";

const Id = Type.String({ minLength: 1 });
const about = {
  version: 1,
  owner: "sales",
  criticality: "C2",
  data: Type.Object({ orderId: Id }),
  keys: { order: "orderId" },
} as const;
const sample = { orderId: "SO-1" };
const Placed = event({ ...about, name: "sales.order-placed", summary: "An order came in.", sample });
const Paid = event({ ...about, name: "bank.order-paid", summary: "It was paid.", sample });
const Post = command({ ...about, name: "erp.post-order", summary: "Book it.", sample });
const Ship = command({ ...about, name: "wms.ship-order", summary: "Send it.", sample });
const Thank = command({ ...about, name: "mail.thank", summary: "Say thank you.", sample });
const json = <Document>(): Codec<Document> => ({
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(toText(body)),
  encode: (document) => toBytes(JSON.stringify(document)),
});

/** What reached each system, call by call. */
const calls: { to: string; key: string; body: string }[] = [];
const system = (name: string) =>
  connection(
    name,
    connector({
      name: `kept-${name}`,
      summary: "Recognises our key.",
      config: Type.Object({}),
      guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
      open: async () => ({
        async deliver({ key, body }) {
          calls.push({ to: name, key, body: toText(body) });
          return { reference: `${name}-${key.slice(0, 8)}` };
        },
        probe: async () => undefined,
        close: async () => undefined,
      }),
    }),
    { config: {} },
  );
const inbox = connector({
  name: "inbox",
  summary: "Arrivals are pushed.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});
const client = connection("client", inbox, { config: {} });
const [erp, wms, crm, mail] = ["erp", "wms", "crm", "mail"].map(system) as [
  ReturnType<typeof system>,
  ReturnType<typeof system>,
  ReturnType<typeof system>,
  ReturnType<typeof system>,
];
const selling = (version: number) =>
  defined({
    name: "selling",
    version,
    owner: "sales",
    summary: "From order to payment.",
    keyType: "order",
    state: Type.Object({ orderId: Id }),
    milestones: { placed: {}, paid: {} },
    timers: {},
  })
    .startsOn(Placed, "orderId", (state) => ({ state, reach: "placed", send: [send(Post.of(state))] }))
    // A later version does something else; instances stay with theirs.
    .when(Paid, "orderId", (state) => ({
      reach: "paid",
      send: [send(version === 1 ? Ship.of(state) : Thank.of(state))],
    }));
/** Came later than the orders: it has missed them. */
const thanking = defined({
  name: "thanking",
  version: 3,
  owner: "sales",
  summary: "Thanks for each order.",
  keyType: "order",
  state: Type.Object({ orderId: Id }),
  milestones: {},
  timers: {},
}).startsOn(Placed, "orderId", (state) => ({
  state,
  send: [send(Thank.of(state))],
  end: "completed" as const,
}));

const flows = [
  flow("orders-in").from(client).decode(json<typeof sample>()).expect(Placed).publish(Placed),
  flow("payments-in").from(client).decode(json<typeof sample>()).expect(Paid).publish(Paid),
  flow("posts").on(Post).deliver(erp, json()),
  flow("ships").on(Ship).deliver(wms, json()),
  flow("thanks").on(Thank).deliver(mail, json()),
  flow("orders-to-crm").on(Placed).deliver(crm, json()),
];

let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
/** The one the command line talks to. */
let desk: OpenConsole;
let folder: string;

async function until<Value>(look: () => Promise<Value | undefined | false>): Promise<Value> {
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It did not come true within fifteen seconds.");
}
const rows = async (text: string) => (await db.pool.query(text)).rows;
const atRest = () =>
  until(
    async () =>
      (await rows("select from delivery where status not in ('applied', 'cancelled')")).length === 0 &&
      (
        await rows(
          "select from lane, event where not routed and (lane.xid, lane.position) < (event.xid, event.position)",
        )
      ).length === 0,
  );
const arrives = (name: string, orderId: string) =>
  dock.accept(name, { messageId: `${name} ${orderId}`, body: toBytes(JSON.stringify({ orderId })) });
const api = async (path: string, body?: object): Promise<unknown> => {
  const { token } = (await (await fetch(new URL("/api/session", open.url))).json()) as { token: string };
  const response = await fetch(new URL(`/api${path}`, open.url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json", "x-crossdock-token": token },
  });
  return response.json();
};

beforeAll(async () => {
  db = await freshDatabase();
  dock = await start({ database: db.url, flows, processes: [selling(1)] });
  for (const order of ["SO-1", "SO-2"]) await arrives("orders-in", order);
  await atRest();
  await arrives("payments-in", "SO-1");
  await atRest();
  await dock.stop();
  // A build without the process: nobody is told of a payment.
  dock = await start({ database: db.url, flows });
  await arrives("payments-in", "SO-2");
  await atRest();
  await dock.stop();
  // The next build: a version that ships nobody, and a process that was not there when the orders came.
  dock = await start({ database: db.url, flows, processes: [selling(1), selling(2), thanking] });
  open = await openConsole({ dock, port: 0, settings: { actor: "maria" } });
  desk = await openConsole({ dock, port: 0, settings: { localKey: "this machine" } });
  folder = mkdtempSync(join(tmpdir(), "crossdock-replay-"));
  mkdirSync(join(folder, ".crossdock"));
  const run = {
    version: 1,
    command: "dev",
    pid: process.pid,
    pidStarted: null,
    startedAt: new Date().toISOString(),
    state: "ready",
    data: folder,
    configuration: "none.ts",
    database: db.url,
    console: desk.url,
    localKey: "this machine",
  };
  writeFileSync(join(folder, ".crossdock", "run.json"), JSON.stringify(run));
});
afterAll(async () => {
  await Promise.all([open?.close(), desk?.close()]);
  await dock?.stop();
  await db?.drop();
});

/** What a dry run says, as calls, with what is left out. */
const said = (items: readonly PreviewedItem[]) => ({
  sent: items
    .filter(({ skip, delivery }) => skip === null && delivery !== "")
    .map(({ connection: to, delivery: key, payload }) => ({ to, key, body: payload })),
  left: items.flatMap(({ skip }) => skip ?? []),
  would: [...new Set(items.filter(({ skip }) => skip === null).map(({ would }) => would))],
});
const sorted = <Call extends { to: string; key: string }>(all: readonly Call[]) =>
  all.toSorted((a, b) => (`${a.to} ${a.key}` < `${b.to} ${b.key}` ? -1 : 1));

/** Freezes by the API, looks at it by the command line, and runs it there. */
async function replayed(criteria: Record<string, string>) {
  const given = Object.entries(criteria).flatMap(([name, value]) => [`--${name}`, value]);
  const dry = await crossdock(["replay", ...given, "--dry-run", "--because", "Tried.", "--json"], { folder });
  const { items: byCommand } = JSON.parse(dry.out).data ?? JSON.parse(dry.out);
  const frozen = (await api("/selections", {
    act: "replay",
    chosen: { replay: criteria },
    reason: "They lost it.",
  })) as SelectionDetail;
  const { items } = (await api(`/selections/${frozen.id}/preview?limit=100`)) as { items: PreviewedItem[] };
  const before = calls.length;
  expect(await api(`/selections/${frozen.id}/decide`, { word: "run", reason: "They lost it." })).toEqual({
    done: true,
  });
  const ended = await until(async () => {
    const seen = (await api(`/selections/${frozen.id}`)) as SelectionDetail;
    return seen.state === "finished" && seen;
  });
  await atRest();
  const dryRun = said(items);
  expect(said(byCommand as PreviewedItem[])).toEqual(dryRun);
  expect(sorted(calls.slice(before))).toEqual(sorted(dryRun.sent));
  return { ...dryRun, totals: ended.totals };
}

test("by event, key, time, flow and subscriber, the dry run is what the run does, and nothing is doubled", async () => {
  const [placed] = await rows(
    "select position::text as position from event where contract = 'sales.order-placed' and key = 'order/SO-2'",
  );
  const first = sorted(calls);
  const to = (found: { sent: readonly { to: string }[] }) => found.sent.map((call) => call.to).sort();

  // A flow, a connection, a time: deliveries as they were.
  expect(to(await replayed({ flow: "orders-to-crm" }))).toEqual(["crm", "crm"]);
  expect(to(await replayed({ connection: "erp" }))).toEqual(["erp", "erp"]);
  expect(to(await replayed({ from: "2020-01-01T00:00:00Z" }))).toEqual(["crm", "crm", "erp", "erp", "wms"]);

  // A process: what it sent because of what it took, under its keys; and what it missed, which it takes as it stands now,
  // under the version it began with, whatever its newest version would do.
  const process = await replayed({ process: "selling" });
  expect([to(process), process.left]).toEqual([["erp", "erp", "wms", "wms"], []]);
  expect(process.would).toContain("Taken by the selling of order SO-2 as it stands now, under version 1.");
  const keys = new Set(calls.map(({ key }) => key));
  expect([keys.size, first.every(({ key }) => keys.has(key))]).toEqual([
    new Set(first.map(({ key }) => key)).size + 1,
    true,
  ]);
  // Given once: from now on it is among what was taken.
  const twice = await replayed({ process: "selling" });
  expect([to(twice), twice.would]).toEqual([
    ["erp", "erp", "wms", "wms"],
    [
      "Sent to erp again, under the same key, which it recognises.",
      "Sent to wms again, under the same key, which it recognises.",
    ],
  ]);
  expect(new Set(calls.map(({ key }) => key))).toEqual(keys);

  // An event reaches everybody it concerns: the flow, what a process sent, and the process that never took it.
  const one = await replayed({ event: placed?.position as string });
  expect([to(one), one.totals]).toMatchObject([["crm", "erp", "mail"], { selected: 3, applied: 3 }]);
  expect(one.would).toContain("Starts the thanking of order SO-2, version 3.");
  // Taken once: the second time what it sent is sent again, under the same key.
  const again = await replayed({ event: placed?.position as string });
  expect(to(again)).toEqual(["crm", "erp", "mail"]);
  expect(calls.filter((call) => call.to === "mail").map(({ key }) => key)).toEqual([
    again.sent.find((call) => call.to === "mail")?.key,
    again.sent.find((call) => call.to === "mail")?.key,
  ]);

  // By key: all of one order, to all of them.
  const key = await replayed({ key: "order/SO-1" });
  expect([to(key), key.left]).toEqual([["crm", "erp", "mail", "wms"], []]);
  // What was given by hand was counted when it came, or was owed to nobody then: the account of everything still adds up.
  expect(await balance(db.pool)).toMatchObject({ silent: 0, unread: 0 });
});

test("what names nobody, or two kinds of subscribers at once, is refused in a sentence", async () => {
  const freeze = (replay: Record<string, string>) =>
    dock.selections.freeze({ replay }, "replay", { reason: "x" }, { name: "maria", reason: "x" });
  await expect(freeze({ process: "nobody" })).rejects.toThrow(
    "There is no process nobody that reacts to anything.",
  );
  await expect(freeze({ process: "selling", flow: "posts" })).rejects.toThrow(
    "A process is a subscriber of its own.",
  );
});
