/**
 * MT940 and MT942 in canonical words.
 *
 * Only what is booked counts: interim reports (MT942) and announced entries come again on a statement. A statement that cannot be
 * trusted (an excerpt, one that does not add up, one without booked currency) is refused as a whole.
 */
import type { Mt940Document } from "../../codecs/mt940/codec.ts";
import { mt940Documents } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mapping, mapping } from "../mappings.ts";
import { type Tree, textOf } from "../place.ts";
import { known, received, refusedAt, together, unrecognised, written } from "../statements.ts";
import { field, type Kind, type Part, type Scope, text } from "../table.ts";

const trusted: NonNullable<Part["keep"]> = ({ text: at }, message) => {
  if (at("type") === "942") return false;
  const reference = at("statement.reference") || "without reference";
  if (at("statement.excerpt") === "true")
    return refusedAt(reference, "a whole statement", "an excerpt that begins in the middle");
  const difference = ((message.notes ?? []) as Tree[]).find(({ kind }) => kind === "balance-differs");
  return (
    difference === undefined || refusedAt(reference, "a statement that adds up", textOf(difference.message))
  );
};

const booked: NonNullable<Part["keep"]> = ({ text: at }) => {
  if (at("expected") === "true") return false;
  return at("currency") !== "" || refusedAt(at("<statement.reference"), "a currency", "none");
};

/** Account, number and page tell a statement from every other; its reference alone often does not. */
const STATEMENT = [
  "<statement.account",
  "<statement.opening.date",
  "<statement.number or <statement.reference",
  "<statement.sequence",
];

/** Longer than the standard's 35 characters, it has other text run into it. */
const endToEnd: Kind = {
  name: "at most 35 characters, none where NONREF stands",
  read: (found) => {
    const stated = textOf(found);
    return stated === "" || stated === "NONREF" || stated.length > 35 ? undefined : stated;
  },
  write: () => undefined,
};

export const mt940: Mapping<Mt940Document, Mt940Document> = mapping({
  format: mt940Documents,
  document: "MT940",
  title: "Customer statement (MT940) and interim report (MT942)",
  translations: [
    {
      contract: received,
      way: "in",
      parts: [
        { place: "messages", keep: trusted },
        { place: "statement.entries", keep: booked },
      ],
      rows: [
        field(STATEMENT, "statementId", together("/")),
        field("<statement.account", "account"),
        field("bankReference", "bankReference", known("NONREF"), {
          otherwise: ({ data, index }: Scope) => `${String(data.statementId)}/${index + 1}`,
        }),
        field(["amount", "currency"], "amount", kinds.moneyWith),
        field("creditDebit", "creditDebitIndicator", kinds.codes({ credit: "CRDT", debit: "DBIT" })),
        field("bookedOn or valueOn", "bookingDate"),
        field("valueOn", "valueDate"),
        field("details.name", "debtor", {
          ...text,
          name: "who paid, of a credit",
          read: (found, { text: at }) => (at("creditDebit") === "credit" ? textOf(found) : undefined),
        }),
        field("details.words[word=EREF].text or customerReference", "endToEndId", endToEnd),
        field(
          "details.words[word=SVWZ|REMI].text or details.purpose or text",
          "remittance",
          { ...written, all: false, read: (found) => written.read([found], {} as Scope) },
          {
            otherwise: () => "",
          },
        ),
        ...unrecognised,
      ],
    },
  ],
  tolerated: [
    "An entry without its booking date was booked on its value date.",
    "A statement without a number is told by its reference; an entry without the bank's reference by its place.",
  ],
  notCarried: {
    "messages[0].statement.opening": "balances say nothing the entries do not; the codec adds them up",
    type: "how it was paid changes nothing in receivables",
    fundsCode: "the third letter of the currency, which the balances say in full",
    supplementary: "a bank's remark on the entry; the text has what the payer wrote",
    details: "batch numbers, posting texts and return codes of the bank's own books",
    expected: "announced entries come again when they are booked",
    "messages[0].statement.information": "a text for the account belongs to no payment",
  },
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
