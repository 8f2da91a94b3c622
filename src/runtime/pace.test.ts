/** Accepting gives way to what waits for us, and never to a target that is slow or away. */
import { expect, test } from "vitest";
import { giveWayMs, Pace } from "./pace.ts";

const line = (ready: number, perSecond: number) => ({ ready, perSecond });

test("what waits for this machine's time makes accepting wait, a little and never long", () => {
  expect(giveWayMs([])).toBe(0);
  expect(giveWayMs([line(5_000, 4_000)])).toBe(0);
  expect(giveWayMs([line(7_000, 4_000)])).toBe(100);
  expect(giveWayMs([line(10, 4_000), line(7_000, 4_000)])).toBe(100);
  expect(giveWayMs([line(10_000, 4_000)])).toBe(200);
});

test("a long line before a slow target, or one that is away, makes nobody wait", () => {
  expect(giveWayMs([line(10_000, 2), line(10_000, 0)])).toBe(0);
});

test("a connection's pace is that of its last full second, or of this one when it is better", () => {
  const pace = new Pace();
  for (let n = 0; n < 30; n += 1) pace.settled(10_000 + n);
  expect(pace.perSecond(10_500)).toBe(30);
  pace.settled(11_000);
  expect(pace.perSecond(11_200)).toBe(30);
  expect(pace.perSecond(12_200)).toBe(1);
  expect(pace.perSecond(14_000)).toBe(0);
});
