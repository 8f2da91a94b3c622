/**
 * BAI2 in canonical words.
 *
 * Only final updates count: interim groups come again when the day is done, test groups mean nothing, and what a deletion or
 * correction takes back a person must decide.
 */
import type { Bai2Document } from "../../codecs/bai2/codec.ts";
import { bai2Documents } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mapping, mapping } from "../mappings.ts";
import { known, received, refusedAt, together, unrecognised, written } from "../statements.ts";
import { field, type Part, type Scope } from "../table.ts";

const STATEMENT = ["<<<sender", "<<<createdOn", "<<<id", "<<asOf", "<number"];
const named = (at: Scope["text"], places: readonly string[]): string => places.map(at).join("/");

const final: NonNullable<Part["keep"]> = ({ text: at }) => {
  const status = at("status");
  if (status === "4" || ["1", "3"].includes(at("modifier"))) return false;
  if (status === "1") return true;
  const found = status === "2" ? "a deletion" : "a correction";
  return refusedAt(named(at, ["<sender", "<createdOn", "<id", "asOf"]), "an update", found, "Report");
};

const payment: NonNullable<Part["keep"]> = ({ text: at, index }) => {
  if (at("type") === "890") return false;
  const place = `${named(at, STATEMENT)}/${index + 1}`;
  if (at("creditDebit") === "")
    return refusedAt(place, "a type code of a credit or a debit", at("type"), "Report");
  return (
    !at("amount").startsWith("-") || refusedAt(place, "an amount without a sign", at("amount"), "Report")
  );
};

export const bai2: Mapping<Bai2Document, Bai2Document> = mapping({
  format: bai2Documents,
  document: "BAI2",
  title: "Balance and transaction report",
  translations: [
    {
      contract: received,
      way: "in",
      parts: [
        { place: "files" },
        { place: "groups", keep: final },
        { place: "accounts" },
        { place: "entries", keep: payment },
      ],
      rows: [
        field(STATEMENT, "statementId", together("/")),
        field("<number", "account"),
        field("bankReference", "bankReference", known(), {
          otherwise: ({ data, index }: Scope) => `${String(data.statementId)}/${index + 1}`,
        }),
        field(["amount", "currency"], "amount", kinds.moneyWith),
        field("creditDebit", "creditDebitIndicator", kinds.codes({ credit: "CRDT", debit: "DBIT" })),
        field("<<asOf", "bookingDate"),
        field("funds.valueOn or <<asOf", "valueDate"),
        field("customerReference", "endToEndId"),
        field(["text"], "remittance", written, { otherwise: () => "" }),
        ...unrecognised,
      ],
    },
  ],
  tolerated: ["An entry without the bank's reference is told by its place in the report."],
  notCarried: {
    type: "how it was paid changes nothing in receivables; which way the money went is carried",
    funds: "when money can be used is liquidity; the value date is carried",
    summaries: "balances and totals are checked when the file is read",
  },
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
