/**
 * The documents of a product that keeps accounts: numbered, found by our reference, versioned, posted by period.
 *
 * What must stay true: what is posted balances and stands in no closed period; a reference is unique within its collection where
 * the product says so (`find` tells); every change counts the version up. How documents look from outside is the product's.
 */
import type { Entry } from "./books.ts";
import { amount, type Body, object, optionalText, Refusal, text } from "./call.ts";
import { cents, money } from "./decimal.ts";
import type { Tools } from "./station.ts";

export interface Line {
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
}

export interface LedgerDocument {
  readonly collection: string;
  readonly number: string;
  readonly reference: string;
  readonly date: string;
  readonly fields: Body;
  readonly posting: readonly Line[];
  readonly version: number;
  readonly at: string;
}

export class Ledger {
  readonly #tools: Tools;
  readonly #documents = new Map<string, LedgerDocument>();
  readonly #byReference = new Map<string, LedgerDocument[]>();
  readonly #closed = new Set<string>();
  #lost = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Takes in its own entries; true when it was one. */
  apply(entry: Entry, at: string): boolean {
    if (entry.kind === "booked") {
      const document = { ...(entry.document as LedgerDocument), at };
      const known = this.#documents.get(`${document.collection}/${document.number}`);
      this.#documents.set(`${document.collection}/${document.number}`, document);
      const key = `${document.collection}/${document.reference}`;
      const others = (this.#byReference.get(key) ?? []).filter(({ number }) => number !== known?.number);
      this.#byReference.set(key, [...others, document]);
      return true;
    }
    if (entry.kind === "lost") {
      const { collection, number, reference } = entry as unknown as LedgerDocument;
      this.#documents.delete(`${collection}/${number}`);
      const key = `${collection}/${reference}`;
      const others = (this.#byReference.get(key) ?? []).filter((one) => one.number !== number);
      this.#byReference.set(key, others);
      this.#lost += 1;
      return true;
    }
    if (entry.kind !== "settings") return false;
    const { periods = {} } = entry.settings as { periods?: Record<string, string> };
    for (const [period, state] of Object.entries(periods)) {
      if (state === "closed") this.#closed.add(period);
      else this.#closed.delete(period);
    }
    return true;
  }

  /** Checks the setting `periods: {"2026-11": "closed"}`; throws a Refusal. */
  static settle(body: Body): Body {
    const periods = object(body, "periods");
    for (const [period, state] of Object.entries(periods)) {
      if (!/^\d{4}-\d\d$/.test(period) || (state !== "open" && state !== "closed")) {
        throw new Refusal(400, "INVALID_FIELD", 'periods are such as {"2026-11": "open" or "closed"}.');
      }
    }
    return periods;
  }

  /** Books a new document, or the next version of one. `period` is what a closed period is called here. */
  book(
    document: Omit<LedgerDocument, "version" | "at" | "posting"> & { posting?: readonly Line[] },
    period: { readonly code: string },
  ): LedgerDocument {
    const known = this.get(document.collection, document.number);
    const posting = document.posting ?? [];
    if (posting.length > 0 || (known?.posting.length ?? 0) > 0) {
      for (const day of [document.date, known?.date ?? document.date]) this.#open(day, period.code);
    }
    this.#tools.commit({
      kind: "booked",
      document: { ...document, posting, version: (known?.version ?? 0) + 1 },
    });
    return this.get(document.collection, document.number) as LedgerDocument;
  }

  #open(day: string, code: string): void {
    if (this.#closed.has(day.slice(0, 7))) {
      throw new Refusal(400, code, `The period ${day.slice(0, 7)} is closed.`, { period: day.slice(0, 7) });
    }
  }

  get(collection: string, number: string): LedgerDocument | undefined {
    return this.#documents.get(`${collection}/${number}`);
  }

  /** What stands under our reference; more than one only where the product allows it. */
  find(collection: string, reference: string): readonly LedgerDocument[] {
    return this.#byReference.get(`${collection}/${reference}`) ?? [];
  }

  all(collection: string): LedgerDocument[] {
    return [...this.#documents.values()].filter((one) => one.collection === collection);
  }

  /** The next number: `prefix` and a count that starts at 1001. What was lost leaves its number unused. */
  next(collection: string, prefix: string): string {
    return `${prefix}${1001 + this.all(collection).length + this.#lost}`;
  }

  /** The act of losing a document, e.g. when a backup is read back: `{set, number}`. Nobody is told. */
  lose(body: Body): Body {
    const [collection, number] = [text(body, "set"), text(body, "number")];
    const known = this.get(collection, number);
    if (known === undefined)
      throw new Refusal(404, "NOT_FOUND", `There is no ${number} among ${collection}.`);
    this.#tools.commit({ kind: "lost", collection, number, reference: known.reference });
    return { number };
  }

  shown(): Record<string, unknown> {
    const all = [...this.#documents.values()];
    return {
      documents: Object.groupBy(all, ({ collection }) => collection),
      trialBalance: trialBalance(all.flatMap(({ posting }) => posting)),
      closedPeriods: [...this.#closed],
    };
  }
}

/** A day of a document, `2026-11-21`, or today where it names none. */
export function dayIn(body: Body, field: string): string {
  const day = optionalText(body, field) ?? new Date().toISOString().slice(0, 10);
  if (/^\d{4}-\d\d-\d\d$/.test(day)) return day;
  throw new Refusal(400, "INVALID_FIELD", `${field} must be a date such as 2026-11-21, found ${day}.`, {
    field,
  });
}

/** Lines of a journal from a product's own fields; they must balance. */
export function balanced(
  lines: readonly Body[],
  names: { readonly account: string; readonly debit: string; readonly credit: string },
  code: string,
): Line[] {
  const side = (line: Body, name: string) =>
    line[name] === undefined || line[name] === null ? 0n : amount(line, name);
  const read = lines.map((line) => ({
    account: text(line, names.account),
    debit: money(side(line, names.debit)),
    credit: money(side(line, names.credit)),
  }));
  const sum = (of: "debit" | "credit") => read.reduce((total, line) => total + cents(line[of]), 0n);
  if (sum("debit") !== sum("credit")) {
    throw new Refusal(
      400,
      code,
      `The entry does not balance: debit ${money(sum("debit"))}, credit ${money(sum("credit"))}.`,
    );
  }
  return read;
}

/** Debit and credit per account, and in all. */
export function trialBalance(lines: readonly Line[]): Record<string, unknown> {
  const accounts = new Map<string, { debit: bigint; credit: bigint }>();
  const total = { debit: 0n, credit: 0n };
  for (const line of lines) {
    const account = accounts.get(line.account) ?? { debit: 0n, credit: 0n };
    accounts.set(line.account, account);
    account.debit += cents(line.debit);
    account.credit += cents(line.credit);
    total.debit += cents(line.debit);
    total.credit += cents(line.credit);
  }
  return {
    accounts: Object.fromEntries(
      [...accounts].map(([name, { debit, credit }]) => [
        name,
        { debit: money(debit), credit: money(credit), balance: money(debit - credit) },
      ]),
    ),
    debit: money(total.debit),
    credit: money(total.credit),
  };
}
