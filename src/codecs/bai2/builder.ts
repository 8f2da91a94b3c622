/**
 * Builds files, groups and accounts from records, in their order, and holds their control totals against what came.
 *
 * Files hold groups, groups hold accounts, accounts hold transactions; a record out of its place refuses the file. Each
 * trailer tells a total and counts: every amount and every physical record is added up again.
 */
import type { Bai2Account, Bai2Entry, Bai2File, Bai2Group, Bai2Summary, Note } from "./document.ts";
import type { Bai2Limits } from "./limits.ts";
import { broken } from "./problems.ts";
import type { RecordReader } from "./record.ts";
import {
  amountFrom,
  countFrom,
  dateFrom,
  decimalFrom,
  directionOf,
  fundsFrom,
  integerFrom,
  type Tell,
  timeFrom,
} from "./values.ts";

/** What a stream of BAI2 says, in the order of the file: entries, then what they stand in, each at its end. */
export type Bai2Event =
  | { readonly kind: "entry"; readonly entry: Bai2Entry; readonly of: EntryPlace }
  /** Without its entries, which were told before. */
  | { readonly kind: "account"; readonly account: Bai2Account; readonly of: Omit<EntryPlace, "account"> }
  | { readonly kind: "group"; readonly group: Bai2Group }
  | { readonly kind: "file"; readonly file: Bai2File }
  | { readonly kind: "note"; readonly note: Note };

/** Where an entry stands. */
export interface EntryPlace {
  readonly file: Omit<Bai2File, "groups">;
  readonly group: Omit<Bai2Group, "accounts">;
  readonly account: Omit<Bai2Account, "entries">;
}

/** Sums of one level, to hold against its trailer. */
interface Level<Header> {
  readonly header: Header;
  readonly line: number;
  total: bigint;
  parts: number;
  records: number;
}

/** Totals of one 03 record: a handful by the standard's list of codes. */
const SUMMARIES_MAX = 5_000;
/** What may follow, for an error. */
const FOLLOWS = {
  nothing: "the file header 01",
  file: "a group header 02 or the file trailer 99",
  group: "an account 03 or the group trailer 98",
  account: "a transaction 16 or the account trailer 49",
} as const;

export class Bai2Builder {
  readonly #limits: Bai2Limits;
  readonly #tell: (event: Bai2Event) => void;
  #file: Level<Omit<Bai2File, "groups">> | undefined;
  #group: Level<Omit<Bai2Group, "accounts">> | undefined;
  #account: Level<Omit<Bai2Account, "entries">> | undefined;
  #notes = 0;
  #files = 0;

  constructor(limits: Bai2Limits, tell: (event: Bai2Event) => void) {
    this.#limits = limits;
    this.#tell = tell;
  }

  /** `physical`: how many physical records it consists of. */
  add(record: RecordReader, physical: number): void {
    for (const level of [this.#file, this.#group, this.#account]) if (level) level.records += physical;
    switch (record.code) {
      case "01":
        this.#place(record, "nothing");
        this.#file = opened(this.#fileHeader(record), record.line, physical);
        return;
      case "02":
        this.#place(record, "file");
        this.#group = opened(this.#groupHeader(record), record.line, physical);
        return;
      case "03":
        this.#place(record, "group");
        this.#openAccount(record, physical);
        return;
      case "16":
        this.#place(record, "account");
        this.#entry(record);
        return;
      case "49":
        this.#place(record, "account");
        this.#closeAccount(record);
        return;
      case "98":
        this.#place(record, "group");
        this.#closeGroup(record);
        return;
      case "99":
        this.#place(record, "file");
        this.#closeFile(record);
        return;
    }
    throw broken(record.line, "", FOLLOWS[this.#level()], record.code);
  }

  end(line: number): void {
    if (this.#level() !== "nothing") throw broken(line, "", FOLLOWS[this.#level()], "the end of the file");
    if (this.#files === 0) throw broken(1, "", FOLLOWS.nothing, "nothing");
  }

  readonly #note: Tell = (kind, line, message) => this.note(kind, line, message);

  note(kind: Note["kind"], line: number, message: string): void {
    this.#notes += 1;
    if (this.#notes <= this.#limits.notesKept) this.#tell({ kind: "note", note: { kind, line, message } });
  }

  #level(): keyof typeof FOLLOWS {
    if (this.#account) return "account";
    if (this.#group) return "group";
    return this.#file ? "file" : "nothing";
  }

  #place(record: RecordReader, level: keyof typeof FOLLOWS): void {
    if (this.#level() !== level) throw broken(record.line, "", FOLLOWS[this.#level()], record.code);
  }

  #fileHeader(record: RecordReader): Omit<Bai2File, "groups"> {
    const sender = record.need("a sender");
    const receiver = record.need("a receiver");
    const createdOn = dateFrom(record.need("a date"), record, this.#note);
    const time = record.next();
    const id = record.need("an identification of the file");
    const recordLength = record.next();
    const blockSize = record.next();
    const version = record.next();
    if (version !== "2") throw broken(record.line, record.code, "version 2", version);
    record.end();
    return {
      sender,
      receiver,
      createdOn,
      ...(time === "" ? {} : { createdAt: timeFrom(time, record, this.#note) }),
      id,
      ...(recordLength === "" ? {} : { recordLength: countFrom(recordLength, record) }),
      ...(blockSize === "" ? {} : { blockSize: countFrom(blockSize, record) }),
    };
  }

  #groupHeader(record: RecordReader): Omit<Bai2Group, "accounts"> {
    const receiver = record.next();
    const originator = record.need("an originator");
    const status = oneToFour(
      record,
      record.need("the group status 1, 2, 3 or 4"),
      "the group status 1, 2, 3 or 4",
    );
    const asOf = dateFrom(record.need("a date"), record, this.#note);
    const time = record.next();
    const currency = currencyIn(record);
    const modifier = record.next();
    record.end();
    return {
      ...(receiver === "" ? {} : { receiver }),
      originator,
      status,
      asOf,
      ...(time === "" ? {} : { asOfTime: timeFrom(time, record, this.#note) }),
      ...(currency === "" ? {} : { currency }),
      ...(modifier === "" ? {} : { modifier: oneToFour(record, modifier, "the modifier 1, 2, 3 or 4") }),
    };
  }

  #openAccount(record: RecordReader, physical: number): void {
    const number = record.need("an account number");
    const currency = currencyIn(record) || this.#group?.header.currency || "USD";
    const summaries: Bai2Summary[] = [];
    const account = opened({ line: record.line, number, currency, summaries }, record.line, physical);
    while (record.more()) {
      const summary = this.#summary(record, currency, account);
      if (summary) summaries.push(summary);
      if (summaries.length > SUMMARIES_MAX)
        throw broken(record.line, record.code, `at most ${SUMMARIES_MAX} totals`, "more");
    }
    this.#account = account;
  }

  #summary(record: RecordReader, currency: string, account: { total: bigint }): Bai2Summary | undefined {
    const type = record.next();
    // A comma too many at the end of a line: what follows begins with a type code of its own.
    if (type === "" && record.atBreak()) return undefined;
    const amount = record.next();
    const count = record.next();
    const funds = fundsFrom(record, currency, this.#note);
    if (type === "") {
      if (amount !== "" || count !== "" || funds !== undefined)
        throw broken(record.line, record.code, "a type code before its amount", "nothing");
      return undefined;
    }
    if (!/^\d{3}$/.test(type)) throw broken(record.line, record.code, "a type code of three digits", type);
    if (amount !== "") account.total += BigInt(integerFrom(amount, record));
    return {
      type,
      ...(amount === "" ? {} : { amount: amountFrom(amount, currency, record) }),
      ...(count === "" ? {} : { count: countFrom(count, record) }),
      ...(funds === undefined ? {} : { funds }),
    };
  }

  #entry(record: RecordReader): void {
    const [file, group, account] = [this.#file, this.#group, this.#account];
    if (!file || !group || !account) return;
    const { currency } = account.header;
    const type = record.next();
    if (!/^\d{3}$/.test(type)) throw broken(record.line, record.code, "a type code of three digits", type);
    const stated = record.next();
    // 890 is a message in the place of a transaction; elsewhere an amount left out is the standard's default.
    const amount = stated === "" ? "0" : stated;
    if (stated === "" && type !== "890")
      this.note("no-amount", record.line, `A transaction ${type} states no amount; it is read as zero.`);
    const integer = integerFrom(amount, record);
    account.total += BigInt(integer);
    const funds = fundsFrom(record, currency, this.#note);
    const bankReference = record.next();
    const customerReference = record.next();
    const creditDebit = directionOf(type);
    // One after the other and not spread: this is done for every transaction of a file of millions.
    const entry: { -readonly [Field in keyof Bai2Entry]: Bai2Entry[Field] } = {
      line: record.line,
      type,
      amount: decimalFrom(integer, currency),
      currency,
      text: record.text(),
    };
    if (creditDebit !== undefined) entry.creditDebit = creditDebit;
    if (funds !== undefined) entry.funds = funds;
    if (bankReference !== "") entry.bankReference = bankReference;
    if (customerReference !== "") entry.customerReference = customerReference;
    this.#tell({
      kind: "entry",
      entry,
      of: { file: file.header, group: group.header, account: account.header },
    });
  }

  #closeAccount(record: RecordReader): void {
    const [file, group, account] = [this.#file, this.#group, this.#account];
    if (!file || !group || !account) return;
    this.#control(record, "the account", account, undefined);
    group.total += account.total;
    group.parts += 1;
    this.#account = undefined;
    const of = { file: file.header, group: group.header };
    this.#tell({ kind: "account", account: { ...account.header, entries: [] }, of });
  }

  #closeGroup(record: RecordReader): void {
    const group = this.#group;
    if (!group) return;
    this.#control(record, "the group", group, "accounts");
    if (this.#file) {
      this.#file.total += group.total;
      this.#file.parts += 1;
    }
    this.#group = undefined;
    this.#tell({ kind: "group", group: { ...group.header, accounts: [] } });
  }

  #closeFile(record: RecordReader): void {
    const file = this.#file;
    if (!file) return;
    this.#control(record, "the file", file, "groups");
    this.#file = undefined;
    this.#files += 1;
    this.#tell({ kind: "file", file: { ...file.header, groups: [] } });
  }

  /** Total, number of parts (not for accounts), number of records. */
  #control(record: RecordReader, of: string, level: Level<unknown>, parts: string | undefined): void {
    const written = record.next();
    // Where nothing was added up, nothing stands for nothing.
    if (written === "" && level.total === 0n)
      this.note("no-control-total", record.line, `The control total 0 of ${of} is left out.`);
    else {
      const total = BigInt(integerFrom(written, record));
      if (total !== level.total)
        this.#differs(record, `the control total ${level.total} of ${of}`, String(total));
    }
    if (parts !== undefined) {
      const stated = countFrom(record.next(), record);
      if (stated !== level.parts) this.#differs(record, `${level.parts} ${parts} in ${of}`, String(stated));
    }
    const records = countFrom(record.next(), record);
    if (records !== level.records)
      this.#differs(record, `${level.records} records in ${of}`, String(records));
    record.end();
  }

  #differs(record: RecordReader, expected: string, found: string): void {
    const refusal = broken(record.line, record.code, expected, found);
    if (this.#limits.controls === "refuse") throw refusal;
    this.note("control-differs", record.line, refusal.message);
  }
}

const opened = <Header>(header: Header, line: number, records: number): Level<Header> => ({
  header,
  line,
  total: 0n,
  parts: 0,
  records,
});

function oneToFour(record: RecordReader, text: string, what: string): "1" | "2" | "3" | "4" {
  if (text === "1" || text === "2" || text === "3" || text === "4") return text;
  throw broken(record.line, record.code, what, text);
}

function currencyIn(record: RecordReader): string {
  const currency = record.next();
  if (currency !== "" && !/^[A-Z]{3}$/.test(currency))
    throw broken(record.line, record.code, "a currency of three letters", currency);
  return currency;
}
