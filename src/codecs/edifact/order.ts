/**
 * Orders, their answers and changes, and invoices: ORDERS, ORDRSP, ORDCHG and INVOIC as plain business data, both ways.
 *
 * The four share one shape, because the standard built them alike: a head, lines and totals. Which qualifier means what is
 * said at each field; `qualified(line.quantities, "21")` finds one.
 */
import { type EdifactMessage, type Segment, segment, segmentNamed, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import type {
  ItemNumbers,
  TradeAmount,
  TradeCharge,
  TradeControl,
  TradeDate,
  TradeParty,
  TradePlace,
  TradePrice,
  TradeQuantity,
  TradeReference,
  TradeTax,
  TradeTerms,
  TradeText,
  TradeTransport,
} from "./trade.ts";
import {
  each,
  given,
  itemOf,
  readAmounts,
  readCharges,
  readControls,
  readCurrency,
  readDates,
  readDescription,
  readNumbers,
  readParties,
  readPlaces,
  readPrices,
  readQuantities,
  readReferences,
  readTaxes,
  readTerms,
  readTexts,
  readTransports,
  some,
} from "./trade-read.ts";
import {
  writeAmounts,
  writeCharges,
  writeControls,
  writeDates,
  writeDescription,
  writeItem,
  writeParties,
  writePlaces,
  writePrices,
  writeQuantities,
  writeReferences,
  writeTaxes,
  writeTerms,
  writeTexts,
  writeTransports,
} from "./trade-write.ts";

/** BGM and what every message says in its head. */
export interface TradeHeading {
  /** BGM 1001: `220` order, `231` response, `230` change, `351` despatch advice, `380` invoice, `381` credit note … */
  readonly documentCode: string;
  readonly documentName?: string;
  /** BGM 1004: the sender's number of this document. */
  readonly number: string;
  /** BGM 1225: `9` original, `1` cancellation, `4` change, `5` replace, `27` not accepted, `29` accepted … */
  readonly function?: string;
  /** BGM 4343: `AB` acknowledgement wanted, `AC`, `AP` accepted, `RE` rejected … */
  readonly response?: string;
  readonly dates: readonly TradeDate[];
  readonly references?: readonly TradeReference[];
  readonly parties?: readonly TradeParty[];
  readonly texts?: readonly TradeText[];
}

/** A line of an order, its answer, its change or an invoice. */
export interface TradeLine {
  /** LIN 1082, or the line's place where the sender left it out. */
  readonly line: string;
  /** LIN 1229: `1` added, `2` deleted, `3` changed, `5` accepted, `7` not accepted … */
  readonly action?: string;
  /** The number that names the item best; every number is in `numbers`. */
  readonly item: string;
  readonly numbers: ItemNumbers;
  readonly description?: string;
  readonly quantities: readonly TradeQuantity[];
  readonly dates?: readonly TradeDate[];
  readonly amounts?: readonly TradeAmount[];
  readonly texts?: readonly TradeText[];
  readonly prices?: readonly TradePrice[];
  readonly references?: readonly TradeReference[];
  readonly places?: readonly TradePlace[];
  readonly taxes?: readonly TradeTax[];
  readonly parties?: readonly TradeParty[];
  readonly charges?: readonly TradeCharge[];
}

export interface TradeDocument extends TradeHeading {
  readonly currency?: string;
  readonly taxes?: readonly TradeTax[];
  readonly terms?: readonly TradeTerms[];
  readonly transports?: readonly TradeTransport[];
  /** TOD 4053 and its place: `CIF` Lyon. */
  readonly deliveryTerms?: string;
  readonly deliveryPlace?: TradePlace;
  readonly charges?: readonly TradeCharge[];
  readonly lines: readonly TradeLine[];
  /** MOA of the summary: `79` lines, `86` message, `77` invoice, `9` due … */
  readonly totals?: readonly TradeAmount[];
  /** TAX of the summary. */
  readonly taxTotals?: readonly TradeTax[];
  readonly chargeTotals?: readonly TradeCharge[];
  /** CNT as sent, so that a mapping can insist on it. */
  readonly controls?: readonly TradeControl[];
}

/** Reads an ORDERS. @throws {ContractBroken} when a number or date in it cannot be read */
export const readOrder = (message: EdifactMessage): TradeDocument => readTrade(message);
/** Reads an ORDRSP. @throws {ContractBroken} when a number or date in it cannot be read */
export const readOrderResponse = (message: EdifactMessage): TradeDocument => readTrade(message);
/** Reads an ORDCHG. @throws {ContractBroken} when a number or date in it cannot be read */
export const readOrderChange = (message: EdifactMessage): TradeDocument => readTrade(message);
/** Reads an INVOIC. @throws {ContractBroken} when a number or date in it cannot be read */
export const readInvoice = (message: EdifactMessage): TradeDocument => readTrade(message);

export const writeOrder = (order: TradeDocument): MessageDraft => writeTrade("ORDERS", order);
export const writeOrderResponse = (response: TradeDocument): MessageDraft => writeTrade("ORDRSP", response);
export const writeOrderChange = (change: TradeDocument): MessageDraft => writeTrade("ORDCHG", change);
export const writeInvoice = (invoice: TradeDocument): MessageDraft => writeTrade("INVOIC", invoice);

/** What stands in the head of any message. */
export function readHeading({ body }: Pick<EdifactMessage, "body">): TradeHeading {
  const bgm = segmentNamed(body, "BGM");
  return {
    documentCode: textOf(bgm, 1),
    ...given("documentName", textOf(bgm, 1, 4)),
    number: textOf(bgm, 2),
    ...given("function", textOf(bgm, 3)),
    ...given("response", textOf(bgm, 4)),
    dates: readDates(body),
    ...some("references", readReferences(body)),
    ...some("parties", readParties(body)),
    ...some("texts", readTexts(body)),
  };
}

export const writeBeginning = (heading: TradeHeading): Segment =>
  segment(
    "BGM",
    [heading.documentCode, "", "", heading.documentName ?? ""],
    heading.number,
    heading.function,
    heading.response,
  );

function readTrade(message: EdifactMessage): TradeDocument {
  // Header and summary may have the same segments: UNS divides them.
  const { body } = message;
  const summaryAt = body.findLastIndex(
    (node) => "id" in node && node.id === "UNS" && textOf(node, 1) !== "D",
  );
  const head = summaryAt === -1 ? body : body.slice(0, summaryAt);
  const summary = summaryAt === -1 ? [] : body.slice(summaryAt);
  const tod = each(head, "TOD")[0];
  const [place] = readPlaces(tod?.children ?? []);
  return {
    ...readHeading({ body: head }),
    ...given("currency", readCurrency(head)),
    ...some("taxes", readTaxes(head)),
    ...some("terms", readTerms(head)),
    ...some("transports", readTransports(head)),
    ...given("deliveryTerms", textOf(tod?.segment, 3)),
    ...given("deliveryPlace", place),
    ...some("charges", readCharges(head)),
    lines: each(head, "LIN").map(({ segment: lin, children }, index) => {
      const numbers = readNumbers(lin, children);
      return {
        line: textOf(lin, 1) || String(index + 1),
        ...given("action", textOf(lin, 2)),
        item: itemOf(numbers),
        numbers,
        ...given("description", readDescription(children)),
        quantities: readQuantities(children),
        ...some("dates", readDates(children)),
        ...some("amounts", readAmounts(children)),
        ...some("texts", readTexts(children)),
        ...some("prices", readPrices(children)),
        ...some("references", readReferences(children)),
        ...some("places", readPlaces(children)),
        ...some("taxes", readTaxes(children)),
        ...some("parties", readParties(children)),
        ...some("charges", readCharges(children)),
      };
    }),
    ...some("totals", readAmounts(summary)),
    ...some("taxTotals", readTaxes(summary)),
    ...some("chargeTotals", readCharges(summary)),
    ...some("controls", readControls(summary)),
  };
}

function writeTrade(type: "ORDERS" | "ORDRSP" | "ORDCHG" | "INVOIC", document: TradeDocument): MessageDraft {
  const invoice = type === "INVOIC";
  const { deliveryTerms, deliveryPlace } = document;
  return draft(type, [
    writeBeginning(document),
    ...writeDates(document.dates),
    ...writeTexts(document.texts),
    ...writeReferences(document.references),
    ...writeParties(document.parties),
    ...writeTaxes(document.taxes),
    ...(document.currency === undefined
      ? []
      : [segment("CUX", ["2", document.currency, invoice ? "4" : "9"])]),
    ...writeTerms(document.terms),
    ...writeTransports(document.transports),
    ...(deliveryTerms === undefined && deliveryPlace === undefined
      ? []
      : [segment("TOD", "", "", deliveryTerms ?? "")]),
    ...writePlaces(deliveryPlace === undefined ? [] : [deliveryPlace]),
    ...writeCharges(document.charges),
    ...document.lines.flatMap((line) => [
      ...writeItem(line.line, line.numbers, line.action),
      ...writeDescription(line.description),
      ...writeQuantities(line.quantities),
      ...writeDates(line.dates),
      ...(invoice ? writeTexts(line.texts) : writeAmounts(line.amounts)),
      ...(invoice ? writeAmounts(line.amounts) : writeTexts(line.texts)),
      ...writePrices(line.prices),
      ...writeReferences(line.references),
      ...writePlaces(line.places),
      ...writeTaxes(line.taxes),
      ...writeParties(line.parties),
      ...writeCharges(line.charges),
    ]),
    segment("UNS", "S"),
    ...(invoice ? writeControls(document.controls) : writeAmounts(document.totals)),
    ...(invoice ? writeAmounts(document.totals) : writeControls(document.controls)),
    ...writeTaxes(document.taxTotals),
    ...writeCharges(document.chargeTotals),
  ]);
}
