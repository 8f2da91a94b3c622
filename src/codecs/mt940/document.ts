/**
 * What a bank says in an MT940 statement or an MT942 interim report, and the fields it said it in.
 *
 * Two layers: `fields` are the tags as they stood in the file, enough to write it again; `statement` is what they mean.
 * Amounts are decimal text with a point, never negative: `creditDebit` says which way the money went. Dates are ISO.
 */
export interface Mt940Document {
  readonly messages: readonly Mt940Message[];
}

export interface Mt940Message {
  /** 940 a customer statement, 942 an interim report, 950 a statement without texts. */
  readonly type: MessageType;
  /** Lines before the first field: SWIFT blocks 1 to 3, a bank's own envelope. */
  readonly head: readonly string[];
  readonly fields: readonly Field[];
  /** The line that ends it, e.g. `-` or `-}`; "" where the bank leaves it out. */
  readonly end: string;
  readonly statement: Statement;
  /** What was tolerated, and what does not add up. */
  readonly notes: readonly Note[];
}

export type MessageType = "940" | "942" | "950";

/** One tag with everything up to the next. Lines are parted by `\n`; blanks at their ends are kept. */
export interface Field {
  /** `61`, `28C`, `60F`, `NS`. */
  readonly tag: string;
  readonly text: string;
  readonly line: number;
}

/** A departure from the standard that was read all the same, or figures that contradict each other. */
export interface Note {
  readonly kind: NoteKind;
  readonly line: number;
  readonly message: string;
}

export type NoteKind =
  | "excerpt"
  | "no-such-day"
  | "amount-spelling"
  | "reference-length"
  | "several-texts"
  | "no-statement-number"
  | "no-currency"
  | "page-unopened"
  | "balance-differs"
  | "sums-differ";

export type CreditDebit = "credit" | "debit";

export interface Statement {
  /** :20: */
  readonly reference?: string;
  /** :21: */
  readonly relatedReference?: string;
  /** :25: as written, without the BIC that :25P: adds. */
  readonly account?: string;
  readonly bic?: string;
  /** :28C: before the slash. */
  readonly number?: string;
  /** :28C: after it: the page. */
  readonly sequence?: string;
  /** The first :60:. */
  readonly opening?: Balance;
  /** The last :62:. */
  readonly closing?: Balance;
  /** Balances in the middle of a message that holds several pages, in order. */
  readonly interim: readonly Balance[];
  /** :64: */
  readonly available?: Balance;
  /** :64: of the pages before the last, where a message holds several. */
  readonly availableBefore?: readonly Balance[];
  /** :65: */
  readonly forward: readonly Balance[];
  readonly entries: readonly Entry[];
  /** :34F:, of an interim report: smaller amounts are not listed. */
  readonly floorLimits: readonly FloorLimit[];
  /** :13D: `2026-01-19T18:15+01:00`, or without an offset from :13:. */
  readonly reportedAt?: string;
  /** :90D: and :90C: */
  readonly debits?: EntrySum;
  readonly credits?: EntrySum;
  /** :86: for the account as a whole, and :NS:. */
  readonly information?: string;
  /** The file begins in the middle: no :20:, so perhaps no account, currency or balances. Never to be booked. */
  readonly excerpt: boolean;
}

export interface Balance {
  readonly amount: string;
  readonly currency: string;
  readonly creditDebit: CreditDebit;
  readonly date: string;
  /** Of a page (`M`), not of the statement (`F`). */
  readonly intermediate: boolean;
}

export interface FloorLimit {
  readonly amount: string;
  readonly currency: string;
  /** Absent: it holds both ways. */
  readonly creditDebit?: CreditDebit;
}

export interface EntrySum {
  readonly count: number;
  readonly amount: string;
  readonly currency: string;
}

export interface Entry {
  readonly line: number;
  readonly valueOn: string;
  /** Absent where the bank leaves the entry date out. */
  readonly bookedOn?: string;
  readonly amount: string;
  /** Of the opening balance; absent in an excerpt without one. */
  readonly currency?: string;
  /** Which way this entry moves money: taking back a credit is a debit. */
  readonly creditDebit: CreditDebit;
  /** RC or RD: it takes back an earlier entry. */
  readonly reversal: boolean;
  /** EC or ED: announced, not yet booked. */
  readonly expected: boolean;
  /** The third letter of the currency, or what a bank puts in its place. */
  readonly fundsCode?: string;
  /** `NTRF`; absent where a bank leaves it out. */
  readonly type?: string;
  readonly customerReference: string;
  readonly bankReference?: string;
  readonly supplementary?: string;
  /** :86: with its line ends, empty lines and blanks at line ends left out; "" when there is none. */
  readonly text: string;
  /** :86: taken apart, where it is written in subfields or with code words. */
  readonly details?: Details;
}

/** A text of the forms `166?00…?20…` (any separator) or `/EREF/…/REMI/…`. Absent parts are absent. */
export interface Details {
  /** The three digits in front (Geschäftsvorfallcode). */
  readonly code?: string;
  /** 00 */
  readonly postingText?: string;
  /** 10 */
  readonly primaNota?: string;
  /** 20 to 29 and 60 to 63 together. */
  readonly purpose?: string;
  /** 30 */
  readonly bankCode?: string;
  /** 31 */
  readonly account?: string;
  /** 32 and 33, or the name in /NAME/. */
  readonly name?: string;
  /** 34 */
  readonly returnCode?: string;
  /** Every subfield as written, in order. */
  readonly subfields: readonly { readonly id: string; readonly text: string }[];
  /** Code words in order: EREF, MREF, SVWZ, REMI, IBAN … */
  readonly words: readonly { readonly word: string; readonly text: string }[];
}
