/** What stands still and what is read again, told case by case. */
import { expect, test } from "vitest";
import { Backlog } from "./backlog.ts";

const parked = (key: string, subject: string, lane = 0) => ({ key, subject, lane });

test("a key stands still until its head moves, and the table is read again only if something was left there", () => {
  const backlog = new Backlog();
  backlog.stop(parked("a1", "order/A"));
  backlog.stop(parked("b1", "order/B"));
  backlog.leave("order/B", "41");
  backlog.leave("order/B", "9");
  expect([backlog.standsStill("order/A"), backlog.isHead("a1"), backlog.still]).toEqual([true, true, 2]);
  expect([backlog.move("a1"), backlog.more]).toEqual([false, false]);
  backlog.begin();
  backlog.end(backlog.turns, "100", true);
  expect([backlog.move("b1"), backlog.more, backlog.readTo, backlog.still]).toEqual([true, true, "9", 0]);
});

test("a page asked for before the table was to be read again does not say how far it is read", () => {
  const backlog = new Backlog();
  backlog.readAll();
  const turn = backlog.turns;
  backlog.begin();
  backlog.readAll();
  backlog.end(turn, "500", true);
  expect([backlog.readTo, backlog.more]).toEqual(["0", true]);
  backlog.begin();
  backlog.missed = true;
  backlog.end(backlog.turns, "500", true);
  expect([backlog.readTo, backlog.more]).toEqual(["500", true]);
});

test("what left memory while a page was on its way is outdated on that page, and on no other", () => {
  const backlog = new Backlog();
  backlog.gone("a1");
  backlog.begin();
  backlog.gone("b1");
  expect([backlog.outdated("a1"), backlog.outdated("b1")]).toEqual([false, true]);
  backlog.end(backlog.turns, undefined, true);
  backlog.begin();
  expect(backlog.outdated("b1")).toBe(false);
});

test("keys of lanes that were lost are forgotten", () => {
  const backlog = new Backlog();
  backlog.stop(parked("a1", "order/A", 1));
  backlog.stop(parked("b1", "order/B", 2));
  backlog.lost([1]);
  expect([backlog.standsStill("order/A"), backlog.isHead("a1"), backlog.standsStill("order/B")]).toEqual([
    false,
    false,
    true,
  ]);
});
