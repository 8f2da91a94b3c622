/**
 * The processes decide as rehearsed, and nothing they can do is left unrehearsed.
 *
 * @covers EVT-14, EVT-33, EVT-34, EVT-35, EVT-38, PRC-05, PRC-18, PRC-22, SYS-22
 */
import { check, unrehearsed } from "crossdock/testing";
import { expect, test } from "vitest";
import { orders } from "./agreement.ts";
import { rehearsals } from "./distribution.rehearsals.ts";
import { settings, solution } from "./flow-walks.ts";
import { FORBIDDEN, fingerprintOf } from "./forbidden.ts";
import type { OrderState } from "./order-state.ts";
import { orderToCash } from "./order-to-cash.ts";
import { standardPolicy } from "./policy.ts";
import { type Filled, filled } from "./settings.ts";

for (const rehearsal of rehearsals)
  test(`${rehearsal.process.header.name}: ${rehearsal.name}`, () => check(rehearsal));

test("every reaction is rehearsed as the thing that happens, not only as history", () => {
  const { processes = [] } = solution;
  expect(processes.flatMap((process) => unrehearsed(process, rehearsals))).toEqual([]);
});

test("whatever must never happen is told of, and each of it is rehearsed", () => {
  const told = rehearsals.flatMap(({ expected }) =>
    (expected.publish ?? []).map(({ data }) => (data as { fingerprint?: string }).fingerprint),
  );
  expect(Object.keys(FORBIDDEN).filter((cause) => !told.includes(fingerprintOf(cause)))).toEqual([]);
});

test("whatever an order remembers, with prices or without, it can be said what its systems should hold", () => {
  const house = {
    serves: ({ lines }: { lines: unknown[] }) => lines.length === 0,
  } as unknown as Filled["houses"][number];
  const { concerns, ours, worth } = orders({ ...filled(settings), houses: [house] });
  const states = rehearsals
    .filter(({ process }) => process.header.name === "order-to-cash")
    .flatMap(({ expected }) => (expected.state === undefined ? [] : [expected.state as OrderState]));
  expect(states.some(({ lines }) => lines.some(({ price }) => price === null))).toBe(true);
  for (const state of states) {
    expect(concerns?.("wms", state, { givenUp: false, told: [] })).toBe(true);
    ours(state, new Set(), []);
    worth?.(state);
  }
});

test("it has exactly six milestones, in the order the business tells the story", () => {
  expect(Object.keys(orderToCash(standardPolicy).header.milestones)).toEqual([
    "accepted",
    "credit approved",
    "allocated",
    "dispatched",
    "invoiced",
    "paid",
  ]);
});
