/**
 * Order-to-cash decides as rehearsed, and nothing it can do is left unrehearsed.
 *
 * @covers EVT-33, EVT-34, EVT-38, PRC-22, SYS-22
 */
import { check } from "crossdock/testing";
import { expect, test } from "vitest";
import { rehearsals } from "./order-to-cash.rehearsals.ts";
import { orderToCash } from "./order-to-cash.ts";
import { standardPolicy } from "./policy.ts";

for (const rehearsal of rehearsals) test(rehearsal.name, () => check(rehearsal));

test("every reaction is rehearsed as the thing that happens, not only as history", () => {
  const { reactions } = orderToCash(standardPolicy);
  const rehearsed = new Set(
    rehearsals.map(({ said }) => {
      if ("contract" in said) return `event:${said.contract}`;
      return said.kind === "elapsed"
        ? `elapsed:${said.timer}`
        : "approval" in said
          ? `${said.kind}:${said.approval}`
          : "";
    }),
  );
  expect([...reactions.keys()].filter((reaction) => !rehearsed.has(reaction))).toEqual([]);
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
