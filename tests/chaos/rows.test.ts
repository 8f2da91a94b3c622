/**
 * A row proves something only if its faults happened: with nothing broken, every one of them fails.
 *
 * This is told here of what each row asks for; `npm run chaos -- --calm` runs them so, on real processes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unfired, unjudged } from "../oracle/processes.ts";
import { A_BAD_DAY } from "./row.ts";
import { ROWS } from "./rows.ts";

/** What a day of orders brings by itself, though nothing is broken. */
const CALM = Object.fromEntries(Object.keys(A_BAD_DAY).map((fault) => [fault, 1_000_000]));
const SIZES = ROWS.flatMap((row) =>
  [row.short, row.night].flatMap((size) =>
    size ? [[`${row.name} of ${size.orders}`, row, size] as const] : [],
  ),
);

test.each(SIZES)("%s fails when nothing is broken, and passes when all of it was", (_, row, size) => {
  const must = row.mustFire(size);
  expect(unfired(must, CALM).length).toBe(Object.keys(must).filter((fault) => !(fault in CALM)).length);
  expect(unfired(must, CALM)).not.toEqual([]);
  expect(unfired(must, must)).toEqual([]);
});

test("every invariant is judged by some row, and each row fails that gives none of its own to judge", () => {
  const judged = new Set(ROWS.flatMap(({ judges }) => judges));
  expect([...judged].toSorted()).toEqual(Array.from({ length: 14 }, (_, n) => `I${n + 1}`).toSorted());
  for (const { judges } of ROWS) expect(unjudged(judges, new Map()).length).toBe(judges.length);
});

test("the page says of every fault of the matrix what holds it, and of every row which faults it stands for", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/explain/proof.md"), "utf8");
  const matrix = page.split("\n").filter((line) => /^\| FT\d\d/.test(line));
  const named = matrix.flatMap((line) => {
    const [from = 0, to = from] = [...(line.split("|")[1] ?? "").matchAll(/FT(\d\d)/g)].map(([, n]) =>
      Number(n),
    );
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
  expect(named).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  const rows = new Set(ROWS.map(({ name }) => name));
  const held = matrix.flatMap((line) => [...line.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]) => name));
  expect(held.filter((name) => !rows.has(name))).toEqual([]);
  expect([...rows].filter((name) => !held.includes(name))).toEqual([]);
});
