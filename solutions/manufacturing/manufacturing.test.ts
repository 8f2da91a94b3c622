/**
 * Every rehearsal decides what it says, and the quantities of a purchase line keep their invariants whatever is billed.
 *
 * @covers EVT-11, EVT-27, EVT-29, PRC-02, PRC-06, PRC-11, PRC-12, PRC-17
 */
import { fourFourFive } from "crossdock";
import { decimals } from "crossdock/canon";
import { check } from "crossdock/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { manufacturing, plantPaths } from "./index.ts";
import { rehearsals } from "./manufacturing.rehearsals.ts";
import { fromMovement } from "./mappings/erp.ts";
import { broken, match, opened } from "./matching.ts";
import { standardPolicy } from "./policy.ts";

test.each(rehearsals.map((one) => [one.process.header.name, one.name, one] as const))(
  "%s: %s",
  (_process, _name, one) => check(one),
);

test("what a plant booked bears the period of its entity's own calendar, not the month it lies in", () => {
  const policy = { ...standardPolicy, fiscalCalendar: fourFourFive({ 2026: "2025-12-29" }) };
  const about = {
    reportId: "OC-1",
    productionOrderId: "PR-1",
    plant: "LYO",
    item: "PUMP-100",
    documentDate: "2026-11-28",
    postingDate: "2026-11-28",
  };
  const answer = { Amount: "300.00", DebitAccount: "Finished goods", CreditAccount: "Work in process" };
  const told = fromMovement(policy, "output")({ reference: "49", answer }, { about });
  expect(told.map(({ data }) => data)).toMatchObject([
    { fiscalPeriod: "2026-12", periodId: "ME-01/2026-12" },
    { fiscalPeriod: "2026-12", documentDate: "2026-11-28" },
  ]);
});

test("a line is never matched above what came and stayed, however often it is billed", () => {
  const quantity = fc.integer({ min: 0, max: 100 }).map(String);
  fc.assert(
    fc.property(
      quantity,
      quantity,
      fc.array(fc.tuple(quantity, quantity), { maxLength: 6 }),
      (ordered, came, bills) => {
        let lines = [{ ...opened("1", "SEAL-9", ordered, "5"), received: came }];
        for (const [value, amount] of bills) {
          const billed = {
            line: "1",
            item: "SEAL-9",
            quantity: { value, uom: "EA" },
            amount: { amount: `${amount}.00`, currency: "EUR" },
          };
          const { lines: after, differences } = match(lines, [billed], "0.00", "EUR");
          lines = [...after];
          expect(lines.flatMap(broken)).toEqual([]);
          const dearer = decimals.compare(amount, decimals.multiply(value, "5")) !== 0;
          expect(differences.some(({ kind }) => kind === "price")).toBe(dearer);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("what nobody ordered is a difference by itself", () => {
  const billed = {
    line: "9",
    item: "MOTOR-7",
    quantity: { value: "1", uom: "EA" },
    amount: { amount: "150.00", currency: "EUR" },
  };
  expect(match([opened("1", "SEAL-9", "60", "5")], [billed], "0.00", "EUR").differences).toEqual([
    { line: "9", kind: "not ordered", expected: "nothing", found: "1 MOTOR-7", amount: billed.amount },
  ]);
});

test("every command the solution sends has a flow that carries it, and an address at its system", () => {
  const system = { url: "http://127.0.0.1:1", webhookSecrets: ["whsec_x"] };
  const lines = (manufactured: string[]) => manufactured.map((name) => ({ name }) as never);
  const { flows = [] } = manufacturing({
    lines: lines(["api", "erp", "wms", "crm"]),
    folders: { fromMes: "/in", toMes: "/out" },
    systems: {
      equipment: system,
      qms: system,
      supplier: system,
      mdm: system,
      scheduling: system,
      procurement: system,
      treasury: system,
    },
    erpWebhookSecrets: [],
  });
  const carried = flows.flatMap((flow) =>
    flow.direction === "out" &&
    flow.hand.as === "document" &&
    flow.connections.some(({ name }) => name === "erp")
      ? [flow.on.name]
      : [],
  );
  expect(carried.toSorted()).toEqual(Object.keys(plantPaths.erp).toSorted());
});
