/** A key is offered until its commit went through, then no more; another order's same number is another key. */
import { expect, test } from "vitest";
import { limits } from "../std/limits.ts";
import { KnownKeys } from "./known-keys.ts";

const keys = [
  { type: "order", value: "SO-1" },
  { type: "invoice", value: "INV-1" },
];

test("what was written is not offered again, for its own business transaction only", () => {
  const known = new KnownKeys();
  expect(known.fresh("order/SO-1", keys)).toEqual(keys);
  known.remember("order/SO-1", [{ type: "order", value: "SO-1" }]);
  expect(known.fresh("order/SO-1", keys)).toEqual([{ type: "invoice", value: "INV-1" }]);
  expect(known.fresh("payment/P-1", keys)).toEqual(keys);
});

test("it stays within its bound, and what it forgot is simply offered again", () => {
  const known = new KnownKeys();
  for (let n = 0; n <= limits.keysCachedMax; n += 1)
    known.remember(`order/${n}`, [{ type: "order", value: String(n) }]);
  expect(known.fresh("order/0", [{ type: "order", value: "0" }])).toHaveLength(1);
});
