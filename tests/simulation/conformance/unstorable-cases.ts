/** What PostgreSQL can never keep: a batch with it fails whole, says why, and what was beside it can be written again without it. */
import { isUnstorable } from "../../../src/std/storable.ts";
import { arrival, commit, delivery, ended, entry, listed, openOne, outcome, owe } from "./case.ts";

const { cases, given } = listed();

const refused = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => false,
    (error: unknown) => isUnstorable(error),
  );

given(
  "arrivals beside one that names a thing with a NUL are not written with it",
  async ({ store }, same) => {
    const [good, bad] = [arrival("A"), arrival("B", { entries: [entry("B", "order/\0")] })];
    same(await refused(store.accept([good, bad], [])), true);
    same(await store.accept([good], []), [{ outcome: "new" }]);
  },
);
given(
  "outcomes beside one whose answer names a thing with a NUL are not recorded with it",
  async ({ store }, same) => {
    await owe(store, delivery("d1"), delivery("d2"));
    await store.beginAttempts("ada", [
      { key: "d1", attempts: 0 },
      { key: "d2", attempts: 0 },
    ]);
    const good = ended(outcome("d1", 1, "applied"));
    const bad = ended(outcome("d2", 1, "applied"), { answers: [entry("d2:0", "order/\0")] });
    same(await refused(store.recordOutcomes([good, bad])), true);
    same(await store.recordOutcomes([good]), ["d1"]);
    same((await openOne(store, "d2"))?.status, "attempting");
  },
);
given(
  "steps beside one that publishes a thing named with a NUL are not committed with it",
  async ({ store }, same) => {
    const steps = (name: string) =>
      commit(store, "ada", {
        entries: [entry(`for ${name}`, "order/1", { routed: true }), entry(`p ${name}`, name)],
        deliveries: [delivery(name)],
      });
    same(await refused(steps("order/\0")), true);
    same((await openOne(store, "order/1")) === undefined, true);
    same(await refused(steps("order/1")), false);
    same((await openOne(store, "order/1"))?.status, "owed");
  },
);
given("a reference with a NUL is kept as near as possible", async ({ store }, same) => {
  await owe(store, delivery("d1"));
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await store.recordOutcomes([ended(outcome("d1", 1, "parked", { reference: "D\0", reason: "No\0." }))]);
  same((await openOne(store, "d1"))?.reference, "D\uFFFD");
});

export const UNSTORABLE = cases;
