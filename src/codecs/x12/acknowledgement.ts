/** Purchase order acknowledgements: X12 855 as plain business data, both ways. Numbers and dates as in the 850. */
import { type Loop, loopsOf, type Segment, segment, segmentNamed, textOf, type X12Set } from "./document.ts";
import { draft, type SetDraft } from "./draft.ts";
import {
  dateOf,
  descriptionOf,
  given,
  type ItemNumbers,
  itemNumbers,
  itemPairs,
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

/** One ACK: what becomes of (part of) a line. */
export interface LineAcknowledgement {
  /** ACK01: `IA` accepted, `IB` backordered, `IC` changed, `ID` deleted, `IQ` quantity changed, `IP` price changed, `IR` rejected … */
  readonly status: string;
  readonly quantity?: string;
  readonly uom?: string;
  /** ACK05, an ISO date, with ACK04 saying which (`068` scheduled to ship, `067` scheduled to deliver). */
  readonly date?: string;
  readonly dateQualifier?: string;
}

export interface OrderAcknowledgementLine {
  readonly line: string;
  /** Absent where the sender states none. */
  readonly quantity?: string;
  readonly uom: string;
  readonly price?: string;
  readonly sku: string;
  readonly numbers?: ItemNumbers;
  readonly description?: string;
  readonly acknowledgements: readonly LineAcknowledgement[];
}

export interface OrderAcknowledgement {
  /** BAK01: `00` original, `01` cancellation … */
  readonly purpose: string;
  /** BAK02: `AC` with detail and change, `AD` with detail, no change, `AK` no detail, `RD` reject with detail, `RJ` reject. */
  readonly type: string;
  readonly poNumber: string;
  /** BAK04: the date of the purchase order. */
  readonly poDate: string;
  readonly releaseNumber?: string;
  /** BAK08: the seller's number for the order. */
  readonly sellerOrderNumber?: string;
  /** BAK09: the date of this acknowledgement. */
  readonly date?: string;
  readonly currency?: string;
  /** DTM 002 / 010 of the header. */
  readonly deliverBy?: string;
  readonly shipBy?: string;
  readonly parties?: readonly TradeParty[];
  readonly references?: readonly TradeReference[];
  readonly lines: readonly OrderAcknowledgementLine[];
  readonly declaredLines?: string;
}

/** Reads an 855. @throws {ContractBroken} when a number or date in it cannot be read */
export function readAcknowledgement(set: X12Set): OrderAcknowledgement {
  const bak = segmentNamed(set.body, "BAK");
  const parties = readParties(set.body);
  const references = readReferences(set.body);
  const ctt = loopsOf(set.body, "CTT")[0]?.children ?? [];
  return {
    purpose: textOf(bak, 1),
    type: textOf(bak, 2),
    poNumber: textOf(bak, 3),
    poDate: isoDate(textOf(bak, 4)) ?? "",
    ...given("releaseNumber", textOf(bak, 5)),
    ...given("sellerOrderNumber", textOf(bak, 8)),
    ...given("date", isoDate(textOf(bak, 9))),
    ...given("currency", textOf(segmentNamed(set.body, "CUR"), 2)),
    ...given("deliverBy", dateOf(set.body, "002", "067")),
    ...given("shipBy", dateOf(set.body, "010", "068")),
    ...(parties.length > 0 ? { parties } : {}),
    ...(references.length > 0 ? { references } : {}),
    lines: loopsOf(set.body, "PO1").map(readLine),
    ...given("declaredLines", decimal(textOf(segmentNamed(ctt, "CTT"), 1))),
  };
}

function readLine({ children }: Loop, index: number): OrderAcknowledgementLine {
  const po1 = segmentNamed(children, "PO1");
  const numbers = itemNumbers(po1, 6);
  return {
    line: textOf(po1, 1) || String(index + 1),
    ...given("quantity", decimal(textOf(po1, 2))),
    uom: textOf(po1, 3),
    ...given("price", decimal(textOf(po1, 4))),
    sku: skuOf(numbers),
    numbers,
    ...given("description", descriptionOf(children)),
    acknowledgements: loopsOf(children, "ACK").map((loop) => {
      const ack = segmentNamed(loop.children, "ACK");
      return {
        status: textOf(ack, 1),
        ...given("quantity", decimal(textOf(ack, 2))),
        ...given("uom", textOf(ack, 3)),
        ...given("date", isoDate(textOf(ack, 5))),
        ...given("dateQualifier", textOf(ack, 4)),
      };
    }),
  };
}

/** Writes an 855. */
export function writeAcknowledgement855(acknowledgement: OrderAcknowledgement): SetDraft {
  const { currency, date } = acknowledgement;
  return draft("855", [
    segment(
      "BAK",
      acknowledgement.purpose,
      acknowledgement.type,
      acknowledgement.poNumber,
      x12Date(acknowledgement.poDate),
      acknowledgement.releaseNumber,
      "",
      "",
      acknowledgement.sellerOrderNumber,
      date === undefined ? "" : x12Date(date),
    ),
    ...(currency === undefined ? [] : [segment("CUR", "SE", currency)]),
    ...writeReferences(acknowledgement.references),
    ...writeDate("002", acknowledgement.deliverBy),
    ...writeDate("010", acknowledgement.shipBy),
    ...writeParties(acknowledgement.parties),
    ...acknowledgement.lines.flatMap(writeLine),
    segment("CTT", String(acknowledgement.lines.length)),
  ]);
}

const writeLine = (line: OrderAcknowledgementLine): Segment[] => [
  segment("PO1", line.line, line.quantity, line.uom, line.price, "", ...itemPairs(line.sku, line.numbers)),
  ...writeDescription(line.description),
  ...line.acknowledgements.map(({ status, quantity, uom, date, dateQualifier }) =>
    segment(
      "ACK",
      status,
      quantity,
      quantity === undefined ? undefined : (uom ?? line.uom),
      date === undefined ? undefined : (dateQualifier ?? "068"),
      date === undefined ? undefined : x12Date(date),
    ),
  ),
];
