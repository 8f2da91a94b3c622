/** A breaker stops calling a target that is away, uses up no tries meanwhile, and comes back gently. */
import { expect, test } from "vitest";
import { Breaker } from "./breaker.ts";

const away = (breaker: Breaker, times: number, from = 0) => {
  for (let n = 0; n < times; n += 1) breaker.failed(from + n, "Refused the connection.");
};

test("five certain failures in a row open it, four do not, and a success in between starts the count again", () => {
  const breaker = new Breaker(8);
  away(breaker, 4);
  breaker.succeeded(5);
  away(breaker, 4, 6);
  expect(breaker.state).toBe("closed");
  breaker.failed(11, "Refused the connection.");
  expect([breaker.state, breaker.allowed, breaker.since, breaker.because]).toEqual([
    "open",
    0,
    11,
    "Refused the connection.",
  ]);
});

test("half of at least ten calls within half a minute open it, calls longer ago do not count", () => {
  const old = new Breaker(8);
  for (let n = 0; n < 10; n += 1) n % 2 ? old.failed(n * 10_000, "No answer.") : old.succeeded(n * 10_000);
  expect(old.state).toBe("closed");
  const now = new Breaker(8);
  for (let n = 0; n < 10; n += 1) n % 2 ? now.failed(n, "No answer.") : now.succeeded(n);
  expect(now.state).toBe("open");
});

test("one probe at a time, later after each that fails, at most half a minute apart", () => {
  const breaker = new Breaker(8);
  away(breaker, 5);
  expect(breaker.probeNow(1_003)).toBe(false);
  expect([breaker.probeNow(1_004), breaker.probeNow(1_004)]).toEqual([true, false]);
  let at = 1_004;
  const waits: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    breaker.stillAway(at, "Still away.");
    const from = at;
    while (!breaker.probeNow(at)) at += 1_000;
    waits.push(at - from);
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("back again it allows one call, then twice as many after each success, up to what the target declared", () => {
  const breaker = new Breaker(6);
  away(breaker, 5);
  breaker.probeNow(2_000);
  breaker.back();
  const allowed = [breaker.allowed];
  for (let n = 0; n < 4; n += 1) {
    breaker.succeeded(3_000 + n);
    allowed.push(breaker.allowed);
  }
  expect(allowed).toEqual([1, 2, 4, 6, 6]);
});

test("a refused credential opens it at once: ten thousand refusals would lock the account", () => {
  const breaker = new Breaker(6);
  breaker.trip(7, "The credential was refused.");
  expect([breaker.state, breaker.since]).toEqual(["open", 7]);
});
