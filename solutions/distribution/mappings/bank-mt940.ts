/**
 * MT940 statements as payments, which `bank.ts` then tells in canonical words.
 *
 * Only what is booked counts: interim reports (MT942) and announced entries come again on a statement. A statement that
 * cannot be trusted (an excerpt, one that does not add up, one without booked currency) is refused as a whole.
 */
import { ContractBroken } from "crossdock";
import type { BankEntry, BankStatement, BankTransaction } from "crossdock/codecs/camt053";
import type { Entry, Mt940Document, Mt940Message, Statement } from "crossdock/codecs/mt940";
import type { Payment } from "./bank.ts";

/** What a payment does not take over, and why. */
export const NOT_CARRIED = {
  fundsCode: "the third letter of the currency, which the balances say in full",
  supplementary: "a bank's remark on the entry; the text has what the payer wrote",
  type: "how it was paid changes nothing in receivables",
  expected: "announced entries come again when they are booked",
  "details.primaNota": "a batch number of the bank's own books",
  "details.postingText": "the bank's word for the type",
  "an end-to-end id of more than 35 characters":
    "no bank carries one; the text has it with whatever ran into it",
  "details.returnCode": "a returned payment shows as a reversal or a debit",
  "statement.interim": "balances of pages say nothing the entries do not",
  "statement.available": "liquidity is not receivables",
  "statement.forward": "liquidity is not receivables",
  "statement.information": "a text for the account belongs to no payment",
} as const;

/** The booked payments of a document; a refused statement stands for all of its payments. */
export const paymentsOfMt940 = ({ messages }: Mt940Document): (Payment | ContractBroken)[] =>
  messages.filter(({ type }) => type !== "942").flatMap(paymentsIn);

function paymentsIn({ statement, notes }: Mt940Message): (Payment | ContractBroken)[] {
  const reference = statement.reference ?? "without reference";
  if (statement.excerpt)
    return [refused(reference, "a whole statement", "an excerpt that begins in the middle")];
  const difference = notes.find(({ kind }) => kind === "balance-differs");
  if (difference) return [refused(reference, "a statement that adds up", difference.message)];
  const as = statementOf(statement);
  return statement.entries.flatMap((entry, at): (Payment | ContractBroken)[] => {
    if (entry.expected) return [];
    const { currency } = entry;
    if (currency === undefined) return [refused(reference, "a currency", "none")];
    const bankReference = known(entry.bankReference) ?? `${as.id}/${at + 1}`;
    return [
      {
        statement: as,
        entry: entryOf(entry, currency, bankReference),
        transaction: transactionOf(entry),
        bankReference,
        amount: entry.amount,
      },
    ];
  });
}

const refused = (reference: string, expected: string, found: string): ContractBroken =>
  new ContractBroken(`Statement ${reference}: expected ${expected}, found ${found}`.replace(/\.?$/, "."), {
    facts: { path: reference, expected, found },
  });

/** Banks write NONREF where they have none. */
const known = (reference: string | undefined): string | undefined =>
  reference === undefined || reference === "" || reference === "NONREF" ? undefined : reference;

/** Account, number and page tell a statement from every other; its reference alone often does not. */
function statementOf({ account = "", reference = "", number, sequence, opening }: Statement): BankStatement {
  const iban = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(account);
  const id = [
    account,
    opening?.date ?? "",
    number ?? reference,
    ...(sequence === undefined ? [] : [sequence]),
  ];
  return {
    id: id.join("/"),
    account: iban ? { iban: account } : { otherId: account },
    balances: [],
    entries: [],
  };
}

const entryOf = (entry: Entry, currency: string, bankReference: string): BankEntry => ({
  amount: entry.amount,
  currency,
  creditDebit: entry.creditDebit,
  reversal: entry.reversal,
  status: "BOOK",
  bookedOn: entry.bookedOn ?? entry.valueOn,
  valueOn: entry.valueOn,
  bankReference,
  transactions: [],
});

function transactionOf({ text, details, customerReference, creditDebit }: Entry): BankTransaction {
  const word = (...names: readonly string[]) =>
    details?.words.find((one) => names.includes(one.word) && one.text !== "")?.text;
  const name = details?.name;
  const iban = word("IBAN") ?? details?.account;
  const party = name === undefined ? undefined : { name, ...(iban === undefined ? {} : { iban }) };
  const stated = word("EREF") ?? known(customerReference);
  // Longer than the standard's 35 characters, it has other text run into it.
  const endToEndId = stated !== undefined && stated.length <= 35 ? stated : undefined;
  const mandateId = word("MREF", "MARF");
  return {
    ...(endToEndId === undefined ? {} : { endToEndId }),
    ...(mandateId === undefined ? {} : { mandateId }),
    ...(party === undefined ? {} : { [creditDebit === "credit" ? "debtor" : "creditor"]: party }),
    remittance: [word("SVWZ", "REMI") ?? details?.purpose ?? text.replaceAll("\n", " ")].filter(
      (one) => one !== "",
    ),
    structured: [],
  };
}
