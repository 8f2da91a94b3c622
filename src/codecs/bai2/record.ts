/**
 * One logical record: a physical record with the continuations (88) behind it, read field by field.
 *
 * A comma parts fields and a slash ends a physical record; so does the end of the line, because text may leave the slash
 * out. A continuation goes on with the next field, or, inside the text of a transaction, with the text.
 */
import { broken } from "./problems.ts";

export class RecordReader {
  readonly code: string;
  readonly line: number;
  /** Contents of the physical records, without code and slash. */
  readonly #parts: readonly string[];
  #part = 0;
  /** Where the next field begins in its part; -1: this part is read to its end. */
  #at = 0;

  constructor(code: string, line: number, parts: readonly string[]) {
    this.code = code;
    this.line = line;
    this.#parts = parts;
  }

  /** Whether a field is left, be it empty. */
  more(): boolean {
    return this.#at !== -1 || this.#part + 1 < this.#parts.length;
  }

  /** Whether the next field begins a physical record, and not the middle of one. */
  atBreak(): boolean {
    return this.#at === -1;
  }

  /** The next field without blanks around it; "" where the record has ended. */
  next(): string {
    if (!this.#onward()) return "";
    const part = this.#parts[this.#part] ?? "";
    const comma = part.indexOf(",", this.#at);
    const field = comma === -1 ? part.slice(this.#at) : part.slice(this.#at, comma);
    this.#at = comma === -1 ? -1 : comma + 1;
    return field.trim();
  }

  /** All that is left as text, commas included; its lines are those of the file. */
  text(): string {
    const lines: string[] = [];
    while (this.#onward()) {
      lines.push((this.#parts[this.#part] ?? "").slice(this.#at).trim());
      this.#at = -1;
    }
    return lines.filter((line) => line !== "").join("\n");
  }

  /** The next field, which must not be empty. */
  need(what: string): string {
    const field = this.next();
    if (field === "") throw broken(this.line, this.code, what, "");
    return field;
  }

  /** Nothing but empty fields may be left. */
  end(): void {
    while (this.more()) {
      const field = this.next();
      if (field !== "") throw broken(this.line, this.code, "the end of the record", field);
    }
  }

  #onward(): boolean {
    if (this.#at !== -1) return true;
    if (this.#part + 1 >= this.#parts.length) return false;
    this.#part += 1;
    this.#at = 0;
    return true;
  }
}
