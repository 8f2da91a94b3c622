/** Code lists of a configuration are there after a start, follow the configuration, and leave people's words alone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { keepCrosswalks } from "./crosswalks.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const row = (external: string, canonical: string) => ({
  entity: "customer",
  system: "acme",
  external,
  canonical,
});
const kept = async () =>
  (await database.pool.query("select external, canonical from cross_reference order by external")).rows;

test("rows are kept once, changed with the configuration, and never over a person's word", async () => {
  expect(await keepCrosswalks(database.pool, [row("A", "C-1"), row("B", "C-2")])).toBe(2);
  expect(await keepCrosswalks(database.pool, [row("A", "C-1"), row("B", "C-2")])).toBe(0);
  await database.pool.query(
    "update cross_reference set canonical = 'C-9', confirmed_by = 'maria' where external = 'B'",
  );
  expect(await keepCrosswalks(database.pool, [row("A", "C-3"), row("B", "C-2")])).toBe(1);
  expect(await kept()).toEqual([
    { external: "A", canonical: "C-3" },
    { external: "B", canonical: "C-9" },
  ]);
});
