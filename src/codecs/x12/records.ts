/**
 * X12 files of many transaction sets: each set is cut, read and refused on its own.
 *
 * A set is read inside the envelope it stood in, so it means what it means in the whole file. What the trailers of groups and
 * interchanges count is not compared: the sets are counted by the batch. Binary segments may hold delimiters and are not cut.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Cutter, Place, RawRecord, Records } from "../records.ts";
import { type Header, readHeader } from "./header.ts";
import { LIMITS, type X12Limits } from "./limits.ts";
import { partsOf, type X12Part } from "./parts.ts";
import { readDocument } from "./reader.ts";

/** The largest set that is kept whole: some ten thousand lines. */
const SET_BYTES_MAX = 4_194_304;
/** What a header may take, padded and wrapped as real senders do. */
const HEADER_CHARS_MAX = 600;

/** Tab, line feed, carriage return, the end mark of old systems, space, and the three bytes of a byte order mark. */
const BLANK: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x1a, 0x20, 0xef, 0xbb, 0xbf]);

/**
 * Transaction sets as records, each as `partsOf` gives it.
 *
 * @example flow("catalogue").from(mailbox).records(x12Records()).map(catalogueOf)
 */
export function x12Records(limits: Partial<X12Limits> = {}): Records<X12Part> {
  const bounds = { ...LIMITS, ...limits };
  return {
    name: "x12 sets",
    mediaType: "application/edi-x12",
    cutter: (from) => new SetCutter(from),
    // Nothing but its own envelope is needed to read a set.
    checkHead: () => undefined,
    read({ bytes, place: { head, line } }) {
      const envelope = head ?? "";
      const header = headerOf(envelope);
      if (!header) throw at(line, "a set inside an interchange", "none");
      const { element, segment } = header.delimiters;
      const group = envelope.slice(header.length).trim().replace(segment, "").split(element)[6] ?? "";
      const end = `GE${element}1${element}${group}${segment}IEA${element}1${element}${header.elements[12]}${segment}`;
      const text = `${envelope}${Buffer.from(bytes).toString("latin1")}${end}`;
      const [part] = partsOf(readDocument(Buffer.from(text, "latin1"), bounds));
      if (part instanceof ContractBroken) throw inFile(part, line - breaksIn(envelope) - 1, line);
      if (!part) throw at(line, "a transaction set", "none that can be read");
      return part;
    },
  };
}

/** A refusal with the lines of the file instead of those of the set alone; never before the set begins. */
function inFile({ message, facts, cause }: ContractBroken, shift: number, first: number): ContractBroken {
  const moved = (line: number) => Math.max(first, line + shift);
  return new ContractBroken(
    message.replace(/^Line (\d+)/, (_, line: string) => `Line ${moved(Number(line))}`),
    { facts: { ...facts, ...(typeof facts.line === "number" && { line: moved(facts.line) }) }, cause },
  );
}

function headerOf(text: string): Header | undefined {
  const header = text.startsWith("ISA") ? readHeader(text.slice(0, HEADER_CHARS_MAX), 1) : "no header";
  return typeof header === "string" ? undefined : header;
}

/** Finds ST and SE; remembers the envelope around them. Text is one byte to a character. */
class SetCutter implements Cutter {
  #text = "";
  /** Where `#text` begins in the file. */
  #offset: number;
  #line: number;
  /** ISA and GS, as they stood. */
  #head: string | null;
  #header: Header | undefined;
  /** Where the next segment begins, and the set that is open. */
  #at = 0;
  #set: number | undefined;
  #counted: { readonly at: number; readonly line: number };

  constructor(from: Place) {
    this.#offset = from.offset;
    this.#line = from.line;
    this.#counted = { at: 0, line: from.line };
    this.#head = from.head;
    this.#header = from.head === null ? undefined : headerOf(from.head);
  }

  push(piece: Bytes): readonly RawRecord[] {
    this.#text += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
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
    if (!last && rest < 4) return false;
    if (this.#header === undefined || /^ISA[^A-Za-z0-9\s]/.test(this.#text.slice(this.#at, this.#at + 4))) {
      if (!last && rest < HEADER_CHARS_MAX) return false;
      return this.#enter(into, last);
    }
    const { element, segment } = this.#header.delimiters;
    const found = this.#text.indexOf(segment, this.#at);
    if (found < 0 && !last) {
      if (this.#text.length - (this.#set ?? this.#at) > SET_BYTES_MAX) this.#unended(into, "more than 4 MB");
      return false;
    }
    const end = found < 0 ? this.#text.length : found + segment.length;
    const from = this.#at;
    const id = this.#text.slice(from, from + 4).split(element, 1)[0];
    if (id === "SE" && this.#set !== undefined) {
      this.#record(into, this.#set, end);
      this.#set = undefined;
    } else if (id === "ST" || id === "GS" || id === "GE" || id === "IEA") {
      this.#unended(into, id);
      if (id === "ST") this.#set = from;
      if (id === "GS") this.#head = `${isaOf(this.#head)}${this.#text.slice(from, end)}`;
      if (id === "IEA") this.#header = undefined;
    } else if (this.#set !== undefined && end - this.#set > SET_BYTES_MAX) {
      this.#unended(into, "more than 4 MB");
    }
    this.#at = end;
    return true;
  }

  /** Reads a header, or says that this is none and goes on at the next. */
  #enter(into: RawRecord[], last: boolean): boolean {
    this.#unended(into, "another interchange");
    const from = this.#at;
    const header = headerOf(this.#text.slice(from, from + HEADER_CHARS_MAX));
    if (header) {
      this.#header = header;
      this.#head = this.#text.slice(from, from + header.length);
      this.#at = from + header.length;
      return true;
    }
    const next = this.#text.slice(from + 1).search(/ISA[^A-Za-z0-9\s]/);
    const to =
      next >= 0 ? from + 1 + next : last ? this.#text.length : Math.max(from + 1, this.#text.length - 3);
    // What follows unreadable text up to the next header is the same finding; one record tells it.
    this.#record(into, from, to, at(this.#lineAt(from), "an interchange header", "other text"));
    this.#at = to;
    return true;
  }

  /** A set was begun and not ended. */
  #unended(into: RawRecord[], found: string): void {
    if (this.#set === undefined) return;
    const to = found === "more than 4 MB" ? Math.min(this.#text.length, this.#set + SET_BYTES_MAX) : this.#at;
    this.#record(into, this.#set, to, at(this.#lineAt(this.#set), "SE at the end of the set", found));
    this.#set = undefined;
    this.#at = Math.max(this.#at, to);
  }

  #record(into: RawRecord[], from: number, to: number, broken?: ContractBroken): void {
    const text = this.#text.slice(from, to);
    into.push({
      bytes: Buffer.from(text, "latin1"),
      length: text.length,
      place: { offset: this.#offset + from, line: this.#lineAt(from), head: this.#head },
      lines: breaksIn(text),
      ...(broken && { broken }),
    });
  }

  /** Counts on from where it was asked last, so that a large piece is not counted again for each set. */
  #lineAt(index: number): number {
    const known = index >= this.#counted.at ? this.#counted : { at: 0, line: this.#line };
    this.#counted = { at: index, line: known.line + breaksIn(this.#text.slice(known.at, index)) };
    return this.#counted.line;
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

/** The interchange header alone, whatever group was in it before. */
function isaOf(head: string | null): string {
  const header = head === null ? undefined : headerOf(head);
  return header && head !== null ? head.slice(0, header.length) : (head ?? "");
}

const breaksIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
};

const at = (line: number, expected: string, found: string) =>
  new ContractBroken(`Line ${line}: expected ${expected}, found ${found}.`, {
    facts: { line, expected, found },
  });
