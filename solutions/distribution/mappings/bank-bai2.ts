/**
 * BAI2 reports as payments, which `bank.ts` then tells in canonical words.
 *
 * Only final updates count: interim groups come again when the day is done, test groups mean nothing, and what a deletion
 * or correction takes back a person must decide.
 */
import { ContractBroken } from "crossdock";
import type { Bai2Account, Bai2Document, Bai2Entry, Bai2Group } from "crossdock/codecs/bai2";
import type { Payment } from "./bank.ts";

/** What a payment does not take over, and why. */
export const NOT_CARRIED = {
  type: "how it was paid changes nothing in receivables; which way the money went is carried",
  "funds.parts": "when money of one payment can be used in parts is liquidity",
  "funds.immediate": "liquidity is not receivables",
  "funds.oneDay": "liquidity is not receivables",
  "funds.later": "liquidity is not receivables",
  "funds.valueAt": "the day is carried, the time of day has no use",
  "account.summaries": "balances and totals are checked when the file is read",
  "type 890": "a message without money in the place of a transaction",
} as const;

/** The booked payments of a document; a refused group or transaction stands for itself. */
export const paymentsOfBai2 = ({ files }: Bai2Document): (Payment | ContractBroken)[] =>
  files.flatMap(({ groups, sender, createdOn, id }) =>
    groups.flatMap((group) => paymentsIn(group, `${sender}/${createdOn}/${id}`)),
  );

function paymentsIn(group: Bai2Group, file: string): (Payment | ContractBroken)[] {
  if (group.status === "4" || group.modifier === "1" || group.modifier === "3") return [];
  if (group.status !== "1") {
    const found = group.status === "2" ? "a deletion" : "a correction";
    return [refused(`${file}/${group.asOf}`, "an update", found)];
  }
  return group.accounts.flatMap((account) => {
    const statement = `${file}/${group.asOf}/${account.number}`;
    return account.entries.flatMap((entry, at) => paymentOf(entry, account, group, statement, at));
  });
}

function paymentOf(
  entry: Bai2Entry,
  { number }: Bai2Account,
  { asOf }: Bai2Group,
  statement: string,
  at: number,
): (Payment | ContractBroken)[] {
  const { amount, currency, creditDebit, funds } = entry;
  const place = `${statement}/${at + 1}`;
  if (entry.type === "890") return [];
  if (creditDebit === undefined) return [refused(place, "a type code of a credit or a debit", entry.type)];
  if (amount.startsWith("-")) return [refused(place, "an amount without a sign", amount)];
  const bankReference = entry.bankReference ?? place;
  return [
    {
      statement: { id: statement, account: { otherId: number }, balances: [], entries: [] },
      entry: {
        amount,
        currency,
        creditDebit,
        reversal: false,
        status: "BOOK",
        bookedOn: asOf,
        valueOn: funds?.type === "V" ? funds.valueOn : asOf,
        bankReference,
        transactions: [],
      },
      transaction: {
        ...(entry.customerReference === undefined ? {} : { endToEndId: entry.customerReference }),
        remittance: entry.text === "" ? [] : [entry.text.replaceAll("\n", " ")],
        structured: [],
      },
      bankReference,
      amount,
    },
  ];
}

const refused = (place: string, expected: string, found: string): ContractBroken =>
  new ContractBroken(`Report ${place}: expected ${expected}, found ${found}.`, {
    facts: { path: place, expected, found },
  });
