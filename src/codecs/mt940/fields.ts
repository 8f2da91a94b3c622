/**
 * Cuts bank files into fields: lines first, then the lines of each `:tag:`.
 *
 * Nothing is known here of what a field means. Memory is needed for one field, however long the file is.
 */
import type { Bytes } from "../../std/bytes.ts";
import { LineCutter } from "../lines.ts";
import type { Field } from "./document.ts";
import type { Mt940Limits } from "./limits.ts";
import { broken } from "./problems.ts";

/** What the cutter tells, in the order of the file. */
export interface Told {
  /** A line before the first field of a message. */
  head(line: string, number: number): void;
  field(field: Field): void;
  /** The line that ends a message. */
  end(line: string, number: number): void;
}

/** The fields of MT940, MT942 and MT950. What looks like another is refused, not taken for text. */
const TAGS: ReadonlySet<string> = new Set([
  ...["13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61"],
  ...["62F", "62M", "64", "65", "86", "90C", "90D", "NS"],
]);
/** Only these run over several lines. */
export const LONG: ReadonlySet<string> = new Set(["25P", "61", "86", "NS"]);
export const TAG = /^:(\d\d[A-Z]?|NS):/;
// A lone dash, with what banks add to it: the brace of block 4, an end-of-text character, XXX.
// biome-ignore lint/suspicious/noControlCharactersInRegex: ETX is what some banks send.
export const END = /^-(?:\}.*|\x03|XXX)?[ \t]*$/;
/** No message begins with these. */
export const GOES_ON = /^:(?:61|62[FM]):/;

export class FieldCutter {
  readonly #limits: Mt940Limits;
  readonly #told: Told;
  readonly #cutter: LineCutter;
  #line = 0;
  #tag: string | undefined;
  #lines: string[] = [];
  #length = 0;
  #from = 0;
  #headLines = 0;
  #colon = false;
  /** A lone dash inside a text: the end of the message, unless one of its fields comes next. */
  #dash: { readonly line: string; readonly number: number } | undefined;

  constructor(limits: Mt940Limits, told: Told) {
    this.#limits = limits;
    this.#told = told;
    this.#cutter = new LineCutter(limits.lineLength, {
      line: (line, number) => this.#take(line, number),
      tooLong: (number) => {
        throw broken(number, "", `a line of at most ${limits.lineLength} characters`, "more");
      },
    });
  }

  push(bytes: Bytes): void {
    this.#cutter.push(bytes);
  }

  end(): void {
    this.#cutter.end();
    if (this.#colon) this.#said(":", this.#line + 1);
    if (this.#dash !== undefined) this.#end(this.#dash.line, this.#dash.number);
    this.#close();
  }

  #take(raw: string, number: number): void {
    // Savings banks wrap after 65 characters even inside a tag: ":" and "86:166?00…" on the next line.
    const line = this.#colon && /^\d\d[A-Z]?:/.test(raw) ? `:${raw}` : raw;
    if (this.#colon && line === raw) this.#said(":", number - 1);
    this.#colon = raw === ":" && this.#tag !== undefined;
    if (!this.#colon) this.#said(line, number);
  }

  #said(line: string, number: number): void {
    if (this.#dash !== undefined) {
      const { line: dash, number: at } = this.#dash;
      this.#dash = undefined;
      if (GOES_ON.test(line)) this.#continue(dash);
      else this.#end(dash, at);
    }
    this.#line = number;
    if (line.includes("\0")) throw broken(number, "", "text", "a NUL character");
    const tag = TAG.exec(line)?.[1];
    // A wrapped text may put a time at the beginning of a line: `:26:37`. Only known fields end a text.
    const inText = this.#tag === "86" || this.#tag === "NS";
    if (tag !== undefined && !(inText && !TAGS.has(tag))) {
      if (!TAGS.has(tag)) throw broken(this.#line, "", "a field of MT940 or MT942", `:${tag}:`);
      this.#close();
      this.#tag = tag;
      this.#lines = [line.slice(tag.length + 2)];
      this.#length = line.length;
      this.#from = this.#line;
      this.#headLines = 0;
    } else if (this.#tag !== undefined && END.test(line)) {
      if (this.#tag === "86" && line.trimEnd() === "-") this.#dash = { line, number };
      else this.#end(line, number);
    } else if (this.#tag !== undefined && LONG.has(this.#tag)) this.#continue(line);
    else if (line.trim() !== "") this.#outside(line);
  }

  #end(line: string, number: number): void {
    this.#line = number;
    this.#close();
    this.#told.end(line.trimEnd(), number);
  }

  #continue(line: string): void {
    this.#length += line.length + 1;
    if (this.#length > this.#limits.fieldLength) {
      throw broken(this.#line, this.#tag ?? "", `at most ${this.#limits.fieldLength} characters`, "more");
    }
    this.#lines.push(line);
  }

  #outside(line: string): void {
    this.#close();
    this.#headLines += 1;
    if (this.#headLines > this.#limits.headLines) {
      throw broken(this.#line, "", `a field within ${this.#limits.headLines} lines`, "none");
    }
    this.#told.head(line, this.#line);
  }

  #close(): void {
    if (this.#tag === undefined) return;
    const lines = this.#lines;
    // Empty lines between this field and the next are nobody's.
    while (lines.length > 1 && lines[lines.length - 1]?.trim() === "") lines.pop();
    const field = { tag: this.#tag, text: lines.join("\n"), line: this.#from };
    this.#tag = undefined;
    this.#lines = [];
    this.#told.field(field);
  }
}
