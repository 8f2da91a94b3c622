/**
 * What is said to be on the wire is there, or was a moment ago: what waits long for its turn at a slow system is owed.
 *
 * New deliveries are written with their first intent, so that a commit is saved; where their turn does not come soon, that would be a lie.
 */
import { expect, test } from "vitest";
import { connection } from "../../src/connectors/connector.ts";
import { assemble } from "../../src/runtime/assemble.ts";
import { toBytes } from "../../src/std/bytes.ts";
import { limits } from "../../src/std/limits.ts";
import { silent } from "../../src/std/log.ts";
import { Database } from "./database.ts";
import { integrate, TARGETS } from "./integration.ts";
import { Kernel, type Program } from "./kernel.ts";
import { simStore } from "./store.ts";
import { CALLS_MAX, Target } from "./targets.ts";

const ITEMS = 40;

test("of forty counts at a system that takes five seconds for each, no more are said to be on the wire than are called", async () => {
  const kernel = new Kernel(1);
  const program: Program = { name: "ada", alive: true, pausedUntil: 0, skewMs: 0 };
  const line = { latencyMs: 1.5, refused: 0, lostBeforeCommit: 0, lostAfterCommit: 0, stalled: 0 };
  const db = new Database(kernel, limits.lanes, limits.leaseMs);
  const targets = new Map(TARGETS.map((name) => [name, new Target(kernel, name, "key", () => undefined)]));
  const shop = targets.get("shop")!;
  const session = shop.session(program, () => undefined);
  const worker = assemble({
    store: simStore(db, program, line),
    clock: kernel.clockOf(program),
    log: silent,
    worker: "ada",
    definitions: integrate(
      (name) => connection(name, targets.get(name as "shop")!.connector, { config: {} }),
      {},
    ),
    sessions: new Map([
      [
        "shop",
        {
          ...session,
          async deliver(parcel) {
            await kernel.sleep(5_000, "slow", null);
            return session.deliver!(parcel);
          },
        },
      ],
    ]),
    tell: () => undefined,
  });
  const seen = (status: string) => [...db.deliveries.values()].filter((one) => one.status === status).length;
  const said: { readonly at: number; readonly onTheWire: number; readonly owed: number }[] = [];
  const look = (at: number) =>
    kernel.later(at, "look", null, () => {
      said.push({ at, onTheWire: seen("attempting"), owed: seen("owed") });
    });
  worker.begin().then(
    () => {
      for (let n = 0; n < ITEMS; n += 1)
        void worker.intake.accept("stock-in", {
          messageId: `P-${n}`,
          body: toBytes(JSON.stringify({ item: `P-${n}`, count: "1" })),
        });
      look(10_000);
      look(27_000);
    },
    (error: unknown) => kernel.fail(error),
  );
  kernel.later(80_000, "end", null, () => kernel.stop());
  await kernel.run();
  expect(said.map(({ at }) => at)).toEqual([10_000, 27_000]);
  expect(said[0]!.onTheWire).toBeGreaterThan(CALLS_MAX);
  expect(said[1]!.onTheWire).toBeLessThanOrEqual(CALLS_MAX);
  expect(said[1]!.owed).toBeGreaterThan(0);
  expect(seen("applied")).toBe(ITEMS);
  expect(shop.books).toHaveLength(ITEMS);
});
