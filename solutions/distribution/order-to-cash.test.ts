/**
 * The processes decide as rehearsed, and nothing they can do is left unrehearsed.
 *
 * @covers EVT-14, EVT-33, EVT-34, EVT-35, EVT-38, PRC-05, PRC-18, PRC-22, SYS-22
 */
import { check, unrehearsed } from "crossdock/testing";
import { expect, test } from "vitest";
import { rehearsals } from "./distribution.rehearsals.ts";
import { solution } from "./flow-walks.ts";
import { FORBIDDEN, fingerprintOf } from "./forbidden.ts";
import { orderToCash } from "./order-to-cash.ts";
import { standardPolicy } from "./policy.ts";

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
