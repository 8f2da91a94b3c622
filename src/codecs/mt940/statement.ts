/**
 * Builds one statement from its fields, in their order.
 *
 * Each field has its place; the texts :86: belong to the entry before them, or to the account once the closing balance has
 * been said. What the bank adds up is added up again, and a difference is noted: banks do send such statements, and who
 * books from them must know.
 */
import Big from "big.js";
import { detailsOf } from "./details.ts";
import type {
  Balance,
  Entry,
  Field,
  FloorLimit,
  MessageType,
  Note,
  NoteKind,
  Statement,
} from "./document.ts";
import type { Mt940Limits } from "./limits.ts";
import { AFTER, CLOSED, ENTRIES, ONCE, PLACE } from "./places.ts";
import { broken } from "./problems.ts";
import { balanceOf, floorLimitOf, type Line61, line61, reportedAtOf, sumOf } from "./values.ts";

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
/** An entry still waiting for its text. */
interface Waiting {
  readonly line: Line61;
  readonly texts: string[];
  length: number;
}

/** Forward balances come one for a day, pages some hundred; a message of more is a trap. */
const BALANCES_MAX = 10_000;

export class StatementBuilder {
  readonly #limits: Mt940Limits;
  readonly #named: MessageType | undefined;
  readonly #notes: Note[] = [];
  readonly #entries: Entry[] = [];
  readonly #balances: Balance[] = [];
  readonly #availableBefore: Balance[] = [];
  readonly #forward: Balance[] = [];
  readonly #floorLimits: FloorLimit[] = [];
  readonly #information: string[] = [];
  readonly #seen = new Set<string>();
  readonly #statement: Partial<Mutable<Statement>> = {};
  #excerpt: boolean;
  readonly #keep: boolean;
  readonly #sums = { credit: new Big(0), debit: new Big(0), credits: 0, debits: 0 };
  #place = 0;
  #pages = 0;
  #lastClosed: Balance | undefined;
  #openPage = false;
  #waiting: Waiting | undefined;
  #currency: string | undefined;
  #informationLength = 0;

  /** `keep`: hold the entries for the whole statement; a stream tells them one by one. */
  constructor(first: Field, named: MessageType | undefined, keep: boolean, limits: Mt940Limits) {
    this.#limits = limits;
    this.#keep = keep;
    this.#named = named;
    this.#excerpt = first.tag !== "20";
    if (this.#excerpt)
      this.#note(
        "excerpt",
        first.line,
        "The file begins in the middle of a statement and is read as an excerpt.",
      );
  }

  /** What is known before the entries. */
  opened(): Pick<Statement, "reference" | "account" | "number" | "sequence" | "excerpt"> {
    const { reference, account, number, sequence } = this.#statement;
    return {
      ...(reference === undefined ? {} : { reference }),
      ...(account === undefined ? {} : { account }),
      ...(number === undefined ? {} : { number }),
      ...(sequence === undefined ? {} : { sequence }),
      excerpt: this.#excerpt,
    };
  }

  /** Whether nothing more needs to come. */
  mayEnd(): boolean {
    return this.#place >= CLOSED || this.#excerpt || this.#type() === "942";
  }

  /** Takes a field, and gives the entry before it once nothing more can belong to it. */
  add(field: Field): Entry | undefined {
    this.#placed(field);
    // German statements of old put the text of an entry into :NS:.
    if (field.tag === "86" || field.tag === "NS") {
      this.#text(field);
      return undefined;
    }
    const finished = this.#finish();
    this.#value(field);
    return finished;
  }

  close(line: number) {
    const last = this.#finish();
    const type = this.#type();
    this.#complete(type, line);
    this.#addUp(line);
    const [opening, closing] = this.#ends();
    const statement: Statement = {
      ...this.#statement,
      ...(opening === undefined ? {} : { opening }),
      ...(closing === undefined ? {} : { closing }),
      interim: this.#balances.filter((balance) => balance !== opening && balance !== closing),
      ...(this.#availableBefore.length === 0 ? {} : { availableBefore: this.#availableBefore }),
      forward: this.#forward,
      floorLimits: this.#floorLimits,
      entries: this.#entries,
      ...(this.#information.length === 0 ? {} : { information: this.#information.join("\n") }),
      excerpt: this.#excerpt,
    };
    return { last, type, statement, notes: this.#notes };
  }

  #placed(field: Field): void {
    const { tag } = field;
    const place = PLACE[tag];
    if (place === undefined) return; // :NS: stands anywhere
    const family = tag.replace(/[A-Z]$/, "");
    const once = ONCE.has(tag) ? tag : ONCE.has(family) ? family : undefined;
    if (once !== undefined && !this.#excerpt) {
      if (this.#seen.has(once)) throw this.#misplaced(field);
      this.#seen.add(once);
    }
    // A text may follow anything from the opening balance on.
    if (tag === "86") {
      if (this.#place < 4 && !this.#excerpt && this.#type() !== "942") throw this.#misplaced(field);
      return;
    }
    const page = family === "60" && this.#place >= CLOSED;
    if (page) this.#seen.delete("64");
    // Some banks tell their sums after the balances.
    const sums = family === "90" && this.#place >= CLOSED;
    // After the balance of a page entries may go on without an opening balance for the next.
    const goesOn = tag === "61" && this.#place === CLOSED && this.#lastClosed?.intermediate === true;
    if (goesOn) {
      this.#openPage = true;
      this.#note(
        "page-unopened",
        field.line,
        "Entries go on after :62M: without :60M:; its balance opens the page.",
      );
    }
    const repeated = this.#excerpt && place === this.#place;
    if (place < this.#place && !page && !sums && !goesOn) throw this.#misplaced(field);
    if (tag === "61" && !this.#openPage && !this.#excerpt && this.#type() !== "942")
      throw this.#misplaced(field);
    if (family === "62" && this.#place >= CLOSED && !repeated) throw this.#misplaced(field);
    if (family === "60" && this.#openPage && !repeated) throw this.#misplaced(field);
    if (!sums) this.#place = place;
  }

  #misplaced({ tag, line }: Field): Error {
    const expected = AFTER[this.#place] ?? "the next statement";
    return broken(line, "", expected, `:${tag}:`);
  }

  #text(field: Field): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#place !== ENTRIES) {
      this.#inform(field);
      return;
    }
    if (waiting.texts.length > 0 && field.tag === "86")
      this.#note("several-texts", field.line, "An entry has several :86:; they are read as one text.");
    waiting.length += field.text.length + 1;
    if (waiting.length > this.#limits.fieldLength)
      throw broken(field.line, "86", `at most ${this.#limits.fieldLength} characters for one entry`, "more");
    waiting.texts.push(field.text);
  }

  #inform(field: Field): void {
    this.#informationLength += field.text.length + 1;
    if (this.#informationLength > this.#limits.fieldLength)
      throw broken(
        field.line,
        field.tag,
        `at most ${this.#limits.fieldLength} characters for one account`,
        "more",
      );
    this.#information.push(tidy(field.text));
  }

  #value(field: Field): void {
    const tell = (kind: NoteKind, line: number, message: string) => this.#note(kind, line, message);
    const statement = this.#statement;
    const text = field.text.trim();
    switch (field.tag) {
      case "20":
        this.#present(field, text);
        statement.reference = text;
        return;
      case "21":
        statement.relatedReference = text;
        return;
      case "25":
        this.#present(field, text);
        statement.account = text;
        return;
      case "25P": {
        this.#present(field, text);
        const [account = "", bic, more] = text.split("\n");
        if (more !== undefined) throw broken(field.line, field.tag, "an account and a BIC", more);
        statement.account = account.trim();
        if (bic !== undefined) statement.bic = bic.trim();
        return;
      }
      case "28":
      case "28C":
        this.#number(field, text);
        return;
      case "34F":
        if (this.#floorLimits.length === 2)
          throw broken(field.line, "34F", "at most two floor limits", "a third");
        this.#floorLimits.push(floorLimitOf(field, tell));
        return;
      case "13":
      case "13D":
        statement.reportedAt = reportedAtOf(field, tell);
        return;
      case "60F":
      case "60M":
      case "62F":
      case "62M":
        this.#balance(field, balanceOf(field, this.#currency, tell));
        return;
      case "64":
        if (statement.available) this.#several(field, this.#availableBefore, statement.available);
        statement.available = balanceOf(field, this.#currency, tell);
        return;
      case "65":
        this.#several(field, this.#forward, balanceOf(field, this.#currency, tell));
        return;
      case "90C":
        statement.credits = sumOf(field, tell);
        return;
      case "90D":
        statement.debits = sumOf(field, tell);
        return;
      case "61":
        this.#waiting = { line: line61(field, tell), texts: [], length: 0 };
        return;
    }
  }

  #present(field: Field, text: string): void {
    if (text === "") throw broken(field.line, field.tag, "a text", "");
  }

  #number(field: Field, text: string): void {
    // Two numbers of five digits may stand without the slash between them.
    const [, number, sequence] =
      /^(\d{5})(\d{5})$/.exec(text) ??
      /^(\d{1,16})(?:\/(\d{1,5}))?$/.exec(text) ??
      /^()\/(\d{1,5})$/.exec(text) ??
      [];
    if (number === undefined) throw broken(field.line, field.tag, "a number such as 12/1", text);
    // A page of a statement without a number is noted when the statement ends.
    if (number !== "") this.#statement.number = number;
    if (sequence !== undefined) this.#statement.sequence = sequence;
  }

  #balance(field: Field, balance: Balance): void {
    if (this.#currency !== undefined && balance.currency !== this.#currency) {
      throw broken(
        field.line,
        field.tag,
        `the currency ${this.#currency} of the opening balance`,
        balance.currency,
      );
    }
    this.#currency ??= balance.currency;
    if (field.tag.startsWith("60")) {
      this.#pages += 1;
      this.#openPage = true;
    } else {
      if (!this.#openPage && !this.#excerpt && this.#type() !== "942")
        throw broken(field.line, field.tag, "an opening balance :60F: before it", "none");
      this.#openPage = false;
      this.#lastClosed = balance;
    }
    this.#several(field, this.#balances, balance);
  }

  #several(field: Field, balances: Balance[], balance: Balance): void {
    if (balances.length >= BALANCES_MAX)
      throw broken(field.line, field.tag, `at most ${BALANCES_MAX} balances`, "more");
    balances.push(balance);
  }

  /** Opening and closing: the first :60: and the last :62:. */
  #ends(): [Balance | undefined, Balance | undefined] {
    const opened = this.#seenOpening();
    const opening = opened ? this.#balances[0] : undefined;
    const last = this.#balances.at(-1);
    return [opening, this.#openPage || last === opening ? undefined : last];
  }

  #seenOpening(): boolean {
    return this.#pages > 0;
  }

  #type(): MessageType {
    if (this.#named !== undefined) return this.#named;
    const { credits, debits } = this.#statement;
    const interim = this.#floorLimits.length > 0 || credits !== undefined || debits !== undefined;
    return this.#pages === 0 && interim ? "942" : "940";
  }

  #finish(): Entry | undefined {
    const waiting = this.#waiting;
    if (waiting === undefined) return undefined;
    this.#waiting = undefined;
    const text = waiting.texts.length === 1 ? waiting.texts[0]! : waiting.texts.join("\n");
    const details = detailsOf(text);
    const currency = this.#currency ?? this.#floorLimits[0]?.currency;
    const entry = waiting.line as Mutable<Entry>;
    if (currency !== undefined) entry.currency = currency;
    entry.text = tidy(text);
    if (details !== undefined) entry.details = details;
    const { creditDebit, amount, expected } = entry;
    if (!expected) {
      this.#sums[creditDebit] = this.#sums[creditDebit].plus(amount);
      this.#sums[creditDebit === "credit" ? "credits" : "debits"] += 1;
    }
    if (this.#keep) this.#entries.push(entry);
    return entry;
  }

  #complete(type: MessageType, line: number): void {
    if (this.#excerpt) return;
    // A reference and little else: a fragment that claims nothing. From the first balance on a statement is complete.
    if (type !== "942" && this.#place < PLACE["60F"]!) {
      this.#excerpt = true;
      this.#note("excerpt", line, "The statement ends before its opening balance and is read as an excerpt.");
      return;
    }
    const { account, number } = this.#statement;
    if (account === undefined) throw broken(line, "", "the account :25:", "none");
    if (number === undefined)
      this.#note(
        "no-statement-number",
        line,
        "The statement has no number :28C:; nothing tells one that is missing.",
      );
    if (type === "942") return;
    if (this.#pages === 0) throw broken(line, "", "the opening balance :60F:", "none");
    if (this.#openPage) throw broken(line, "", "the closing balance :62F:", "none");
  }

  #addUp(line: number): void {
    const [opening, closing] = this.#ends();
    const { credit, debit } = this.#sums;
    if (opening && closing) {
      const expected = signed(opening).plus(credit).minus(debit);
      if (!expected.eq(signed(closing))) {
        const differs = signed(closing).minus(expected).toFixed();
        this.#note(
          "balance-differs",
          line,
          `The closing balance differs from opening balance and entries by ${differs}.`,
        );
      }
    }
    const { credits, debits } = this.#statement;
    const wrong =
      (credits && (!credit.eq(credits.amount) || credits.count !== this.#sums.credits)) ||
      (debits && (!debit.eq(debits.amount) || debits.count !== this.#sums.debits));
    if (wrong)
      this.#note("sums-differ", line, "Numbers or sums of :90D: and :90C: differ from the entries listed.");
  }

  #note(kind: NoteKind, line: number, message: string): void {
    if (this.#notes.length < this.#limits.notesKept) this.#notes.push({ kind, line, message });
  }
}

const signed = ({ amount, creditDebit }: Balance): Big =>
  creditDebit === "credit" ? new Big(amount) : new Big(amount).neg();

/** Without the blanks that pad lines, without empty lines. */
const tidy = (text: string): string =>
  text.includes("\n")
    ? text
        .split("\n")
        .map((line) => line.trimEnd())
        .filter((line) => line !== "")
        .join("\n")
        .trim()
    : text.trim();
