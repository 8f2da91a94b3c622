/**
 * Invoices: X12 810 as plain business data, both ways.
 *
 * Totals (TDS) and charges (SAC05) travel as whole numbers with two implied decimals; here they are decimal text, moved
 * by shifting digits, never through a float.
 */
import {
  type Loop,
  loopsOf,
  type Node,
  type Segment,
  segment,
  segmentNamed,
  segmentsNamed,
  textOf,
  type X12Set,
} from "./document.ts";
import { draft, type SetDraft } from "./draft.ts";
import {
  dateOf,
  descriptionOf,
  given,
  type ItemNumbers,
  itemNumbers,
  itemPairs,
  notesOf,
  readParties,
  readReferences,
  skuOf,
  type TradeParty,
  type TradeReference,
  writeDate,
  writeDescription,
  writeParties,
  writeReferences,
} from "./parties.ts";
import { decimal, fromImplied, isoDate, toImplied, x12Date } from "./values.ts";

/** One TXI. */
export interface InvoiceTax {
  /** TXI01: `VA` value added, `ST` state sales, `TX` all taxes, `GS` goods and services … */
  readonly type: string;
  readonly amount?: string;
  /** Percent, e.g. `20`. */
  readonly rate?: string;
  /** TXI08: the amount that was taxed. */
  readonly taxable?: string;
}

/** One SAC. */
export interface InvoiceCharge {
  /** SAC01: `A` allowance, `C` charge, `N` no allowance or charge. */
  readonly kind: string;
  /** SAC02, e.g. `D240` freight, `H850` tax, `C310` discount. */
  readonly code?: string;
  readonly amount?: string;
  readonly description?: string;
}

export interface InvoiceLine {
  readonly line: string;
  /** Absent where the sender states none. */
  readonly quantity?: string;
  readonly uom: string;
  readonly price?: string;
  readonly sku: string;
  readonly numbers?: ItemNumbers;
  readonly description?: string;
  readonly taxes?: readonly InvoiceTax[];
  readonly charges?: readonly InvoiceCharge[];
}

export interface Invoice {
  readonly invoiceNumber: string;
  readonly date: string;
  readonly poNumber?: string;
  readonly poDate?: string;
  /** BIG07: `DI` debit invoice, `CR` credit memo, `CN` credit invoice … */
  readonly type?: string;
  readonly currency?: string;
  /** ITD07, ITD05, ITD03: net days, discount days, discount percent; ITD12: the terms as text. */
  readonly netDays?: string;
  readonly discountDays?: string;
  readonly discountPercent?: string;
  readonly terms?: string;
  /** DTM 011. */
  readonly shippedOn?: string;
  readonly parties?: readonly TradeParty[];
  readonly references?: readonly TradeReference[];
  readonly notes?: readonly string[];
  readonly lines: readonly InvoiceLine[];
  /** TDS01, decimal text. */
  readonly total: string;
  /** TDS02: the amount subject to terms discount. */
  readonly discountable?: string;
  readonly taxes?: readonly InvoiceTax[];
  readonly charges?: readonly InvoiceCharge[];
  readonly declaredLines?: string;
}

/** Reads an 810. @throws {ContractBroken} when a number or date in it cannot be read */
export function readInvoice(set: X12Set): Invoice {
  const big = segmentNamed(set.body, "BIG");
  const itd = segmentNamed(set.body, "ITD");
  const tds = segmentNamed(set.body, "TDS");
  const parties = readParties(set.body);
  const references = readReferences(set.body);
  const notes = notesOf(set.body);
  return {
    invoiceNumber: textOf(big, 2),
    date: isoDate(textOf(big, 1)) ?? "",
    ...given("poNumber", textOf(big, 4)),
    ...given("poDate", isoDate(textOf(big, 3))),
    ...given("type", textOf(big, 7)),
    ...given("currency", textOf(segmentNamed(set.body, "CUR"), 2)),
    ...given("netDays", decimal(textOf(itd, 7))),
    ...given("discountDays", decimal(textOf(itd, 5))),
    ...given("discountPercent", decimal(textOf(itd, 3))),
    ...given("terms", textOf(itd, 12)),
    ...given("shippedOn", dateOf(set.body, "011")),
    ...(parties.length > 0 ? { parties } : {}),
    ...(references.length > 0 ? { references } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    lines: loopsOf(set.body, "IT1").map(readLine),
    total: fromImplied(textOf(tds, 1), 2) ?? "0.00",
    ...given("discountable", fromImplied(textOf(tds, 2), 2)),
    ...taxesAndCharges(set.body),
    ...given("declaredLines", decimal(textOf(segmentNamed(set.body, "CTT"), 1))),
  };
}

function readLine({ children }: Loop, index: number): InvoiceLine {
  const it1 = segmentNamed(children, "IT1");
  const numbers = itemNumbers(it1, 6);
  return {
    line: textOf(it1, 1) || String(index + 1),
    ...given("quantity", decimal(textOf(it1, 2))),
    uom: textOf(it1, 3),
    ...given("price", decimal(textOf(it1, 4))),
    sku: skuOf(numbers),
    numbers,
    ...given("description", descriptionOf(children)),
    ...taxesAndCharges(children),
  };
}

function taxesAndCharges(nodes: readonly Node[]): { taxes?: InvoiceTax[]; charges?: InvoiceCharge[] } {
  const loops = loopsOf(nodes, "SAC");
  const charges = loops.map((loop) => {
    const sac = segmentNamed(loop.children, "SAC");
    return {
      kind: textOf(sac, 1),
      ...given("code", textOf(sac, 2)),
      ...given("amount", fromImplied(textOf(sac, 5), 2)),
      ...given("description", textOf(sac, 15)),
    };
  });
  // A TXI after a SAC stands in that SAC's loop, and still taxes the line or the invoice.
  const found = [
    ...segmentsNamed(nodes, "TXI"),
    ...loops.flatMap((loop) => segmentsNamed(loop.children, "TXI")),
  ];
  const taxes = found.map((txi) => ({
    type: textOf(txi, 1),
    ...given("amount", decimal(textOf(txi, 2))),
    ...given("rate", decimal(textOf(txi, 3))),
    ...given("taxable", decimal(textOf(txi, 8))),
  }));
  return { ...(taxes.length > 0 ? { taxes } : {}), ...(charges.length > 0 ? { charges } : {}) };
}

/** Writes an 810. @throws {ContractBroken} when an amount has more than two decimals */
export function writeInvoice810(invoice: Invoice): SetDraft {
  const { currency, netDays, discountDays, discountPercent, terms } = invoice;
  const hasTerms = netDays ?? discountDays ?? discountPercent ?? terms;
  return draft("810", [
    segment(
      "BIG",
      x12Date(invoice.date),
      invoice.invoiceNumber,
      invoice.poDate === undefined ? "" : x12Date(invoice.poDate),
      invoice.poNumber,
      "",
      "",
      invoice.type,
    ),
    ...(invoice.notes ?? []).map((note) => segment("NTE", "GEN", note)),
    ...(currency === undefined ? [] : [segment("CUR", "SE", currency)]),
    ...writeReferences(invoice.references),
    ...writeParties(invoice.parties),
    ...(hasTerms === undefined
      ? []
      : [segment("ITD", "01", "3", discountPercent, "", discountDays, "", netDays, "", "", "", "", terms)]),
    ...writeDate("011", invoice.shippedOn),
    ...invoice.lines.flatMap((line) => [
      segment(
        "IT1",
        line.line,
        line.quantity,
        line.uom,
        line.price,
        "",
        ...itemPairs(line.sku, line.numbers),
      ),
      ...writeTaxes(line.taxes),
      ...writeDescription(line.description),
      ...writeCharges(line.charges),
    ]),
    segment(
      "TDS",
      toImplied(invoice.total, 2),
      invoice.discountable === undefined ? "" : toImplied(invoice.discountable, 2),
    ),
    ...writeTaxes(invoice.taxes),
    ...writeCharges(invoice.charges),
    segment("CTT", String(invoice.lines.length)),
  ]);
}

const writeTaxes = (taxes: readonly InvoiceTax[] = []): Segment[] =>
  taxes.map(({ type, amount, rate, taxable }) => segment("TXI", type, amount, rate, "", "", "", "", taxable));

const writeCharges = (charges: readonly InvoiceCharge[] = []): Segment[] =>
  charges.map(({ kind, code, amount, description }) =>
    segment(
      "SAC",
      kind,
      code,
      "",
      "",
      amount === undefined ? "" : toImplied(amount, 2),
      ...Array<string>(9).fill(""),
      description,
    ),
  );
