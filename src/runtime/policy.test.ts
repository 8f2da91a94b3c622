/** What happens after an attempt, told as a table: the rules that keep money from being posted twice. */
import { expect, test } from "vitest";
import type { Guarantees, Repeat } from "../connectors/connector.ts";
import { ContractBroken, Defect, InDoubt, Refused, Unavailable } from "../std/errors.ts";
import {
  afterError,
  fingerprint,
  goesWhenBack,
  harmlessTwice,
  inDoubt,
  inForce,
  type Standing,
} from "./policy.ts";

const guarantees = (repeat: Repeat, more: Partial<Guarantees> = {}): Guarantees => ({
  repeat,
  verifies: true,
  ordered: false,
  settleMs: 2_000,
  concurrency: 4,
  ...more,
});
const standing = (repeat: Repeat, more: Partial<Standing> = {}): Standing => ({
  criticality: "C2",
  guarantees: guarantees(repeat),
  attempts: 1,
  doubts: 0,
  notFound: 0,
  ...more,
});

test("a certain failure is tried again, later each time, and never sooner than the target asked", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((attempts) =>
    afterError(new Unavailable("Away."), standing("key", { attempts }), 0.999999),
  );
  expect(
    delays.map((verdict) => ("delayMs" in verdict ? Math.round(verdict.delayMs / 1_000) : verdict)),
  ).toEqual([2, 10, 30, 120, 300, 900, 900]);
  expect(afterError(new Unavailable("Busy.", { retryAfterMs: 45_000 }), standing("key"), 0)).toEqual({
    next: "try again",
    delayMs: 45_000,
  });
});

test("a target that says when it is ready is believed, also sooner than planned, until half the tries are used", () => {
  const after = (attempts: number) =>
    afterError(new Unavailable("Busy.", { retryAfterMs: 500 }), standing("key", { attempts }), 0.999999);
  expect([after(1), after(5)]).toEqual(Array(2).fill({ next: "try again", delayMs: 500 }));
  expect(after(6)).toEqual({ next: "try again", delayMs: 900_000, shown: true });
});

test("who met nothing but its absence goes when the target is back; whom it told when, or who used up half the tries, waits", () => {
  const goes = (attempts: number, error: Error = new Unavailable("Away.")) =>
    goesWhenBack(error, standing("key", { attempts }));
  expect([goes(1), goes(5), goes(6)]).toEqual([true, true, false]);
  expect(goes(1, new Unavailable("Busy.", { retryAfterMs: 45_000 }))).toBe(false);
  expect(goes(1, new InDoubt("Nobody knows."))).toBe(false);
});

test("a target that asks for an absurd pause gets an hour", () => {
  expect(afterError(new Unavailable("Busy.", { retryAfterMs: 10 ** 9 }), standing("key"), 0)).toEqual({
    next: "try again",
    delayMs: 3_600_000,
  });
});

test("tries end where the criticality says, and then a person decides", () => {
  const last = { C1: 12, C2: 10, C3: 63, C4: 8 } as const;
  for (const criticality of ["C1", "C2", "C3", "C4"] as const) {
    const at = (attempts: number) =>
      afterError(new Unavailable("Away."), standing("key", { criticality, attempts }), 0).next;
    expect([at(last[criticality] - 1), at(last[criticality])]).toEqual(["try again", "park"]);
  }
});

test("a refusal is never sent again: the target's rules hold it, our mistake parks it, a conflict is a conflict", () => {
  const after = (error: unknown) => afterError(error, standing("key"), 0);
  expect(after(new Refused("Credit.", { category: "business" }))).toEqual({
    next: "park",
    as: "held",
    why: "business hold",
  });
  expect(after(new Refused("No such item."))).toEqual({ next: "park", as: "parked", why: "data" });
  expect(after(new Refused("Another document.", { facts: { conflict: true } }))).toEqual({
    next: "park",
    as: "parked",
    why: "duplicate or conflict",
  });
  expect(after(new Refused("Two of them.", { facts: { duplicates: 2 } }))).toEqual({
    next: "park",
    as: "parked",
    why: "duplicate or conflict",
  });
  expect(after(new ContractBroken("Unmapped."))).toEqual({ next: "park", as: "parked", why: "data" });
});

test("after a lost answer nothing is sent before it was looked into, whatever the target promises", () => {
  for (const repeat of ["key", "upsert", "unique-reference", "searchable"] as const) {
    expect(afterError(new InDoubt("Lost."), standing(repeat), 0)).toEqual({ next: "verify", delayMs: 2_000 });
  }
});

test("our own defect during a call is doubt as well: it may have left", () => {
  expect(afterError(new Defect("Oops."), standing("searchable"), 0)).toEqual({
    next: "verify",
    delayMs: 2_000,
  });
  expect(
    afterError(
      new TypeError("x is undefined"),
      standing("none", { guarantees: guarantees("none", { verifies: false }) }),
      0,
    ),
  ).toEqual({
    next: "park",
    as: "parked",
    why: "unclear outcome",
  });
});

test("a searchable target is asked twice before anything is sent again; a forgiving one once", () => {
  const once = { doubts: 1, notFound: 1 };
  expect(inDoubt(standing("searchable", once))).toEqual({ next: "verify", delayMs: 1_000 });
  expect(inDoubt(standing("searchable", { doubts: 1, notFound: 2 }))).toEqual({ next: "send" });
  expect(inDoubt(standing("key", once))).toEqual({ next: "send" });
});

test("where neither asking nor a second send is safe, a person decides at once", () => {
  expect(
    inDoubt(standing("none", { doubts: 1, guarantees: guarantees("none", { verifies: false }) })),
  ).toEqual({
    next: "park",
    as: "parked",
    why: "unclear outcome",
  });
});

test("a fourth doubt is one too many", () => {
  expect(inDoubt(standing("key", { doubts: 4 }))).toEqual({
    next: "park",
    as: "parked",
    why: "unclear outcome",
  });
});

test("only key, upsert and unique reference make a second send harmless", () => {
  const all = ["key", "upsert", "unique-reference", "searchable", "none"] as const;
  expect(all.filter((repeat) => harmlessTwice(guarantees(repeat)))).toEqual([
    "key",
    "upsert",
    "unique-reference",
  ]);
});

test("a cause is told by its class, place and code, never by its words", () => {
  const one = fingerprint(
    "data",
    "erp",
    "erp.post-invoice",
    new Refused("Item A-77 is unknown.", { facts: { code: "ITEM" } }),
  );
  const other = fingerprint(
    "data",
    "erp",
    "erp.post-invoice",
    new Refused("Item B-12 is unknown.", { facts: { code: "ITEM" } }),
  );
  expect(one).toBe("data|erp|erp.post-invoice|XD_REFUSED|ITEM");
  expect(other).toBe(one);
});

test("what is still being tried is shown to a person in time: 15 minutes, 5 minutes, half an hour, 4 hours", () => {
  const shownFrom = (criticality: Standing["criticality"]) =>
    Array.from({ length: 62 }, (_, index) => index + 1).find((attempts) => {
      const verdict = afterError(new Unavailable("Away."), standing("key", { criticality, attempts }), 0);
      return "shown" in verdict;
    });
  // Before the pause that would end later than that: C1 sleeps for half an hour after the fifth try.
  expect((["C1", "C2", "C3", "C4"] as const).map(shownFrom)).toEqual([5, 5, 33, 5]);
});

test("what a connector read into Retry-After is a number of milliseconds, or it was not said", () => {
  const after = (retryAfterMs: number) =>
    afterError(new Unavailable("Busy.", { retryAfterMs }), standing("key"), 0);
  expect([0.1, -5, Number.NaN, Infinity].map(after)).toEqual(
    [1, 0, 1_000, 1_000].map((delayMs) => ({ next: "try again", delayMs })),
  );
});

const DAY = 24 * 3_600_000;
const forgetful = (more: Partial<Guarantees> = {}) => guarantees("key", { keyLifetimeMs: DAY, ...more });

test("a key that may be forgotten recognises nothing: the target is searched, or a person is asked", () => {
  const at = (owedFor: number, more: Partial<Guarantees> = {}) => ({
    guarantees: inForce(forgetful(more), owedFor),
    doubts: 1,
  });
  expect(inDoubt(standing("key", { ...at(DAY / 2, { verifies: false }) }))).toEqual({ next: "send" });
  expect(inDoubt(standing("key", { ...at(DAY, { verifies: false }) }))).toMatchObject({
    next: "park",
    why: "unclear outcome",
  });
  // It can be asked, and one "never heard of it" is not enough any more.
  expect(inDoubt(standing("key", { ...at(DAY), notFound: 1 }))).toEqual({ next: "verify", delayMs: 1_000 });
  expect(inDoubt(standing("key", { ...at(DAY), notFound: 2 }))).toEqual({ next: "send" });
});

test("where keys are forgotten, a doubt stays a doubt although the next try certainly failed", () => {
  const after = (more: Partial<Standing>) =>
    afterError(new Unavailable("Away."), standing("key", { guarantees: forgetful(), ...more }), 0);
  expect(after({ doubts: 0 })).toEqual({ next: "try again", delayMs: 1_000 });
  expect(after({ doubts: 1 })).toEqual({ next: "verify", delayMs: 1_000 });
  expect(after({ doubts: 1, attempts: 10 })).toMatchObject({ next: "park", why: "unclear outcome" });
});
