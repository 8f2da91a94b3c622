/** Application errors and acknowledgements: APERAK as plain business data, both ways. */
import { type EdifactMessage, segment, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type { TradeReference, TradeText } from "./trade.ts";
import { each, given, readDates, readTexts, some } from "./trade-read.ts";
import { writeDates, writeParties, writeReferences, writeTexts } from "./trade-write.ts";

/** One ERC: what is wrong, in which of the things it refers to. */
export interface ApplicationError {
  /** 9321, by the list the partners agreed on. */
  readonly code: string;
  readonly texts?: readonly TradeText[];
  readonly references?: readonly TradeReference[];
}

/**
 * An APERAK. `function` says what became of the document: `29` accepted, `27` not accepted, `4` changed, `9` original
 * report, `44` accepted without amendment … `references` say which: `ON` order, `ACW` message, `DM` document …
 */
export interface ApplicationAcknowledgement extends TradeHeading {
  /** DOC: the document it is about, in later directories. */
  readonly documents?: readonly { readonly code: string; readonly number: string }[];
  readonly errors: readonly ApplicationError[];
}

/** Reads an APERAK. @throws {ContractBroken} when a date in it cannot be read */
export function readApplicationAcknowledgement(message: EdifactMessage): ApplicationAcknowledgement {
  const { body } = message;
  return {
    ...readHeading(message),
    ...some(
      "documents",
      each(body, "DOC").map(({ segment: doc }) => ({ code: textOf(doc, 1), number: textOf(doc, 2) })),
    ),
    errors: each(body, "ERC").map(({ segment: erc, children }) => ({
      code: textOf(erc, 1),
      ...some("texts", [
        ...readTexts(children),
        ...each(children, "RFF").flatMap((rff) => readTexts(rff.children)),
      ]),
      ...some(
        "references",
        each(children, "RFF").map(({ segment: rff, children: below }) => ({
          qualifier: textOf(rff, 1),
          value: textOf(rff, 1, 2),
          ...given("line", textOf(rff, 1, 3)),
          ...some("dates", readDates(below)),
        })),
      ),
    })),
  };
}

/** Writes an APERAK. */
export function writeApplicationAcknowledgement(answer: ApplicationAcknowledgement): MessageDraft {
  return draft("APERAK", [
    writeBeginning(answer),
    ...writeDates(answer.dates),
    ...writeTexts(answer.texts),
    ...(answer.documents ?? []).map(({ code, number }) => segment("DOC", code, number)),
    ...writeReferences(answer.references),
    ...writeParties(answer.parties),
    ...answer.errors.flatMap(({ code, texts, references }) => [
      segment("ERC", code),
      ...writeTexts(texts),
      ...writeReferences(references),
    ]),
  ]);
}
