/**
 * Cuts bytes into lines, for the codecs of line formats.
 *
 * Any line end will do. Bytes that are no UTF-8 are read as Latin-1, line by line, because old systems mix them in one
 * file. Memory is needed for one line, and a line beyond the limit ends the reading.
 */
import { type Bytes, toText } from "../std/bytes.ts";

export interface LineReader {
  line(text: string, number: number): void;
  /** A line is longer than the limit; must throw. */
  tooLong(number: number): never;
}

export class LineCutter {
  readonly #lengthMax: number;
  readonly #reader: LineReader;
  #rest = "";
  #line = 0;

  constructor(lengthMax: number, reader: LineReader) {
    this.#lengthMax = lengthMax;
    this.#reader = reader;
  }

  push(bytes: Bytes): void {
    const text =
      this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    let from = 0;
    // Each kind of end is looked for once up to where it stands next.
    let [feed, back] = [text.indexOf("\n"), text.indexOf("\r")];
    while (feed !== -1 || back !== -1) {
      const backFirst = back !== -1 && (feed === -1 || back < feed);
      // A carriage return at the very end may be half of a line end.
      if (backFirst && back + 1 === text.length) break;
      this.#take(text.slice(from, backFirst ? back : feed));
      from = backFirst && feed !== back + 1 ? back + 1 : feed + 1;
      if (feed !== -1 && feed < from) feed = text.indexOf("\n", from);
      if (back !== -1 && back < from) back = text.indexOf("\r", from);
    }
    this.#rest = text.slice(from);
    if (this.#rest.length > this.#lengthMax) this.#reader.tooLong(this.#line + 1);
  }

  end(): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an end-of-file mark of DOS may stand behind everything.
    const last = this.#rest.replace(/\r?\x1a?$/, "");
    this.#rest = "";
    if (last !== "") this.#take(last);
  }

  #take(raw: string): void {
    this.#line += 1;
    if (raw.length > this.#lengthMax) this.#reader.tooLong(this.#line);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for what is not ASCII.
    const line = /[^\x00-\x7f]/.test(raw) ? toText(Buffer.from(raw, "latin1")) : raw;
    // A byte order mark that toText dropped is gone; one in Latin-1 is left as three letters.
    this.#reader.line(this.#line === 1 ? line.replace(/^\ufeff/, "") : line, this.#line);
  }
}
