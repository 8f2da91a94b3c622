/**
 * Cuts files of X12 or EDIFACT into sets or messages, each inside the envelope it stood in.
 *
 * A record is what stands from the opening segment to the closing one; its head is the envelope before it, so it means
 * alone what it means in the file. What the trailers of groups and interchanges count is not compared: the records are
 * counted by the batch. Text is one byte to a character.
 */
import type { Bytes } from "../../std/bytes.ts";
import type { ContractBroken } from "../../std/errors.ts";
import { brokenCut, type Cutter, lineFeedsIn, type Place, type RawRecord } from "../records.ts";
import { toLatin1 } from "./reader.ts";

/** The header of an interchange, as far as cutting needs it. */
export interface CutHeader {
  /** Characters it takes. */
  readonly length: number;
  readonly element: string;
  /** Where the segment that begins here ends, its terminator included; -1 when that is not to be seen. */
  endOf(text: string, from: number): number;
}

/** What a standard calls the segments of its envelope. */
export interface CutRules {
  readonly begins: RegExp;
  /** Characters of a header to be seen before it is read, unless the file is over. */
  readonly headerChars: number;
  header(text: string): CutHeader | undefined;
  readonly opens: string;
  readonly closes: string;
  readonly group: string;
  readonly groupEnd: string;
  readonly end: string;
  /** `SE at the end of the set`. */
  readonly closing: string;
}

/** The largest set or message that is kept whole: some ten thousand lines. */
const RECORD_BYTES_MAX = 4_194_304;
/** A header is known by so many characters. */
const MARK = 4;
const TOO_LONG = "more than 4 MB";

/** Tab, line feed, carriage return, the end mark of old systems, space, and the three bytes of a byte order mark. */
const BLANK: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x1a, 0x20, 0xef, 0xbb, 0xbf]);

export class EnvelopeCutter implements Cutter {
  readonly #rules: CutRules;
  /** Where a header may begin in the middle of other text. */
  readonly #anywhere: RegExp;
  #text = "";
  /** Where `#text` begins in the file. */
  #offset: number;
  #line: number;
  /** The header of the interchange and of the group, as they stood. */
  #head: string | null;
  #header: CutHeader | undefined;
  /** Text that is no interchange was told, and no header has come since. */
  #strayed: boolean;
  /** Where the next segment begins, and the set that is open. */
  #at = 0;
  #set: number | undefined;
  #counted: { readonly at: number; readonly line: number };

  constructor(rules: CutRules, from: Place) {
    this.#rules = rules;
    this.#anywhere = new RegExp(rules.begins.source.slice(1));
    this.#offset = from.offset;
    this.#line = from.line;
    this.#counted = { at: 0, line: from.line };
    this.#head = from.head;
    this.#strayed = from.head === null && from.offset > 0;
    this.#header = from.head === null ? undefined : rules.header(from.head);
  }

  push(piece: Bytes): readonly RawRecord[] {
    this.#text += toLatin1(piece);
    return this.#cut(false);
  }

  end(): readonly RawRecord[] {
    return this.#cut(true);
  }

  #cut(last: boolean): RawRecord[] {
    const records: RawRecord[] = [];
    while (this.#step(records, last));
    const keep = this.#set ?? this.#at;
    this.#pass(keep);
    if (this.#set !== undefined) this.#set = 0;
    return records;
  }

  /** Takes one segment; false when more input is needed or none is left. */
  #step(into: RawRecord[], last: boolean): boolean {
    while (this.#at < this.#text.length && BLANK.has(this.#text.charCodeAt(this.#at))) this.#at += 1;
    const rest = this.#text.length - this.#at;
    if (rest === 0) {
      if (last) this.#unended(into, "the end of the file");
      return false;
    }
    if (!last && rest < MARK) return false;
    const begins = this.#rules.begins.test(this.#text.slice(this.#at, this.#at + MARK));
    if (this.#header === undefined || begins) {
      if (!last && rest < this.#rules.headerChars) return false;
      return this.#enter(into, last);
    }
    const { element } = this.#header;
    const { opens, closes, group, groupEnd, end: ends } = this.#rules;
    const found = this.#header.endOf(this.#text, this.#at);
    if (found < 0 && !last) {
      if (this.#text.length - (this.#set ?? this.#at) > RECORD_BYTES_MAX) {
        this.#unended(into, TOO_LONG);
        // A segment that long is none; what is left of it, up to its end, says nothing.
        this.#at = this.#text.length;
      }
      return false;
    }
    const end = found < 0 ? this.#text.length : found;
    const from = this.#at;
    const id = this.#text.slice(from, from + 4).split(element, 1)[0];
    if (id === closes && this.#set !== undefined) {
      this.#record(into, this.#set, end);
      this.#set = undefined;
    } else if (id === opens || id === group || id === groupEnd || id === ends) {
      this.#unended(into, id);
      if (id === opens) this.#set = from;
      if (id === group) this.#head = `${this.#interchange()}${this.#text.slice(from, end)}`;
      if (id === groupEnd) this.#head = this.#interchange();
      if (id === ends) this.#header = undefined;
    } else if (this.#set !== undefined && end - this.#set > RECORD_BYTES_MAX) {
      this.#unended(into, TOO_LONG);
    }
    this.#at = end;
    return true;
  }

  /** Reads a header, or says that this is none and goes on at the next. */
  #enter(into: RawRecord[], last: boolean): boolean {
    this.#unended(into, "another interchange");
    const { headerChars } = this.#rules;
    const from = this.#at;
    const header = this.#rules.header(this.#text.slice(from, from + headerChars));
    if (header) {
      this.#strayed = false;
      this.#header = header;
      this.#head = this.#text.slice(from, from + header.length);
      this.#at = from + header.length;
      return true;
    }
    const known = this.#strayed;
    // What follows unreadable text up to the next header is the same finding: its beginning tells it.
    const ahead = known ? this.#text.slice(from + 1) : this.#text.slice(from + 1, from + headerChars);
    const next = ahead.search(this.#anywhere);
    if (next >= 0) this.#at = from + 1 + next;
    else if (known) this.#at = last ? this.#text.length : Math.max(from + 1, this.#text.length - MARK + 1);
    else this.#at = Math.min(this.#text.length, from + headerChars - MARK);
    if (known) return this.#at < this.#text.length && (next >= 0 || last);
    this.#header = undefined;
    this.#head = null;
    this.#strayed = true;
    this.#record(into, from, this.#at, brokenCut(this.#lineAt(from), "an interchange header", "other text"));
    return true;
  }

  /** A set was begun and not ended. */
  #unended(into: RawRecord[], found: string): void {
    if (this.#set === undefined) return;
    const to = found === TOO_LONG ? Math.min(this.#text.length, this.#set + RECORD_BYTES_MAX) : this.#at;
    this.#record(into, this.#set, to, brokenCut(this.#lineAt(this.#set), this.#rules.closing, found));
    this.#set = undefined;
    this.#at = Math.max(this.#at, to);
  }

  #record(into: RawRecord[], from: number, to: number, broken?: ContractBroken): void {
    const text = this.#text.slice(from, to);
    into.push({
      bytes: Buffer.from(text, "latin1"),
      length: text.length,
      place: { offset: this.#offset + from, line: this.#lineAt(from), head: this.#head },
      lines: lineFeedsIn(text),
      ...(broken && { broken }),
    });
  }

  /** Counts on from where it was asked last, so that a large piece is not counted again for each set. */
  #lineAt(index: number): number {
    const known = index >= this.#counted.at ? this.#counted : { at: 0, line: this.#line };
    this.#counted = { at: index, line: known.line + lineFeedsIn(this.#text.slice(known.at, index)) };
    return this.#counted.line;
  }

  /** The interchange header alone, whatever group was in it before. */
  #interchange(): string {
    const head = this.#head ?? "";
    return head.slice(0, this.#rules.header(head)?.length ?? head.length);
  }

  /** Forgets the text before. */
  #pass(index: number): void {
    this.#line = this.#lineAt(index);
    this.#counted = { at: 0, line: this.#line };
    this.#text = this.#text.slice(index);
    this.#offset += index;
    this.#at -= index;
    if (this.#set !== undefined) this.#set -= index;
  }
}
