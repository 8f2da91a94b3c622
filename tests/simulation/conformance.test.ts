/**
 * The database in memory keeps the same promises as PostgreSQL: one list of cases, run on both.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/runtime/postgres-store.ts";
import type { Store } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import { type FreshDatabase, freshDatabase } from "../../src/testing/database.ts";
import { soundLine } from "./access.ts";
import type { Held } from "./conformance/case.ts";
import { DELIVERIES } from "./conformance/delivery-cases.ts";
import { JOURNAL } from "./conformance/journal-cases.ts";
import { ROUNDS } from "./conformance/round-cases.ts";
import { UNSTORABLE } from "./conformance/unstorable-cases.ts";
import { WAITING } from "./conformance/waiting-cases.ts";
import { Database } from "./database.ts";
import { Kernel, type Program } from "./kernel.ts";
import { simStore } from "./store.ts";

const CASES = [...JOURNAL, ...ROUNDS, ...DELIVERIES, ...WAITING, ...UNSTORABLE];
const LANES = 4;
const LEASE_MS = 150;
const FIRST_LOOK_MS = 20;
const PAGE_BYTES_MAX = 1_000;
const same = (found: unknown, wanted: unknown) => expect(found).toEqual(wanted);
const bounds = limits as { -readonly [Name in keyof typeof limits]: number };
const kept = { ...limits };

/** The operations of the store a case has called. */
const called = new Set<string>();
const noting = (store: Store): Store =>
  new Proxy(store, {
    get(target, name, receiver) {
      called.add(String(name));
      return Reflect.get(target, name, receiver);
    },
  });

test("there are enough cases to mean something, each under its own name", () => {
  expect([CASES.length >= 150, new Set(CASES.map(({ name }) => name)).size]).toEqual([true, CASES.length]);
});

describe("in memory", () => {
  test.each(CASES)("$name", async ({ run }) => {
    Object.assign(bounds, { firstLookMs: FIRST_LOOK_MS, pageBytesMax: PAGE_BYTES_MAX });
    const kernel = new Kernel(1);
    const db = new Database(kernel, LANES, LEASE_MS);
    const line = soundLine(1);
    const program = (name: string): Program => ({ name, alive: true, pausedUntil: 0, skewMs: 0 });
    const held: Held = {
      store: noting(simStore(db, program("ada"), line)),
      other: noting(simStore(db, program("bob"), line)),
      leaseMs: LEASE_MS,
      wait: (ms) => kernel.sleep(ms, "wait", null),
    };
    // The world stands still when nothing is left to happen; a case that awaits nothing has then ended.
    let ended = false;
    const running = run(held, same).finally(() => {
      ended = true;
    });
    running.catch(() => undefined);
    for (let idle = 0; !ended && idle < 100; idle += 1) await kernel.run();
    await running;
  });

  // What is opened and closed around every case, and on PostgreSQL alone does something, is no operation of a case.
  const AROUND = ["close"];

  test("every operation of the store has a case", () => {
    const kernel = new Kernel(1);
    const line = soundLine(1);
    const program: Program = { name: "ada", alive: true, pausedUntil: 0, skewMs: 0 };
    const operations = Object.keys(simStore(new Database(kernel, LANES, LEASE_MS), program, line));
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter((name) => !called.has(name) && !AROUND.includes(name))).toEqual([]);
  });
});

describe("on PostgreSQL", () => {
  let database: FreshDatabase;
  let [store, other]: (Store | undefined)[] = [];
  beforeAll(async () => {
    Object.assign(bounds, {
      leaseMs: LEASE_MS,
      lanes: LANES,
      firstLookMs: FIRST_LOOK_MS,
      pageBytesMax: PAGE_BYTES_MAX,
    });
    database = await freshDatabase();
    store = await openPostgresStore(database.url);
    other = await openPostgresStore(database.url);
  });
  afterAll(async () => {
    await store?.close();
    await other?.close();
    await database.drop();
    Object.assign(bounds, kept);
  });

  test.each(CASES)("$name", async ({ run }) => {
    await database.pool.query(
      `truncate worker, lost_worker, in_hand, post_check, receipt, arrival, event, business_key, instance, question, delivery, attempt, exception, audit;
       update lane set owner = null, epoch = 0, lease_until = '-infinity', xid = '0', position = 0`,
    );
    if (!store || !other) throw new Error("The stores are open.");
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    await run({ store, other, leaseMs: LEASE_MS, wait }, same);
  });
});
