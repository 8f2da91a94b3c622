/** Pure translations of the batch flows; each is tested alone. */

import { ContractBroken, type Together } from "crossdock";
import type { costing, finance } from "crossdock/canon";
import type { LedgerLine } from "./contracts.ts";

export interface ItemRow {
  readonly item: string;
  readonly description: string;
  readonly unit: string;
  readonly group: string;
  readonly weight: string;
  readonly status: string;
}

/** An ERP states weights with a decimal comma; an empty one is not stated. */
export function item({ item: number, description, unit, group, weight, status }: ItemRow) {
  return {
    item: number.trim(),
    description: description.trim(),
    baseUnit: unit.trim().toUpperCase(),
    ...(group.trim() === "" ? {} : { group: group.trim() }),
    ...(weight.trim() === "" ? {} : { grossWeightKg: weight.trim().replace(",", ".") }),
    blocked: status.trim().toLowerCase() === "blocked",
  };
}

export interface LedgerRow {
  readonly entry: string;
  readonly line: string;
  readonly date: string;
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
  readonly currency: string;
  readonly text: string;
}

/** An empty amount is none; a line that is both debit and credit, or neither, is refused. */
export function ledgerLine({
  entry,
  line,
  date,
  account,
  debit,
  credit,
  currency,
  text,
}: LedgerRow): LedgerLine {
  const amount = (said: string) => (said === "" ? "0.00" : said);
  const isNothing = (said: string) => /^-?0*(\.0*)?$/.test(said);
  if (isNothing(debit) === isNothing(credit)) throw oneSided(entry, line, debit, credit);
  return {
    entry,
    line,
    postedOn: date,
    account,
    debit: amount(debit),
    credit: amount(credit),
    currency,
    ...(text === "" ? {} : { text }),
  };
}

function oneSided(entry: string, line: string, debit: string, credit: string): ContractBroken {
  return new ContractBroken(
    `Entry ${entry}, line ${line}: expected a debit or a credit, found ${debit || "nothing"} and ${credit || "nothing"}.`,
    { facts: { field: "debit", expected: "a debit or a credit" } },
  );
}

/** Lines of one file and one stretch of it are one transfer, whenever they are read. */
export const transfer = (lines: readonly LedgerLine[], { identity, first, last }: Together) => ({
  transfer: `${identity}/${first}-${last}`,
  lines: [...lines],
});

/** The rows of the finance system's import files. */
export const importRows = ({
  lines,
}: {
  readonly lines: readonly LedgerLine[];
}): readonly Readonly<Record<string, string>>[] =>
  lines.map(({ entry, line, postedOn, account, debit, credit, currency, text = "" }) => ({
    entry,
    line,
    date: postedOn,
    account,
    debit,
    credit,
    currency,
    text,
  }));

type Of<Contract extends { sample: unknown }> = Contract["sample"];
type Rows = readonly Readonly<Record<string, string>>[];

/** Revenue as reporting counts it: without tax, in the month of the invoice. */
export const revenueRow = ({
  invoiceId,
  salesOrderId,
  issueDate,
  taxExclusiveAmount: { amount, currency },
}: Of<typeof finance.InvoicePosted>): Rows => [
  {
    kind: "revenue",
    document: invoiceId,
    about: salesOrderId,
    period: issueDate.slice(0, 7),
    amount,
    currency,
  },
];

export const costRow = ({
  costElement,
  ledgerReference,
  item,
  plant,
  fiscalPeriod,
  amount: { amount, currency },
}: Of<typeof costing.CostPosted>): Rows => [
  {
    kind: `cost of ${costElement}`,
    document: ledgerReference,
    about: `${item}/${plant}`,
    period: fiscalPeriod,
    amount,
    currency,
  },
];
