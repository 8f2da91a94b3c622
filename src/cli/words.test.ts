/** Ages, counts and lists read like something a person would say. */
import { expect, test } from "vitest";
import { counted, lasting, listed, nearest } from "./words.ts";

test.each([
  [0, "0 ms"],
  [850, "850 ms"],
  [4_240, "4.2 s"],
  [59_400, "59 s"],
  [60_000, "1 min"],
  [14 * 60_000, "14 min"],
  [112 * 60_000, "1 h 52"],
  [120 * 60_000, "2 h"],
  [12 * 86_400_000, "12 d"],
])("%i ms are shown as %s", (ms, text) => {
  expect(lasting(ms)).toBe(text);
});

test("counts and lists read like sentences", () => {
  expect([counted(1, "order"), counted(1482, "order"), listed(["a"]), listed(["a", "b", "c"])]).toEqual([
    "1 order",
    "1,482 orders",
    "a",
    "a, b and c",
  ]);
});

test("a slip finds the word that was meant, and a different word finds none", () => {
  const known = ["order-to-cash", "returns"];
  expect(["order-to-cahs", "Returns", "invoice"].map((typed) => nearest(typed, known))).toEqual([
    "order-to-cash",
    "returns",
    undefined,
  ]);
});
