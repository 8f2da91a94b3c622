/**
 * Purchase orders and their changes: X12 850 and 860 as plain business data, both ways.
 *
 * Numbers are decimal text, dates are ISO, codes are as sent. What a partner means by a code is for the mapping to say.
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
import { decimal, isoDate, x12Date } from "./values.ts";

export interface PurchaseOrderLine {
  /** PO101, or the line's place in the order where the sender left it out. */
  readonly line: string;
  /** Decimal text. `"0"` where the sender gave none. */
  /** Absent where the sender states none. */
  readonly quantity?: string;
  readonly uom: string;
  /** Unit price, decimal text; absent where the order leaves it to the seller. */
  readonly price?: string;
  /** The seller's item number, or the best other number; every number is in `numbers`. */
  readonly sku: string;
  readonly numbers?: ItemNumbers;
  readonly description?: string;
  /** DTM 002 (delivery requested) of the line. */
  readonly deliverBy?: string;
  readonly notes?: readonly string[];
}

export interface PurchaseOrder {
  /** BEG01: `00` original, `01` cancellation, `05` replace, `06` confirmation, `07` duplicate. */
  readonly purpose: string;
  /** BEG02: `SA` stand-alone, `NE` new, `DS` drop ship, `BK` blanket … */
  readonly orderType: string;
  readonly poNumber: string;
  readonly releaseNumber?: string;
  readonly date: string;
  /** CUR02. */
  readonly currency?: string;
  /** DTM 002 of the header. */
  readonly deliverBy?: string;
  /** DTM 010 or 037/118: ship on or after. */
  readonly shipBy?: string;
  readonly parties?: readonly TradeParty[];
  readonly references?: readonly TradeReference[];
  readonly notes?: readonly string[];
  readonly lines: readonly PurchaseOrderLine[];
  /** CTT01 as sent, so that a mapping can insist on it. */
  readonly declaredLines?: string;
  /** AMT TT: the order's total as sent. */
  readonly total?: string;
}

/** One changed line. */
export interface PurchaseOrderChangeLine extends Omit<PurchaseOrderLine, "quantity"> {
  /** POC02: `AI` add, `DI` delete, `CA` change, `QD`/`QI` quantity down/up, `PC` price, `RZ` replace … */
  readonly change: string;
  readonly quantity?: string;
  /** POC04, quantity left to receive. */
  readonly quantityLeft?: string;
}

export interface PurchaseOrderChange extends Omit<PurchaseOrder, "lines"> {
  /** BCH05: the buyer's number of this change. */
  readonly changeNumber?: string;
  /** BCH11: the day of the change; `date` is the day of the order. */
  readonly changeDate?: string;
  readonly lines: readonly PurchaseOrderChangeLine[];
}

/** Reads an 850. @throws {ContractBroken} when a number or date in it cannot be read */
export function readPurchaseOrder(set: X12Set): PurchaseOrder {
  const beg = segmentNamed(set.body, "BEG");
  return {
    purpose: textOf(beg, 1),
    orderType: textOf(beg, 2),
    poNumber: textOf(beg, 3),
    ...given("releaseNumber", textOf(beg, 4)),
    date: isoDate(textOf(beg, 5)) ?? "",
    ...header(set.body),
    lines: loopsOf(set.body, "PO1").map(readLine),
    ...summary(set.body),
  };
}

/** Writes an 850. */
export function writePurchaseOrder850(order: PurchaseOrder): SetDraft {
  return draft("850", [
    segment("BEG", order.purpose, order.orderType, order.poNumber, order.releaseNumber, x12Date(order.date)),
    ...writeHeader(order),
    ...order.lines.flatMap((line) => [
      segment(
        "PO1",
        line.line,
        line.quantity,
        line.uom,
        line.price,
        "",
        ...itemPairs(line.sku, line.numbers),
      ),
      ...writeDescription(line.description),
      ...writeDate("002", line.deliverBy),
      ...messages(line.notes),
    ]),
    ...writeSummary(order),
  ]);
}

/** Reads an 860. @throws {ContractBroken} when a number or date in it cannot be read */
export function readPurchaseOrderChange(set: X12Set): PurchaseOrderChange {
  const bch = segmentNamed(set.body, "BCH");
  return {
    purpose: textOf(bch, 1),
    orderType: textOf(bch, 2),
    poNumber: textOf(bch, 3),
    ...given("releaseNumber", textOf(bch, 4)),
    ...given("changeNumber", textOf(bch, 5)),
    date: isoDate(textOf(bch, 6)) ?? "",
    ...given("changeDate", isoDate(textOf(bch, 11))),
    ...header(set.body),
    lines: loopsOf(set.body, "POC").map(readChangeLine),
    ...summary(set.body),
  };
}

/** Writes an 860. */
export function writePurchaseOrderChange860(change: PurchaseOrderChange): SetDraft {
  return draft("860", [
    segment(
      "BCH",
      change.purpose,
      change.orderType,
      change.poNumber,
      change.releaseNumber,
      change.changeNumber,
      x12Date(change.date),
      "",
      "",
      "",
      "",
      change.changeDate === undefined ? "" : x12Date(change.changeDate),
    ),
    ...writeHeader(change),
    ...change.lines.flatMap((line) => [
      segment(
        "POC",
        line.line,
        line.change,
        line.quantity,
        line.quantityLeft,
        line.uom,
        line.price,
        "",
        ...itemPairs(line.sku, line.numbers),
      ),
      ...writeDescription(line.description),
      ...writeDate("002", line.deliverBy),
      ...messages(line.notes),
    ]),
    ...writeSummary(change),
  ]);
}

function readLine({ children }: Loop, index: number): PurchaseOrderLine {
  const po1 = segmentNamed(children, "PO1");
  const numbers = { ...itemNumbers(po1, 6) };
  // Grocery and automotive senders give the item in a LIN below the line instead.
  for (const [qualifier, number] of Object.entries(itemNumbers(segmentNamed(children, "LIN"), 2))) {
    numbers[qualifier] ??= number;
  }
  return {
    line: textOf(po1, 1) || String(index + 1),
    ...given("quantity", decimal(textOf(po1, 2))),
    uom: textOf(po1, 3),
    ...given("price", decimal(textOf(po1, 4))),
    sku: skuOf(numbers),
    numbers,
    ...lineDetails(children),
  };
}

function readChangeLine({ children }: Loop, index: number): PurchaseOrderChangeLine {
  const poc = segmentNamed(children, "POC");
  const numbers = itemNumbers(poc, 8);
  return {
    line: textOf(poc, 1) || String(index + 1),
    change: textOf(poc, 2),
    ...given("quantity", decimal(textOf(poc, 3))),
    ...given("quantityLeft", decimal(textOf(poc, 4))),
    uom: textOf(poc, 5),
    ...given("price", decimal(textOf(poc, 6))),
    sku: skuOf(numbers),
    numbers,
    ...lineDetails(children),
  };
}

function lineDetails(children: readonly Node[]) {
  const notes = notesOf(children);
  return {
    ...given("description", descriptionOf(children)),
    ...given("deliverBy", dateOf(children, "002", "106", "067")),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function header(body: readonly Node[]) {
  const parties = readParties(body);
  const references = readReferences(body);
  const notes = notesOf(body);
  return {
    ...given("currency", textOf(segmentNamed(body, "CUR"), 2)),
    ...given("deliverBy", dateOf(body, "002", "106", "067")),
    ...given("shipBy", dateOf(body, "010", "118", "037")),
    ...(parties.length > 0 ? { parties } : {}),
    ...(references.length > 0 ? { references } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function summary(body: readonly Node[]) {
  const ctt = loopsOf(body, "CTT")[0]?.children ?? [];
  const amounts = [...segmentsNamed(ctt, "AMT"), ...segmentsNamed(body, "AMT")];
  const total = amounts.find((amt) => ["TT", "1"].includes(textOf(amt, 1)));
  return {
    ...given("declaredLines", decimal(textOf(segmentNamed(ctt, "CTT"), 1))),
    ...given("total", decimal(textOf(total, 2))),
  };
}

type Heading = Omit<PurchaseOrder, "lines">;

const writeHeader = (order: Heading): Segment[] => [
  ...(order.currency === undefined ? [] : [segment("CUR", "BY", order.currency)]),
  ...writeReferences(order.references),
  ...writeDate("002", order.deliverBy),
  ...writeDate("010", order.shipBy),
  ...(order.notes && order.notes.length > 0 ? [segment("N9", "ZZ", "NOTES"), ...messages(order.notes)] : []),
  ...writeParties(order.parties),
];

const writeSummary = (order: Heading & { readonly lines: readonly unknown[] }): Segment[] => [
  segment("CTT", String(order.lines.length)),
  ...(order.total === undefined ? [] : [segment("AMT", "TT", order.total)]),
];

const messages = (notes: readonly string[] = []): Segment[] => notes.map((note) => segment("MSG", note));
