/** Lanes change hands while rounds are under way; what a lane has not read stays unread until its holder reads it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../std/log.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { realClock } from "./clock.ts";
import { Leases } from "./leases.ts";
import { openPostgresStore } from "./postgres-store.ts";
import type { Store } from "./store.ts";

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

test("a lane taken while a round was under way keeps its own place in the journal", async () => {
  await store.lease("bob", "elsewhere");
  const ada = new Leases(store, realClock, silent, "ada");
  const listener = { taken: async () => undefined, lost: () => undefined, quiet: () => true };
  await ada.start(listener);
  await store.lease("bob", "elsewhere").then(({ surplus }) => store.give("bob", surplus));
  await ada.recheck();
  const round = [...ada.held.values()];
  expect(round).toHaveLength(8);

  const { lanes } = await store.lease("bob", "elsewhere");
  await store.leave(
    "bob",
    lanes.map(({ id }) => id),
    [],
  );
  await ada.recheck();
  ada.moved(round, { xid: "9", position: "9" });

  const places = [...ada.held.values()].map(({ position }) => position).toSorted();
  expect(places).toEqual([...Array(8).fill("0"), ...Array(8).fill("9")]);
  // Ahead of what a round has read, a lane stays; it would be read twice otherwise.
  ada.moved([...ada.held.values()], { xid: "5", position: "5" });
  expect([...ada.held.values()].map(({ position }) => position).toSorted()).toEqual([
    ...Array(8).fill("5"),
    ...Array(8).fill("9"),
  ]);
  await ada.stop();
});
