/**
 * What waits for somebody who is slow or away: nothing is said of it that is not so, nobody else waits with it, and it is late only by
 * the length of the outage and a stated time after it (G10).
 *
 * In virtual time, so that eight hours are no run time and a second is the engine's doing and no machine's.
 */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../../src/connectors/connector.ts";
import { limits } from "../../src/std/limits.ts";
import { alone } from "./alone.ts";
import { PACK_MS } from "./integration.ts";
import type { Kernel } from "./kernel.ts";
import { CALLS_MAX } from "./targets.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const OUTAGES = [
  ["ten seconds", 10 * SECOND],
  ["ten minutes", 10 * MINUTE],
  ["eight hours", 8 * HOUR],
] as const;

/** In hours in which nothing happens little is looked at. */
const SELDOM = { lookAfterMs: 3 * SECOND, idlePollMs: 10 * SECOND, heartbeatMs: MINUTE, leaseMs: 5 * MINUTE };

const bounds = limits as { -readonly [Name in keyof typeof limits]: number };
const kept = { ...limits };
const restore = () => void Object.assign(bounds, kept);
beforeEach(restore);
afterAll(restore);

test("of forty counts at a system that takes five seconds for each, no more are said to be on the wire than are called", async () => {
  const items = 40;
  const { kernel, db, target, accept, live } = alone({
    repeat: "key",
    session: (session, name, kernel) => (name === "shop" ? taking(5 * SECOND, session, kernel) : session),
  });
  const seen = (status: string) => [...db.deliveries.values()].filter((one) => one.status === status).length;
  const said: { readonly at: number; readonly onTheWire: number; readonly owed: number }[] = [];
  const look = (at: number) =>
    kernel.later(at, "look", null, () => {
      said.push({ at, onTheWire: seen("attempting"), owed: seen("owed") });
    });
  await live(() => {
    for (let n = 0; n < items; n += 1) accept("stock-in", `P-${n}`, { item: `P-${n}`, count: "1" });
    look(10_000);
    look(27_000);
    kernel.later(80_000, "end", null, () => kernel.stop());
  });
  expect(said.map(({ at }) => at)).toEqual([10_000, 27_000]);
  expect(said[0]!.onTheWire).toBeGreaterThan(CALLS_MAX);
  expect(said[1]!.onTheWire).toBeLessThanOrEqual(CALLS_MAX);
  expect(said[1]!.owed).toBeGreaterThan(0);
  expect(seen("applied")).toBe(items);
  expect(target("shop").books).toHaveLength(items);
});

describe("a system that was away has what is owed to it half a minute later, and as fast as it takes it", () => {
  const ORDERS = 40;
  /** Each call of the ERP takes this long: so many calls at once make its declared rate. */
  const CALL_MS = 200;
  /** It is asked whether it is back after as long as it was away and a second, and after half a minute at most. */
  const unaskedMs = (outageMs: number) => Math.min(outageMs + SECOND, 30 * SECOND) + limits.lookAfterMs;
  /** From one call at once to all it declares, doubled with every answer; then four fifths of its rate at least. */
  const drainMs = (calls: number) => (Math.log2(CALLS_MAX) + calls / CALLS_MAX / 0.8) * CALL_MS;
  /** Five failures in a row stop the calls. */
  const TRIES_MAX = 5 + 1;

  test.each(OUTAGES)("%s", async (_, outageMs) => {
    // Most of what is owed waits in the table, and has to be read back.
    Object.assign(bounds, { deliveriesInMemoryMax: 15, deliveriesPage: 10 });
    if (outageMs > HOUR) Object.assign(bounds, SELDOM);
    const from = 5 * SECOND;
    let back = Number.POSITIVE_INFINITY;
    const { kernel, db, target, accept, live } = alone({
      repeat: "unique-reference",
      session: (session, name, kernel) =>
        name === "erp"
          ? {
              ...taking(CALL_MS, session, kernel),
              // It is back just after it was asked and was not: nobody asks again for as long as may be.
              probe: () =>
                session.probe().finally(() => {
                  if (!erp.mood.away || kernel.now < from + outageMs) return;
                  erp.mood.away = false;
                  back = kernel.now;
                }),
            }
          : session,
    });
    const erp = target("erp");
    erp.mood.latencyMs = 0;
    const booked = (system: "erp" | "shop" | "crm" | "wms", contract: string) =>
      new Map(
        target(system)
          .books.filter((line) => line.contract === contract)
          .map(({ subject, at }) => [subject, at]),
      );
    const came = new Map<string, number>();
    await live(() => {
      // Its last answers before it goes are lost.
      kernel.later(from - SECOND, "going", null, () => Object.assign(erp.mood, { loseAnswer: 1 }));
      kernel.later(from, "away", null, () => Object.assign(erp.mood, { loseAnswer: 0, away: true }));
      for (let n = 1; n <= ORDERS; n += 1)
        kernel.later((n / ORDERS) * (from + outageMs), "client", null, () => {
          came.set(`order/SO-${n}`, kernel.now).set(`item/P-${n}`, kernel.now);
          accept("orders-in", `order-${n}`, { orderId: `SO-${n}`, amount: "1.00" });
          accept("stock-in", `count-${n}`, { item: `P-${n}`, count: "1" });
        });
      const look = () => {
        if (booked("wms", "wms.ship-order").size === ORDERS || kernel.now > back + HOUR) kernel.stop();
        else kernel.later(SECOND, "look", null, look);
      };
      look();
    });

    const posted = [...booked("erp", "erp.post-order").values()];
    expect(posted).toHaveLength(ORDERS);
    const waited = posted.filter((at) => at > back).length;
    expect(waited).toBeGreaterThan(ORDERS / 2);
    expect(Math.max(...posted) - back).toBeLessThan(unaskedMs(back - from) + drainMs(waited));
    // Nobody pressed anything, nothing ran out of tries, and nobody is shown anything any more.
    expect(db.audit).toEqual([]);
    expect(Math.max(...[...db.deliveries.values()].map(({ attempts }) => attempts))).toBeLessThanOrEqual(
      TRIES_MAX,
    );
    expect(db.exceptions.filter(({ resolved }) => !resolved)).toEqual([]);
    // The others had theirs as ever.
    const others = [
      ...booked("shop", "stock.counted"),
      ...booked("crm", "sales.order-captured"),
      ...booked("wms", "wms.allocate-stock"),
    ];
    expect(others).toHaveLength(3 * ORDERS);
    expect(Math.max(...others.map(([subject, at]) => at - came.get(subject)!))).toBeLessThan(SECOND);
  });
});

describe("a timer that fell due while nobody could fire it is late by the outage and four seconds at most", () => {
  const ORDERS = 10;
  /** Of the timers some are due before it, most while it lasts, some after it where it is short. */
  const FROM = 22 * SECOND;
  /** Its leases are asked for at each beat; then a second, which we aim at while a worker lives. */
  const LATE_MAX_MS = limits.heartbeatMs + SECOND;

  test.each([
    ...OUTAGES.map(([long, ms]) => [`the only worker is stopped for ${long}`, "worker", ms] as const),
    // Longer is no different: it has been asked as seldom as it ever is for a while.
    ...OUTAGES.slice(0, 2).map(([long, ms]) => [`the database is away for ${long}`, "database", ms] as const),
  ])("%s", async (_, who, outageMs) => {
    let until = FROM + outageMs;
    const { kernel, program, db, accept, live } = alone({
      repeat: "key",
      // It is back just after it was asked and was not.
      store: (store) => ({
        ...store,
        neighbours: (worker) =>
          store.neighbours(worker).catch((error: unknown) => {
            if (kernel.now > until && db.downUntil > until) until = db.downUntil = kernel.now;
            throw error;
          }),
      }),
    });
    await live(() => {
      for (let n = 1; n <= ORDERS; n += 1)
        kernel.later(2 * n * SECOND, "client", null, () =>
          accept("orders-in", `order-${n}`, { orderId: `SO-${n}`, amount: "1.00" }),
        );
      kernel.later(FROM, "away", null, () => {
        if (who === "worker") program.pausedUntil = until;
        else db.crash(HOUR);
      });
      kernel.later(until + MINUTE, "end", null, () => kernel.stop());
    });
    const told = (contract: string) =>
      new Map(db.events.flatMap((one) => (one.contract === contract ? [[one.key, one.at]] : [])));
    const [posted, allocated] = [told("erp.order-posted"), told("wms.stock-allocated")];
    const fired = db.events.filter(({ contract }) => contract === "wms.ship-order");
    expect(new Set(fired.map(({ key }) => key)).size).toBe(ORDERS);
    expect(fired).toHaveLength(ORDERS);
    const late = fired.map(({ key, at }) => {
      const due = Math.max(posted.get(key)!, allocated.get(key)!) + PACK_MS;
      return { late: at - due, beyond: at - (due > FROM && due < until ? until : due) };
    });
    expect(Math.min(...late.map(({ late }) => late))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late.map(({ late }) => late))).toBeGreaterThan(outageMs / 2);
    expect(Math.max(...late.map(({ beyond }) => beyond))).toBeLessThan(LATE_MAX_MS);
  });
});

/** A system that takes so long for each delivery. */
const taking = (ms: number, session: Session, kernel: Kernel): Session => ({
  ...session,
  async deliver(parcel) {
    await kernel.sleep(ms, "slow", null);
    return session.deliver!(parcel);
  },
});
