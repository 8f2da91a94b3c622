/**
 * What is in doubt is asked about when its system's time is over, however often its worker reads the table again.
 *
 * A worker whose line to the database breaks again and again reads back what it owes several times a second; each time
 * the wait for a system that may still act must go on where it was, or nobody ever asks.
 */
import { expect, test } from "vitest";
import { connection } from "../../src/connectors/connector.ts";
import { assemble } from "../../src/runtime/assemble.ts";
import { limits } from "../../src/std/limits.ts";
import { silent } from "../../src/std/log.ts";
import { laneOf } from "../../src/work/lanes.ts";
import { commit, delivery, entry } from "./conformance/case.ts";
import { Database } from "./database.ts";
import { integrate, TARGETS } from "./integration.ts";
import { Kernel, type Program } from "./kernel.ts";
import { simStore } from "./store.ts";
import { SETTLE_MS, Target } from "./targets.ts";

test("a posting found on the wire is asked about in its time, though the table is read every second", async () => {
  const kernel = new Kernel(1);
  const program: Program = { name: "ada", alive: true, pausedUntil: 0, skewMs: 0 };
  const db = new Database(kernel, limits.lanes, limits.leaseMs);
  const line = { latencyMs: 1, refused: 0, lostBeforeCommit: 0, lostAfterCommit: 0, stalled: 0 };
  const store = simStore(db, program, line);
  const targets = new Map(
    TARGETS.map((name) => [name, new Target(kernel, name, "searchable", () => undefined)] as const),
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
    const erp = targets.get("erp")!.session(program, () => undefined);
    const verify: typeof erp.verify = (parcel) => {
      asked ??= kernel.now - begun;
      return erp.verify!(parcel);
    };
    const sessions = new Map([["erp", { ...erp, verify }]]);
    const clock = kernel.clockOf(program);
    const worker = assemble({
      store,
      clock,
      log: silent,
      worker: "ada",
      definitions,
      sessions,
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
  expect(asked).toBeGreaterThanOrEqual(SETTLE_MS);
  expect(asked).toBeLessThan(SETTLE_MS + 2_000);
  expect(db.deliveries.get("d1")?.status).toBe("applied");
});
