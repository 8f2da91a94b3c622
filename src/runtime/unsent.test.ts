/** What a stopping worker takes back: only what it wrote and never gave to its target. On a real PostgreSQL that refuses outcomes. */
import Type from "typebox";
import { expect, test, vi } from "vitest";
import { json } from "../codecs/json/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { toBytes } from "../std/bytes.ts";
import { silent } from "../std/log.ts";
import { freshDatabase } from "../testing/database.ts";
import { arrange } from "./arrangement.ts";
import { assemble } from "./assemble.ts";
import { realClock } from "./clock.ts";
import { openPostgresStore } from "./postgres-store.ts";

const Placed = event({
  name: "sales.order-placed",
  version: 1,
  owner: "sales",
  summary: "An order came in.",
  criticality: "C2",
  data: Type.Object({ orderId: Type.String() }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1" },
});

test("what was sent and could not be recorded before a stop is not taken back, and not sent a second time", async () => {
  const database = await freshDatabase();
  const sent: string[] = [];
  // Nobody but a person can say whether it would book twice.
  const guarantees = {
    repeat: "none",
    verifies: false,
    ordered: false,
    settleMs: 0,
    concurrency: 4,
  } as const;
  const session = {
    deliver: async ({ subject }: { subject: string }) => {
      sent.push(subject);
      return { reference: subject };
    },
    probe: async () => undefined,
    close: async () => undefined,
  };
  const erp = connector({
    name: "erp",
    summary: "Books.",
    config: Type.Object({}),
    guarantees,
    open: async () => session,
  });
  const definitions = arrange({
    flows: [
      flow("orders-in")
        .from(connection("shop", erp, { config: {} }))
        .decode(json())
        .expect(Placed)
        .publish(Placed),
      flow("orders-out")
        .on(Placed)
        .deliver(connection("erp", erp, { config: {} }), json()),
    ],
  });
  const live = async (name: string) => {
    const store = await openPostgresStore(database.url);
    const worker = assemble({
      store,
      clock: realClock,
      log: silent,
      worker: name,
      definitions,
      sessions: new Map([["erp", session]]),
      tell: () => undefined,
    });
    await worker.begin();
    return { worker, end: () => worker.stop(100).then(() => store.close()) };
  };
  const standing = async () =>
    (await database.pool.query("select status, attempts, reason from delivery")).rows as { status: string }[];

  const first = await live("ada");
  await database.pool.query(`
    create function no_room() returns trigger language plpgsql as $$ begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger no_room before update on delivery for each row when (old.status = 'attempting' and new.status <> 'owed')
      execute function no_room();`);
  await first.worker.intake.accept("orders-in", { messageId: "SO-1", body: toBytes('{"orderId":"SO-1"}') });
  await vi.waitUntil(() => sent.length === 1, { timeout: 10_000 });
  await first.end();
  expect(await standing()).toMatchObject([{ status: "attempting", attempts: 1 }]);

  await database.pool.query("drop function no_room cascade");
  const second = await live("bob");
  await vi.waitUntil(async () => (await standing())[0]?.status === "parked", { timeout: 10_000 });
  expect(await standing()).toMatchObject([
    { attempts: 1, reason: expect.stringContaining("the target cannot be asked") },
  ]);
  expect(sent).toEqual(["order/SO-1"]);
  await second.end();
  await database.drop();
});
