/** Payment orders and remittance advice: X12 820 as plain business data, both ways. */
import {
  type Node,
  type Segment,
  segment,
  segmentNamed,
  segmentsOf,
  textOf,
  type X12Set,
} from "./document.ts";
import { draft, type SetDraft } from "./draft.ts";
import {
  given,
  readParties,
  readReferences,
  type TradeParty,
  type TradeReference,
  writeParties,
  writeReferences,
} from "./parties.ts";
import { decimal, isoDate, needed, x12Date } from "./values.ts";

/** One RMR: what is paid of one open item. */
export interface RemittedItem {
  /** RMR01: `IV` seller's invoice, `CM` credit memo, `PO` purchase order … */
  readonly qualifier: string;
  readonly number: string;
  /** RMR04, RMR05, RMR06: paid, invoiced, discount taken. */
  readonly paid?: string;
  readonly invoiced?: string;
  readonly discount?: string;
}

export interface Remittance {
  /** BPR01: `I` remittance only, `C` payment with remittance, `D` payment only, `U` split … */
  readonly handling: string;
  /** BPR02, decimal text. */
  readonly amount: string;
  /** BPR03: `C` credit, `D` debit. */
  readonly creditDebit: string;
  /** BPR04: `ACH`, `CHK`, `FWT`, `SWT`, `NON` … */
  readonly method: string;
  /** BPR16: the day of the payment. */
  readonly date?: string;
  /** TRN02: what the bank statement will repeat. */
  readonly trace?: string;
  readonly currency?: string;
  readonly parties?: readonly TradeParty[];
  readonly references?: readonly TradeReference[];
  readonly items: readonly RemittedItem[];
}

/** Reads an 820. @throws {ContractBroken} when a number or date in it cannot be read */
export function readRemittance(set: X12Set): Remittance {
  const bpr = segmentNamed(set.body, "BPR");
  const parties = readParties(set.body);
  const references = readReferences(set.body);
  return {
    handling: textOf(bpr, 1),
    amount: needed(textOf(bpr, 2)),
    creditDebit: textOf(bpr, 3),
    method: textOf(bpr, 4),
    ...given("date", isoDate(textOf(bpr, 16))),
    ...given("trace", textOf(segmentNamed(set.body, "TRN"), 2)),
    ...given("currency", textOf(segmentNamed(set.body, "CUR"), 2)),
    ...(parties.length > 0 ? { parties } : {}),
    ...(references.length > 0 ? { references } : {}),
    items: itemsOf(set.body),
  };
}

/** Open items stand at different depths in different guides; all of them count. */
const itemsOf = (nodes: readonly Node[]): RemittedItem[] =>
  [...segmentsOf(nodes)]
    .filter(({ id }) => id === "RMR")
    .map((rmr) => ({
      qualifier: textOf(rmr, 1),
      number: textOf(rmr, 2),
      ...given("paid", decimal(textOf(rmr, 4))),
      ...given("invoiced", decimal(textOf(rmr, 5))),
      ...given("discount", decimal(textOf(rmr, 6))),
    }));

/** Writes an 820. */
export function writeRemittance820(remittance: Remittance): SetDraft {
  const { date, trace, currency } = remittance;
  const segments: Segment[] = [
    segment(
      "BPR",
      remittance.handling,
      remittance.amount,
      remittance.creditDebit,
      remittance.method,
      ...Array<string>(11).fill(""),
      date === undefined ? "" : x12Date(date),
    ),
    ...(trace === undefined ? [] : [segment("TRN", "1", trace)]),
    ...(currency === undefined ? [] : [segment("CUR", "PR", currency)]),
    ...writeReferences(remittance.references),
    ...writeParties(remittance.parties),
  ];
  if (remittance.items.length > 0) segments.push(segment("ENT", "1"));
  for (const { qualifier, number, paid, invoiced, discount } of remittance.items) {
    segments.push(segment("RMR", qualifier, number, "", paid, invoiced, discount));
  }
  return draft("820", segments);
}
