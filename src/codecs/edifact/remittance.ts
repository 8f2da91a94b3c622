/** Remittance advices: REMADV as plain business data, both ways. Numbers, dates and codes as in orders. */
import { type EdifactMessage, segment, segmentsNamed, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type { TradeAmount, TradeDate, TradeReference, TradeText } from "./trade.ts";
import {
  each,
  given,
  type Level,
  readAmounts,
  readCurrency,
  readDates,
  readReferences,
  readTexts,
  some,
} from "./trade-read.ts";
import { writeAmounts, writeDates, writeParties, writeReferences, writeTexts } from "./trade-write.ts";

/** One FII: an account. `role` is 3035: `BB` of the beneficiary, `OR` of the payer … */
export interface TradeAccount {
  readonly role: string;
  readonly number?: string;
  readonly holder?: string;
  readonly bank?: string;
}

/** One AJT: why less or more was paid than was asked for. */
export interface Adjustment {
  /** 4465: `1` agreed settlement, `3` damaged goods, `7` pricing … */
  readonly reason: string;
  readonly amounts?: readonly TradeAmount[];
  readonly references?: readonly TradeReference[];
  readonly texts?: readonly TradeText[];
}

/** One document that is paid. */
export interface PaidDocument {
  /** DOC 1001: `380` invoice, `381` credit note, `383` debit note … */
  readonly code: string;
  readonly number: string;
  /** MOA: `9` due, `11` paid, `12` remitted, `52` discount, `77` invoice … */
  readonly amounts: readonly TradeAmount[];
  readonly dates?: readonly TradeDate[];
  readonly references?: readonly TradeReference[];
  readonly adjustments?: readonly Adjustment[];
}

export interface RemittanceAdvice extends TradeHeading {
  readonly currency?: string;
  readonly accounts?: readonly TradeAccount[];
  readonly documents: readonly PaidDocument[];
  /** MOA of the summary: `12` remitted, `9` due … */
  readonly totals: readonly TradeAmount[];
}

/** Reads a REMADV. @throws {ContractBroken} when a number or date in it cannot be read */
export function readRemittanceAdvice(message: EdifactMessage): RemittanceAdvice {
  const { body } = message;
  return {
    ...readHeading(message),
    ...given("currency", readCurrency(body)),
    ...some(
      "accounts",
      segmentsNamed(body, "FII").map((fii) => ({
        role: textOf(fii, 1),
        ...given("number", textOf(fii, 2)),
        ...given("holder", textOf(fii, 2, 2)),
        ...given("bank", textOf(fii, 3)),
      })),
    ),
    documents: each(body, "DOC").map(({ segment: doc, children }) => ({
      code: textOf(doc, 1),
      number: textOf(doc, 2),
      amounts: readAmounts(children),
      ...some("dates", readDates(children)),
      ...some("references", readReferences(children)),
      ...some("adjustments", readAdjustments(children)),
    })),
    totals: readAmounts(body),
  };
}

const readAdjustments = (nodes: Level): Adjustment[] =>
  each(nodes, "AJT").map(({ segment: ajt, children }) => ({
    reason: textOf(ajt, 1),
    ...some("amounts", readAmounts(children)),
    ...some("references", readReferences(children)),
    ...some("texts", readTexts(children)),
  }));

/** Writes a REMADV. */
export function writeRemittanceAdvice(advice: RemittanceAdvice): MessageDraft {
  return draft("REMADV", [
    writeBeginning(advice),
    ...writeDates(advice.dates),
    ...writeReferences(advice.references),
    ...(advice.accounts ?? []).map(({ role, number, holder, bank }) =>
      segment("FII", role, [number ?? "", holder ?? ""], bank),
    ),
    ...writeTexts(advice.texts),
    ...writeParties(advice.parties),
    ...(advice.currency === undefined ? [] : [segment("CUX", ["2", advice.currency, "11"])]),
    ...advice.documents.flatMap(({ code, number, amounts, dates, references, adjustments = [] }) => [
      segment("DOC", code, number),
      ...writeAmounts(amounts),
      ...writeDates(dates),
      ...writeReferences(references),
      ...adjustments.flatMap((adjustment) => [
        segment("AJT", adjustment.reason),
        ...writeAmounts(adjustment.amounts),
        ...writeReferences(adjustment.references),
        ...writeTexts(adjustment.texts),
      ]),
    ]),
    segment("UNS", "S"),
    ...writeAmounts(advice.totals),
  ]);
}
