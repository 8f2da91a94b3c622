/**
 * Whether the dock keeps up: somebody's forgotten transaction, a backlog past its limit, a database without room. On a real
 * PostgreSQL; another program holds the transaction, and a trigger says what a full disk says.
 */
import pg from "pg";
import Type from "typebox";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { type Arrival, connection, connector } from "../connectors/connector.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { process } from "../processes/process.ts";
import { toBytes } from "../std/bytes.ts";
import { limits } from "../std/limits.ts";
import { type FreshDatabase, freshDatabase, startTestServer } from "../testing/database.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const bounds = limits as { -readonly [Name in keyof typeof limits]: number };
const kept = { ...limits };
const Captured = event({
  name: "sales.order-captured",
  version: 1,
  owner: "sales",
  summary: "An order came in.",
  criticality: "C2",
  data: Type.Object({ orderId: Type.String() }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1" },
});
const json: Codec<{ orderId: string }> = {
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(Buffer.from(body).toString()),
  encode: (document) => toBytes(JSON.stringify(document)),
};
/** What lies in the mailbox; what was accepted is taken out. */
const mail: Arrival[] = [];
const mailbox = connector({
  name: "mailbox",
  summary: "Hands over what lies in it.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async (_, { signal }) => ({
    async receive(accept) {
      while (!signal.aborted) {
        const [first] = mail;
        if (first) {
          await accept(first);
          mail.shift();
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    probe: async () => undefined,
    close: async () => undefined,
  }),
});

let database: FreshDatabase;
let dock: Dock;
let forgetful: pg.Client;
const warnings: string[] = [];
/** A transaction holds back the readers of every database of its server, so this server is nobody else's. */
let server: { stop(): Promise<void> };
const shared = globalThis.process.env.CROSSDOCK_TEST_SERVER;
beforeAll(async () => {
  server = await startTestServer();
  database = await freshDatabase();
  forgetful = new pg.Client({ connectionString: database.url, application_name: "forgotten-report" });
  await forgetful.connect();
  Object.assign(bounds, { feedStalledMs: 200 });
  dock = await start({
    database: database.url,
    flows: [
      flow("orders-in")
        .from(connection("orders", mailbox, { config: {} }))
        .decode(json)
        .expect(Captured)
        .publish(Captured),
    ],
    processes: [
      process({
        name: "order",
        version: 1,
        owner: "sales",
        summary: "Knows the order.",
        keyType: "order",
        state: Type.Object({}),
        milestones: { known: {} },
      }).startsOn(Captured, "orderId", () => ({ state: {}, reach: "known", end: "completed" })),
    ],
    log: { info() {}, warn: (line) => void warnings.push(line), error: (line) => void warnings.push(line) },
  });
});
afterAll(async () => {
  Object.assign(bounds, kept);
  await dock.stop();
  await forgetful.end();
  await database.drop();
  await server.stop();
  globalThis.process.env.CROSSDOCK_TEST_SERVER = shared;
});

const order = (orderId: string): Arrival => ({
  messageId: orderId,
  body: toBytes(JSON.stringify({ orderId })),
});
const seen = async (text: string) => (await database.pool.query(text)).rows;
const soon = <Value>(look: () => Value | Promise<Value>): Promise<Value> =>
  vi.waitUntil(look, { timeout: 10_000, interval: 20 }) as Promise<Value>;
const known = async (key: string) =>
  (await seen(`select from instance where key = '${key}' and status = 'completed'`)).length === 1;

test("a forgotten transaction is named while it holds readers back; past the limit nothing more is taken in, until it ends", async () => {
  await forgetful.query("begin");
  await forgetful.query("select pg_current_xact_id()");
  await dock.accept("orders-in", order("SO-1"));
  const [shown] = (await soon(async () => {
    const rows = await seen("select class, title, reason, owner from exception where resolved_at is null");
    return rows.length > 0 ? rows : undefined;
  })) as object[];
  expect(shown).toMatchObject({
    class: "temporary",
    title: "A forgotten transaction holds back what was accepted",
    reason: expect.stringMatching(
      /^Session \d+ of forgotten-report \(user \w+, database test_\w+, idle in transaction\) has a transaction open/,
    ),
  });
  expect(dock.keeping().stalled?.holder).toMatchObject({ application: "forgotten-report" });
  expect(await known("SO-1")).toBe(false);

  bounds.lagMaxMs = 100;
  await soon(() => dock.retryAfterSeconds() === 10);
  await expect(dock.accept("orders-in", order("SO-2"))).rejects.toMatchObject({
    next: "retry",
    retryAfterMs: 10_000,
  });
  mail.push(order("SO-3"));

  await forgetful.query("rollback");
  await soon(() => known("SO-1"));
  // The mailbox was held back, not refused: nothing was lost and nobody had to do anything.
  await soon(() => known("SO-3"));
  expect(warnings.filter((line) => /interrupted/.test(line))).toEqual([]);
  bounds.lagMaxMs = kept.lagMaxMs;
  expect((await dock.accept("orders-in", order("SO-2"))).outcome).toBe("accepted");
  await soon(async () => (await seen("select from exception where resolved_at is null")).length === 0);
  expect(dock.keeping()).toMatchObject({ stalled: null, full: false });
});

test("a database without room is asked once in two seconds, and callers are let in by themselves when there is room again", async () => {
  await database.pool.query(`
    create function full_disk() returns trigger language plpgsql as $$ begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger full_disk before insert on arrival for each row execute function full_disk();
    create trigger full_disk before insert on setting for each row execute function full_disk();`);
  await expect(dock.accept("orders-in", order("SO-4"))).rejects.toMatchObject({ code: "53100" });
  // The second caller is sent away at once.
  await expect(dock.accept("orders-in", order("SO-4"))).rejects.toMatchObject({
    next: "retry",
    retryAfterMs: 2_000,
  });
  expect(dock.keeping().full).toBe(true);
  await database.pool.query("drop function full_disk cascade");
  await soon(() => !dock.keeping().full);
  expect((await dock.accept("orders-in", order("SO-4"))).outcome).toBe("accepted");
  await soon(() => known("SO-4"));
  expect(warnings).toContain("The database is full; nothing is taken in until it can write again.");
});
