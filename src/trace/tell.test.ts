/** What a customer is told: true, and nothing of our own house. */
import { expect, test } from "vitest";
import type { MilestoneView } from "./instances.ts";
import type { Status } from "./status.ts";
import { customerText } from "./tell.ts";

const milestone = (name: string, more: Partial<MilestoneView> = {}): MilestoneView => ({
  name,
  state: "open",
  at: null,
  part: null,
  of: null,
  due: null,
  ...more,
});
const told = (status: Partial<Status>, milestones: readonly MilestoneView[]) =>
  customerText(
    {
      line: {
        correlation: "order/SO-1",
        kind: "Order",
        number: "SO-1",
        also: [{ label: "Customer PO", value: "PO-1" }],
        header: { money: null, amounts: [], parties: [], lines: null, facts: [] },
        process: "order-to-cash@1",
        milestones,
        status: { word: "on track", text: "On track", late: false, because: null, next: null, ...status },
        startedAt: "2026-11-20T08:00:00.000Z",
        changedAt: "2026-11-20T08:00:00.000Z",
      },
      milestones,
    },
    new Date("2026-11-21T08:00:00Z"),
    (at) => at.slice(0, 10),
  );
const at = "2026-11-20T09:00:00.000Z";

test.each([
  [
    "in normal flow",
    {},
    [
      milestone("allocated", { state: "reached", at }),
      milestone("dispatched", { due: "2026-11-22T08:00:00.000Z" }),
    ],
    "Order PO-1 (our number SO-1): The goods are reserved for you, since 2026-11-20. We expect to send the goods by 2026-11-22.",
  ],
  [
    "in parts",
    {},
    [milestone("dispatched", { state: "partly", at, part: 1, of: 2 })],
    "Order PO-1 (our number SO-1): The goods are on their way to you in part (1 of 2), since 2026-11-20. Next we send the goods.",
  ],
  [
    "late",
    { late: true, word: "waiting", because: "WMS Lyon has not answered." },
    [milestone("accepted", { state: "reached", at }), milestone("dispatched", { state: "late", due: at })],
    "Order PO-1 (our number SO-1): We have accepted your order, since 2026-11-20. We are later than planned; we are working on it and will tell you as soon as we send the goods.",
  ],
  [
    "a person must decide",
    { word: "needs a check", because: "Ledger lost the answer." },
    [milestone("accepted", { state: "reached", at }), milestone("invoiced")],
    "Order PO-1 (our number SO-1): We have accepted your order, since 2026-11-20. We are looking into a question before we send the invoice, and will come back to you.",
  ],
  [
    "given up",
    { word: "cancelled" },
    [milestone("accepted", { state: "reached", at })],
    "Order PO-1 (our number SO-1) was cancelled.",
  ],
] as const)("%s", (_, status, milestones, text) => {
  expect(told(status, milestones)).toBe(text);
});
