/** What is tried again takes a tenth of the calls while anything new waits, and nothing starves. */
import { expect, test } from "vitest";
import { limits } from "../std/limits.ts";
import { Retries } from "./retries.ts";

test("a burst of tries is let through; then one for every ten that are new", () => {
  const retries = new Retries();
  const taken = () => {
    let count = 0;
    while (retries.take()) count += 1;
    return count;
  };
  expect([taken(), taken()]).toEqual([limits.retryBurst, 0]);
  for (let sent = 0; sent < 105; sent += 1) retries.sentNew();
  expect(taken()).toBe(10);
  for (let sent = 0; sent < 10_000; sent += 1) retries.sentNew();
  expect(taken()).toBe(limits.retryBurst);
});
