/**
 * What a BAI2 file says, and the records it said it in.
 *
 * Two layers: `records` are the lines as they stood, enough to write the file again; `files` are what they mean. Amounts are
 * decimal text with the decimals of their currency, which BAI2 only implies. Dates are ISO.
 */
export interface Bai2Document {
  /** Physical records, continuations on their own, without the blanks that pad them. */
  readonly records: readonly string[];
  readonly files: readonly Bai2File[];
  /** What was tolerated. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly kind:
    | "control-differs"
    | "joined-records"
    | "long-date"
    | "long-time"
    | "no-amount"
    | "no-control-total"
    | "no-delimiter"
    | "no-value-date"
    | "wrapped-text";
  readonly line: number;
  readonly message: string;
}

/** 01 to 99. */
export interface Bai2File {
  readonly sender: string;
  readonly receiver: string;
  readonly createdOn: string;
  /** `02:00`, or `02:00:30`; 24:00 is the end of the day. */
  readonly createdAt?: string;
  /** Distinguishes files of one day. */
  readonly id: string;
  readonly recordLength?: number;
  readonly blockSize?: number;
  readonly groups: readonly Bai2Group[];
}

/** 02 to 98: accounts of one originator as of one day. */
export interface Bai2Group {
  readonly receiver?: string;
  readonly originator: string;
  /** 1 update, 2 deletion, 3 correction, 4 test. */
  readonly status: "1" | "2" | "3" | "4";
  readonly asOf: string;
  readonly asOfTime?: string;
  readonly currency?: string;
  /** 1 interim previous day, 2 final previous day, 3 interim same day, 4 final same day. */
  readonly modifier?: "1" | "2" | "3" | "4";
  readonly accounts: readonly Bai2Account[];
}

/** 03 to 49. */
export interface Bai2Account {
  readonly line: number;
  readonly number: string;
  /** As stated, of the group, or USD: the default of the standard. */
  readonly currency: string;
  readonly summaries: readonly Bai2Summary[];
  readonly entries: readonly Bai2Entry[];
}

/** A balance (codes to 099) or a total of entries, of the account record. */
export interface Bai2Summary {
  /** 010 opening ledger, 015 closing ledger, 045 closing available, 100 credits, 400 debits … */
  readonly type: string;
  /** Signed; absent where the bank gives only a count. */
  readonly amount?: string;
  readonly count?: number;
  readonly funds?: Bai2Funds;
}

/** 16: one transaction. */
export interface Bai2Entry {
  readonly line: number;
  readonly type: string;
  /** By its type code: 100 to 399 and 900 to 919 …; absent for codes that are neither (loans, status, customer's own). */
  readonly creditDebit?: "credit" | "debit";
  readonly amount: string;
  readonly currency: string;
  readonly funds?: Bai2Funds;
  readonly bankReference?: string;
  readonly customerReference?: string;
  /** Lines parted by `\n`. */
  readonly text: string;
}

/** When the money can be used. */
export type Bai2Funds =
  /** 0 at once, 1 in a day, 2 in two or more, Z unknown. */
  | { readonly type: "0" | "1" | "2" | "Z" }
  | { readonly type: "S"; readonly immediate: string; readonly oneDay: string; readonly later: string }
  /** Without a date the bank does not say which. */
  | { readonly type: "V"; readonly valueOn?: string; readonly valueAt?: string }
  | { readonly type: "D"; readonly parts: readonly { readonly days: number; readonly amount: string }[] };
