/**
 * What is in doubt comes to its end, however often its worker reads the table again.
 *
 * A worker whose line to the database breaks again and again reads back what it owes several times a second. Each time the wait for
 * a system that may still act must go on where it was, or nobody ever asks; and what has ended and could not be written yet must
 * not end a second time, or neither end is ever written.
 */
import { expect, test } from "vitest";
import { connection, type Session } from "../../src/connectors/connector.ts";
import { assemble } from "../../src/runtime/assemble.ts";
import type { Store } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import { silent } from "../../src/std/log.ts";
import { laneOf } from "../../src/work/lanes.ts";
import { commit, delivery, entry } from "./conformance/case.ts";
import { Database } from "./database.ts";
import { integrate, TARGETS } from "./integration.ts";
import { Kernel, type Program } from "./kernel.ts";
import { simStore } from "./store.ts";
import { SETTLE_MS, Target } from "./targets.ts";

/** A line that breaks every second: what is owed is read back, while a delivery is on the wire whose intent's answer was lost. */
async function throughout(
  repeat: "searchable" | "none",
  around: (store: Store, kernel: Kernel) => Store,
): Promise<{ readonly asked: number | undefined; readonly status: string | undefined }> {
  const kernel = new Kernel(1);
  const program: Program = { name: "ada", alive: true, pausedUntil: 0, skewMs: 0 };
  const db = new Database(kernel, limits.lanes, limits.leaseMs);
  const line = { latencyMs: 1, refused: 0, lostBeforeCommit: 0, lostAfterCommit: 0, stalled: 0 };
  const store = simStore(db, program, line);
  const targets = new Map(
    TARGETS.map((name) => [name, new Target(kernel, name, repeat, () => undefined)] as const),
  );
  const definitions = integrate(
    (name) => connection(name, targets.get(name as "erp")!.connector, { config: {} }),
    {},
  );
  const subject = "order/SO-1";
  let asked: number | undefined;
  const live = async () => {
    // The answer to its intent was lost: it is said to be on the wire, and nobody knows more.
    const fact = entry("c1", subject, { contract: "erp.post-order", kind: "command", routed: true });
    const body = { ...fact, data: JSON.stringify({ orderId: "SO-1", amount: "1.00" }) };
    const owed = { flow: "post", contract: fact.contract, subject, lane: laneOf(subject, limits.lanes) };
    await commit(store, "ada", { entries: [body], deliveries: [delivery("d1", { ...owed, entry: "c1" })] });
    await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
    const begun = kernel.now;
    const session = targets.get("erp")!.session(program, () => undefined);
    const verify: Session["verify"] =
      session.verify &&
      ((parcel) => {
        asked ??= kernel.now - begun;
        return session.verify!(parcel);
      });
    const worker = assemble({
      store: around(store, kernel),
      clock: kernel.clockOf(program),
      log: silent,
      worker: "ada",
      definitions,
      sessions: new Map([["erp", { ...session, ...(verify && { verify }) }]]),
      tell: () => undefined,
    });
    await worker.begin();
    const again = () => {
      void worker.leases.recheck();
      kernel.later(1_000, "the line breaks", null, again);
    };
    again();
  };
  live().catch((error: unknown) => kernel.fail(error));
  kernel.later(60_000, "end", null, () => kernel.stop());
  await kernel.run();
  return { asked, status: db.deliveries.get("d1")?.status };
}

test("a posting found on the wire is asked about in its time, though the table is read every second", async () => {
  const { asked, status } = await throughout("searchable", (store) => store);
  expect(asked).toBeGreaterThanOrEqual(SETTLE_MS);
  expect(asked).toBeLessThan(SETTLE_MS + 2_000);
  expect(status).toBe("applied");
});

test("what cannot be asked about ends once, though its end cannot be written for ten seconds and the table is read every second", async () => {
  const ends: number[] = [];
  const { status } = await throughout("none", (store, kernel) => ({
    ...store,
    async recordOutcomes(ended) {
      if (kernel.now < 10_000) throw new Error("read ECONNRESET");
      ends.push(ended.length);
      return store.recordOutcomes(ended);
    },
  }));
  expect(status).toBe("parked");
  expect(ends).toEqual([1]);
});
