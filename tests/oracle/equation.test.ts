/** The equation of no silent state can tell: a sound dock has nothing to say, and each kind of silence is named. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgresStore } from "../../src/runtime/postgres-store.ts";
import type { Store } from "../../src/runtime/store.ts";
import { type FreshDatabase, freshDatabase } from "../../src/testing/database.ts";
import { arrival, commit, delivery, readAll } from "../simulation/conformance/case.ts";
import { type Count, dishonest, EQUATION, silences } from "./equation.ts";

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = await openPostgresStore(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const asked = async (): Promise<Count> => {
  const subscribers = JSON.stringify([{ contract: "test.happened", times: 2 }]);
  return (await database.pool.query<Count>(EQUATION, [subscribers])).rows[0] as Count;
};
const change = (text: string) => database.pool.query(text);

test("whatever says nothing is told by the equation", async () => {
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  await store.accept([arrival("m1")], []);
  const [told] = await readAll({ store, other: store, leaseMs: 0, wait }, 1);
  if (!told) throw new Error("It was accepted.");
  expect(silences(await asked())).toEqual([]); // It has not been read yet, which is no silence.

  const of = (key: string) =>
    delivery(key, { entry: null, position: told.position, contract: "test.happened", connection: key });
  await commit(store, "ada", { deliveries: [of("erp")], to: told });
  expect(silences(await asked())).toEqual([
    "I14 test.happened of order/1 is owed 2 times and stands 1 times.",
  ]);

  await commit(store, "ada", { deliveries: [of("wms")], to: told });
  expect(await asked()).toEqual({ owed: 2, found: 2, settled: 0, open: 2, silent: [] });

  await change("update delivery set status = 'parked', reason = null where key = 'erp'");
  expect(silences(await asked())).toEqual([
    "I14 test.happened of order/1 is parked and says no reason.",
    "I14 test.happened of order/1 is parked and nobody owns it.",
  ]);
  await change(
    "update delivery set status = 'owed', attempts = 1, reason = 'It was away.' where key = 'erp'",
  );
  expect(silences(await asked())).toEqual([
    "I14 test.happened of order/1 was tried 1 times and has no reason or no next time.",
  ]);
  await change(
    "update delivery set status = 'attempting', updated_at = clock_timestamp() - interval '2 minutes' where key = 'erp'",
  );
  expect(silences(await asked())).toHaveLength(1);
  await change("update delivery set status = 'applied'");
  expect(await asked()).toEqual({ owed: 2, found: 2, settled: 2, open: 0, silent: [] });
});

test("a dock that shows other counts than there are is told so, each by its sentence", () => {
  const counted = { owed: 5, found: 5, settled: 4, open: 1, silent: [] };
  const shown = { applied: 3, superseded: 0, cancelled: 1, open: 1, silent: 0 };
  expect(dishonest(shown, counted)).toEqual([]);
  expect(dishonest({ ...shown, applied: 4, open: 0, silent: 2 }, counted)).toEqual([
    "I13 the dock shows 5 as settled, and 4 are.",
    "I13 the dock shows 0 as open, and 1 are.",
    "I13 the dock counts 2 as silent, the judge 0.",
  ]);
});
