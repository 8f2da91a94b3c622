/** The item master and the ledger history, walked record by record; the story of whole files is in tests/stories. */
import type { Flow, Message } from "crossdock";
import { costing, finance } from "crossdock/canon";
import { walkArrival, walkMessage } from "crossdock/testing";
import { expect, test } from "vitest";
import { batches } from "./index.ts";
import { ledgerLine } from "./mappings.ts";

const nowhere = { items: "/i", itemsToWarehouse: "/w", ledger: "/l", financeImport: "/f" };
const flowOf = (name: string, settings: Partial<Parameters<typeof batches>[0]> = {}): Flow => {
  const found = batches({ folders: nowhere, ...settings }).flows?.find((each) => each.name === name);
  if (!found) throw new Error(`There is no flow ${name}.`);
  return found;
};
const bytes = (text: string) => new TextEncoder().encode(text);
const HEAD = "entry,line,date,account,debit,credit,currency,text\n";

test("an item row becomes an item, and a row that cannot be one is refused alone", () => {
  const walked = walkArrival(
    flowOf("items-from-erp"),
    bytes(
      'item;description;unit;group;weight;status\nPUMP-100;"Pump; 100 l/min";ea;PUMPS;12,5;active\nX;No unit;;;heavy;active\nVALVE-20;Valve;EA;;;blocked\n',
    ),
  );
  expect(walked.messages.map(({ data }) => data)).toEqual([
    {
      item: "PUMP-100",
      description: "Pump; 100 l/min",
      baseUnit: "EA",
      group: "PUMPS",
      grossWeightKg: "12.5",
      blocked: false,
    },
    { item: "VALVE-20", description: "Valve", baseUnit: "EA", blocked: true },
  ]);
  expect(walked.refused.map(({ part }) => part)).toEqual([1]);
});

test("a ledger line is a debit or a credit, never both and never none", () => {
  const row = {
    entry: "JE-1",
    line: "1",
    date: "2019-03-31",
    account: "4000",
    debit: "",
    credit: "1.00",
    currency: "EUR",
    text: "",
  };
  expect(ledgerLine(row)).toEqual({
    entry: "JE-1",
    line: "1",
    postedOn: "2019-03-31",
    account: "4000",
    debit: "0.00",
    credit: "1.00",
    currency: "EUR",
  });
  expect(() => ledgerLine({ ...row, debit: "1.00" })).toThrow(
    /expected a debit or a credit, found 1.00 and 1.00/,
  );
  expect(() => ledgerLine({ ...row, credit: "0.00" })).toThrow(/found nothing and 0.00/);
});

test("old accounts are looked up, and a line of an unknown one is refused", () => {
  const walked = walkArrival(
    flowOf("ledger-history-in", { accounts: "cross-referenced" }),
    bytes(`${HEAD}JE-1,1,2019-03-31,400,5.00,,EUR,a\nJE-2,1,2019-03-31,999,5.00,,EUR,b\n`),
    (reference) => ("value" in reference && reference.value === "400" ? "4000" : null),
  );
  expect(
    walked.messages.map(({ data }) => (data as { lines: { account: string }[] }).lines[0]?.account),
  ).toEqual(["4000"]);
  expect(walked.refused.map(({ error }) => error.message)).toEqual([
    "account in the new ledger: 999 is not known as account in ledger-history.",
  ]);
});

test("reporting is told of cost and revenue as rows, and of nothing where it has no folder", async () => {
  const rows = (name: string, message: Message) => {
    const walked = walkMessage(flowOf(name, { folders: { ...nowhere, reporting: "/r" } }), message);
    return "body" in walked ? new TextDecoder().decode(walked.body) : walked;
  };
  expect(rows("reporting-revenue", finance.InvoicePosted.of(finance.InvoicePosted.sample))).toBe(
    "kind,document,about,period,amount,currency\nrevenue,INV-90000001,SO-ACME-PO-4711,2026-01,5000.00,EUR\n",
  );
  expect(rows("reporting-cost", costing.CostPosted.of(costing.CostPosted.sample))).toContain("\ncost of ");
  expect(batches({ folders: nowhere }).flows?.map(({ name }) => name)).not.toContain("reporting-cost");
});
