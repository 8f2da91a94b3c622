/**
 * What is in doubt comes to its end, however often its worker reads the table again.
 *
 * A worker whose line to the database breaks again and again reads back what it owes several times a second. Each time the wait for
 * a system that may still act must go on where it was, or nobody ever asks; and what has ended and could not be written yet must
 * not end a second time, or neither end is ever written.
 */
import { expect, test } from "vitest";
import type { Session } from "../../src/connectors/connector.ts";
import type { Store } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import { laneOf } from "../../src/work/lanes.ts";
import { alone } from "./alone.ts";
import { commit, delivery, entry } from "./conformance/case.ts";
import type { Kernel } from "./kernel.ts";
import { SETTLE_MS } from "./targets.ts";

/** A line that breaks every second: what is owed is read back, while a delivery is on the wire whose intent's answer was lost. */
async function throughout(
  repeat: "searchable" | "none",
  store: (store: Store, kernel: Kernel) => Store,
): Promise<{ readonly asked: number | undefined; readonly status: string | undefined }> {
  const subject = "order/SO-1";
  let [begun, asked]: [number, number | undefined] = [0, undefined];
  const { kernel, db, worker, live } = alone({
    repeat,
    store,
    to: ["erp"],
    // The answer to its intent was lost: it is said to be on the wire, and nobody knows more.
    async before(store) {
      const fact = entry("c1", subject, { contract: "erp.post-order", kind: "command", routed: true });
      const body = { ...fact, data: JSON.stringify({ orderId: "SO-1", amount: "1.00" }) };
      const owed = { flow: "post", contract: fact.contract, subject, lane: laneOf(subject, limits.lanes) };
      await commit(store, "ada", { entries: [body], deliveries: [delivery("d1", { ...owed, entry: "c1" })] });
      await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
      begun = kernel.now;
    },
    session(session) {
      const verify: Session["verify"] =
        session.verify &&
        ((parcel) => {
          asked ??= kernel.now - begun;
          return session.verify!(parcel);
        });
      return { ...session, ...(verify && { verify }) };
    },
  });
  await live(() => {
    const again = () => {
      void worker.leases.recheck();
      kernel.later(1_000, "the line breaks", null, again);
    };
    again();
    kernel.later(60_000 - kernel.now, "end", null, () => kernel.stop());
  });
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
