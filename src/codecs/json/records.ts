/**
 * JSON files of many records: the objects of one list, cut from a stream of bytes at flat memory and read one by one.
 *
 * A record is one object of the list; its head is what stands before the list, so head, record and the brackets the head
 * owes are a document of their own. Cutting finds brackets and texts alone. A record that is not closed ends where the next
 * one or the end of the list shows it, and a text that is not closed ends with its line, because JSON allows none inside. What
 * stands behind the list is not read.
 */
import type { Bytes } from "../../std/bytes.ts";
import {
  brokenCut,
  type Cutter,
  lineFeedsIn,
  type Place,
  type RawRecord,
  type Records,
  readInFile,
} from "../records.ts";

export interface JsonPartSettings<Record> {
  readonly name: string;
  readonly mediaType: string;
  /** The key of the list, in objects inside one another; absent where the file is a list itself. */
  readonly list?: string;
  /** Checks what stands before the list, as a document without records. @throws {ContractBroken} when none can be read */
  checkHead?(document: Bytes): void;
  /** Reads a document in which one record stands alone, or throws `ContractBroken`. */
  read(document: Bytes): Record;
}

export const jsonPartRecords = <Record>(settings: JsonPartSettings<Record>): Records<Record> => ({
  name: settings.name,
  mediaType: settings.mediaType,
  cutter: (from) => new ListCutter(settings.list, from),
  checkHead(head) {
    if (head !== null) settings.checkHead?.(alone(head, ""));
  },
  read: ({ bytes, place }) =>
    readInFile(place, () => settings.read(alone(place.head ?? "", Buffer.from(bytes).toString("latin1")))),
});

/** One record where all of them stood. */
function alone(head: string, record: string): Bytes {
  const owed = bracketsIn(head).map((open) => (open === "{" ? "}" : "]"));
  return Buffer.from(head + record + owed.reverse().join(""), "latin1");
}

/** Brackets that a text leaves open, outermost first. */
function bracketsIn(text: string): string[] {
  const open: string[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "{" || token === "[") open.push(token);
    else if (token === "}" || token === "]") open.pop();
  }
  return open;
}

const RECORD_BYTES_MAX = 4_194_304;
const HEAD_BYTES_MAX = 65_536;
/** As many levels as the reader of a record allows. */
const LEVELS_MAX = 64;

/** A record that is open. */
interface Begun {
  from: number;
  readonly line: number;
  /** It is no object. */
  readonly alien: boolean;
  /** Its beginning, and how much of it was let go, where it is beyond the limit. */
  beginning?: string;
  gone: number;
}

class ListCutter implements Cutter {
  readonly #list: string | undefined;
  #text = "";
  /** Where `#text` begins in the file. */
  #offset: number;
  #line: number;
  /** Up to where it was looked at. */
  #at = 0;
  readonly #open: string[];
  /** How many brackets are open directly inside the list; nothing before and behind it. */
  #inside: number | undefined;
  #head: string | null;
  #inText = false;
  #escaped = false;
  /** The sign before, blanks left out; `"` for any value. */
  #before = "";
  /** The last text, while there is no list. */
  #word = { from: 0, to: 0 };
  #record: Begun | undefined;
  /** Nothing more is cut. */
  #over: boolean;

  constructor(list: string | undefined, from: Place) {
    this.#list = list;
    this.#offset = from.offset;
    this.#line = from.line;
    this.#head = from.head;
    this.#open = bracketsIn(from.head ?? "");
    if (from.head !== null) this.#inside = this.#open.length;
    // Only what ends the cutting has no head.
    this.#over = from.offset > 0 && from.head === null;
  }

  push(piece: Bytes): readonly RawRecord[] {
    this.#text += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    const records: RawRecord[] = [];
    for (; !this.#over && this.#at < this.#text.length; this.#at += 1) {
      // Before the list nothing is let go, so this is the place in the file.
      if (this.#head === null && this.#at === HEAD_BYTES_MAX) {
        this.#stop(records, HEAD_BYTES_MAX, `${this.#named()} within ${HEAD_BYTES_MAX} bytes`, "none");
        break;
      }
      const code = this.#text.charCodeAt(this.#at);
      if (this.#inText) this.#letter(code);
      else if (!isBlank(code)) this.#sign(records, this.#text[this.#at]!);
      if (code === LINE_FEED) this.#line += 1;
    }
    this.#forget();
    return records;
  }

  end(): readonly RawRecord[] {
    const records: RawRecord[] = [];
    if (this.#over || this.#offset + this.#text.length === 0) return records;
    const wanted = this.#open.at(-1) === "{" ? "}" : "]";
    this.#stop(
      records,
      this.#text.length,
      this.#head === null ? this.#named() : wanted,
      "the end of the file",
    );
    return records;
  }

  #letter(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE || code === LINE_FEED) {
      this.#inText = false;
      this.#word.to = this.#at;
    }
  }

  #sign(into: RawRecord[], sign: string): void {
    if (sign === "{" || sign === "[") this.#opens(into, sign);
    else if (sign === "}" || sign === "]") this.#closes(into, sign);
    else if (sign === ",") {
      if (this.#record?.alien && this.#open.length === this.#inside) this.#close(into, this.#at);
      this.#before = sign;
    } else if (sign === ":") this.#before = sign;
    else {
      if (!this.#record && this.#open.length === this.#inside) this.#begin(true);
      this.#before = '"';
      if (sign !== '"') return;
      this.#inText = true;
      this.#word.from = this.#at + 1;
    }
  }

  #opens(into: RawRecord[], bracket: string): void {
    const listed = this.#head === null && bracket === "[" && this.#isList();
    // In an object a value stands behind a colon: the record that is open was never closed, and this is the next.
    const next = this.#record && bracket === "{" && this.#before !== ":" && this.#open.at(-1) === "{";
    if (next) {
      this.#open.length = this.#inside ?? 0;
      this.#close(into, this.#at, "}", "the next record");
    }
    if (!this.#record && this.#open.length === this.#inside) this.#begin(bracket === "[");
    this.#open.push(bracket);
    this.#before = bracket;
    if (listed) {
      this.#head = this.#text.slice(0, this.#at + 1);
      this.#inside = this.#open.length;
    } else if (this.#open.length > LEVELS_MAX)
      this.#stop(into, this.#at + 1, `at most ${LEVELS_MAX} levels`, "more");
  }

  #isList(): boolean {
    if (this.#list === undefined) return this.#open.length === 0;
    const key = this.#text.slice(this.#word.from, this.#word.to);
    return this.#before === ":" && key === this.#list && !this.#open.includes("[");
  }

  #closes(into: RawRecord[], bracket: string): void {
    const match = this.#open.lastIndexOf(bracket === "}" ? "{" : "[");
    this.#before = '"';
    const inside = this.#inside;
    if (inside !== undefined && match >= inside) {
      this.#open.length = match;
      if (match === inside) this.#close(into, this.#at + 1);
      return;
    }
    // The list ends, or what is around it.
    if (this.#record) this.#close(into, this.#at, "}", bracket);
    this.#open.length = Math.max(0, match);
    if (inside === undefined) return;
    if (this.#open.length < inside) this.#inside = undefined;
  }

  #named(): string {
    return this.#list === undefined ? "a list" : `a list ${this.#list}`;
  }

  #begin(alien: boolean): void {
    this.#record = { from: this.#at, line: this.#line, alien, gone: 0 };
  }

  /** The rest of the file cannot be cut. */
  #stop(into: RawRecord[], to: number, expected: string, found: string): void {
    this.#over = true;
    if (this.#head !== null && this.#open.length === 0) return;
    // Before the list nothing was let go: all of it is what is wrong. Behind it, only what stands here.
    const from = this.#head === null ? 0 : this.#at;
    const line = this.#line - lineFeedsIn(this.#text.slice(from, to));
    this.#head = null;
    this.#record ??= { from, line, alien: false, gone: 0 };
    this.#close(into, to, expected, found);
  }

  #close(into: RawRecord[], to: number, expected?: string, found = ""): void {
    const { from, line, alien, gone, beginning } = this.#record!;
    this.#record = undefined;
    const text = this.#text.slice(from, to);
    const length = gone + text.length;
    const tooLong =
      length > RECORD_BYTES_MAX && brokenCut(line, "a record of at most 4 MB", `${length} bytes`);
    const strange = alien && brokenCut(line, "an object", text.slice(0, 20));
    const broken = tooLong || strange || (expected !== undefined && brokenCut(line, expected, found));
    into.push({
      bytes: Buffer.from((beginning ?? text).slice(0, RECORD_BYTES_MAX), "latin1"),
      length,
      place: { offset: this.#offset + from - gone, line, head: this.#head },
      lines: this.#line - line,
      ...(broken && { broken }),
    });
  }

  /** Forgets the text before the record that is open; of one beyond the limit all but its beginning. */
  #forget(): void {
    const open = this.#record;
    if (open && this.#at - open.from > RECORD_BYTES_MAX) {
      open.beginning ??= this.#text.slice(open.from, open.from + RECORD_BYTES_MAX);
      open.gone += this.#at - open.from;
      open.from = this.#at;
    }
    const keep = this.#over ? this.#text.length : this.#head === null ? 0 : (open?.from ?? this.#at);
    this.#text = this.#text.slice(keep);
    this.#offset += keep;
    this.#at = Math.max(0, this.#at - keep);
    if (open) open.from -= keep;
  }
}

const [QUOTE, BACKSLASH, LINE_FEED] = [0x22, 0x5c, 0x0a];
const isBlank = (code: number): boolean =>
  code === 0x20 || code === LINE_FEED || code === 0x0d || code === 0x09;
