/**
 * Buckets give exactly what they hold, refill by the monotonic clock, and forget nobody who is over the limit too early.
 *
 * @covers API-24, SYS-42
 */
import { expect, test } from "vitest";
import { Buckets } from "./limits.ts";

test("fifty requests at once get exactly the ten the bucket holds", () => {
  const buckets = new Buckets({ now: () => 0 });
  const allowed = Array.from({ length: 50 }, () => buckets.charge("shop", 60, 10)).filter(
    (one) => one.allowed,
  );
  expect(allowed).toHaveLength(10);
});

test("a bucket refills with time and never above its size", () => {
  let now = 0;
  const buckets = new Buckets({ now: () => now });
  for (let i = 0; i < 10; i++) buckets.charge("shop", 60, 10);
  expect(buckets.charge("shop", 60, 10)).toEqual({ allowed: false, remaining: 0, resetSeconds: 1 });
  now = 1_000;
  expect(buckets.charge("shop", 60, 10)).toEqual({ allowed: true, remaining: 0, resetSeconds: 10 });
  now = 10_000_000;
  expect(buckets.charge("shop", 60, 10).remaining).toBe(9);
});

test("a clock that jumps back does not refill", () => {
  let now = 1_000;
  const buckets = new Buckets({ now: () => now });
  buckets.charge("shop", 60, 1);
  now = 0;
  expect(buckets.charge("shop", 60, 1).allowed).toBe(false);
});

test("one caller over its limit takes nothing from another", () => {
  const buckets = new Buckets({ now: () => 0 });
  for (let i = 0; i < 100; i++) buckets.charge("loud", 60, 5);
  expect(buckets.charge("quiet", 60, 5).allowed).toBe(true);
});

test("a flood of names keeps memory bounded", () => {
  const buckets = new Buckets({ now: () => 0, max: 100 });
  for (let i = 0; i < 10_000; i++) buckets.charge(`name-${i}`, 60, 5);
  expect(buckets.size).toBe(100);
});
