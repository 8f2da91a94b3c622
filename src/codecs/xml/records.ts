/**
 * XML files of many records: elements of a name, cut from a stream of bytes at flat memory and read one by one.
 *
 * A record is one element; its head is what stands around and before it, with the records before it left out: head,
 * record and the end tags that the head owes are a document of their own. Cutting only finds where tags begin and end, so
 * an element that cannot be read hides no other: one that is not closed ends where the next of its name begins, or where
 * what is around it ends. What stands behind the first record inside the same element is not read. An element that speaks
 * for itself where no record stands in it is one too: its end tag, behind a head that ends with it.
 *
 * Text is one byte to a character, which UTF-8 and the single-byte encodings allow; UTF-16 is made so first (`wide.ts`).
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

export interface XmlRecordSettings<Record> {
  readonly name: string;
  /** Local names of the elements that are records. None stands inside another of its own name. */
  readonly parts: ReadonlySet<string>;
  /** Local names of elements around records that are a record themselves where none stands in them. */
  readonly alone?: ReadonlySet<string>;
  /** Reads a document in which one record stands alone, or throws `ContractBroken`. */
  read(document: Bytes): Record;
}

const NONE: ReadonlySet<string> = new Set();

export const xmlRecords = <Record>({
  name,
  parts,
  alone = NONE,
  read,
}: XmlRecordSettings<Record>): Records<Record> => ({
  name,
  mediaType: "application/xml",
  cutter: (from) => new PartCutter(parts, alone, from),
  checkHead(head) {
    const declared = /<!DOCTYPE/i.exec(head ?? "");
    if (declared === null) return;
    const line = 1 + lineFeedsIn((head ?? "").slice(0, declared.index));
    throw brokenCut(line, "no document type declaration", "one");
  },
  read({ bytes, place }) {
    const head = place.head ?? "";
    const ends = openIn(head).map(({ name: open }) => `</${open}>`);
    const part = aloneAt(head, alone) === undefined ? bytes : toBytes("");
    const document = Buffer.concat([toBytes(head), part, toBytes(ends.reverse().join(""))]);
    return readInFile(place, () => read(document));
  },
});

const toBytes = (latin1: string): Buffer => Buffer.from(latin1, "latin1");

/** The largest record that is kept whole, and the longest tag or comment. */
const RECORD_BYTES_MAX = 4_194_304;
const TOO_LONG = "more than 4 MB";
/** What may stand before the first record: a statement has about two kilobytes. */
const HEAD_BYTES_MAX = 65_536;

/** As many levels as the reader of a record allows; without a bound a file of tags that open would fill the memory. */
const LEVELS_MAX = 100;

/** As many bytes as tell UTF-16 from the rest. */
const MARK_BYTES = 4;

/** An element around records. */
interface Around {
  /** As written, with its prefix. */
  readonly name: string;
  /** How long the head was before it; -1 where it does not stand in the head. */
  readonly headLength: number;
  /** A record stood in it: what follows is not read. */
  parts: boolean;
  /** A record stood in it or further in. */
  told: boolean;
}

const localOf = (name: string): string => name.slice(name.indexOf(":") + 1);
const NAME = /[^\s/>"'=<]*/y;

/** The elements that a head leaves open, outermost first, and where they begin. */
function openIn(head: string): { readonly name: string; readonly at: number }[] {
  const open: { readonly name: string; readonly at: number }[] = [];
  const find = (ends: string, from: number) => head.indexOf(ends, from);
  for (let at = head.indexOf("<"); at !== -1; ) {
    const tag = tagAt(head, at, find);
    if (tag?.kind === "open") open.push({ name: tag.name, at });
    else if (tag?.kind === "close" && open.at(-1)?.name === tag.name) open.pop();
    at = head.indexOf("<", tag?.to ?? at + 1);
  }
  return open;
}

/** Where the element begins that a head ends with, if it was told as a record of its own. */
function aloneAt(head: string, alone: ReadonlySet<string>): number | undefined {
  const name = /<\/([^\s<>]+)\s*>$/.exec(head)?.[1];
  if (name === undefined || !alone.has(localOf(name))) return undefined;
  return openIn(head.slice(0, head.lastIndexOf("<"))).at(-1)?.at;
}

interface Tag {
  readonly kind: "open" | "empty" | "close" | "other";
  readonly name: string;
  readonly to: number;
}

const WRAPS: readonly (readonly [begins: string, ends: string])[] = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
  // A declaration refuses the file; only its beginning matters.
  ["<!", ">"],
];

/** Where a text stands next, or -1. */
type Find = (text: string, from: number) => number;

/** What begins at this angle bracket, or undefined where its end is not to be seen. */
function tagAt(text: string, at: number, find: Find): Tag | undefined {
  const second = text.charCodeAt(at + 1);
  if (second === 0x21 || second === 0x3f) {
    for (const [begins, ends] of WRAPS) {
      if (!text.startsWith(begins, at)) continue;
      const end = find(ends, at + begins.length);
      return end === -1 ? undefined : { kind: "other", name: "", to: end + ends.length };
    }
  }
  const closes = second === 0x2f;
  NAME.lastIndex = at + (closes ? 2 : 1);
  const name = NAME.exec(text)?.[0] ?? "";
  const end = tagEnd(text, NAME.lastIndex);
  if (end === -1) return undefined;
  const broken = name === "" || text.charCodeAt(end) === 0x3c;
  if (broken) return { kind: "other", name: "", to: end };
  const kind = closes ? "close" : text.charCodeAt(end - 1) === 0x2f ? "empty" : "open";
  return { kind, name, to: end + 1 };
}

/** The `>` of a tag, or the `<` of the next one where it has none. Angle brackets in attribute values end nothing. */
function tagEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3e || code === 0x3c) return at;
    if (code !== 0x22 && code !== 0x27) continue;
    // XML allows no `<` in a value: one that runs into the next tag was never closed.
    for (at += 1; at < text.length && text.charCodeAt(at) !== code; at += 1)
      if (text.charCodeAt(at) === 0x3c) return at;
  }
  return -1;
}

class PartCutter implements Cutter {
  readonly #parts: ReadonlySet<string>;
  readonly #alone: ReadonlySet<string>;
  #text = "";
  /** Where `#text` begins in the file, and at which line. */
  #offset: number;
  #line: number;
  #at = 0;
  #head: string;
  /** Nothing was read yet that a head could hold. */
  #fresh: boolean;
  readonly #around: Around[] = [];
  /** The record that is open: where it begins, and its name as written. */
  #part: { readonly from: number; readonly name: string } | undefined;
  /** The rest of the file cannot be cut: its bytes are no text of one byte to a character, or it is too deep. */
  #foreign = false;
  #counted: { readonly at: number; readonly line: number };
  readonly #missing = new Map<string, number>();
  #headTooLong = false;
  /** An element was met. */
  #rooted: boolean;

  constructor(parts: ReadonlySet<string>, alone: ReadonlySet<string>, from: Place) {
    this.#parts = parts;
    this.#alone = alone;
    this.#offset = from.offset;
    this.#line = from.line;
    this.#counted = { at: 0, line: from.line };
    const lone = aloneAt(from.head ?? "", alone);
    this.#head = (from.head ?? "").slice(0, lone);
    this.#fresh = from.offset === 0;
    this.#rooted = from.offset > 0;
    // Reading goes on behind a record, so the innermost element around has had one.
    for (const { name, at } of openIn(this.#head))
      this.#around.push({ name, headLength: at, parts: false, told: true });
    const inmost = lone === undefined ? this.#around.at(-1) : undefined;
    if (inmost) inmost.parts = true;
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
    if (this.#fresh && (this.#text.length >= MARK_BYTES || last)) {
      this.#fresh = false;
      this.#foreign = /^(?:\xff\xfe|\xfe\xff|\0<|<\0)/.test(this.#text);
      // Its first bytes stand for the whole file, however it comes.
      if (this.#foreign) this.#record(records, 0, MARK_BYTES, "UTF-8 or a single-byte encoding", "UTF-16");
    }
    if (this.#foreign) this.#at = this.#text.length;
    else if (!this.#fresh) while (this.#step(records, last));
    this.#pass(this.#part?.from ?? this.#at);
    if (last && !this.#foreign) this.#unfinished(records);
    return records;
  }

  /** Takes what stands up to the next tag and the tag; false when more input is needed or none is left. */
  #step(into: RawRecord[], last: boolean): boolean {
    const text = this.#text;
    const bracket = text.indexOf("<", this.#at);
    if (bracket === -1) {
      this.#keep(this.#at, text.length);
      this.#at = text.length;
      return this.#tooLong(into);
    }
    this.#keep(this.#at, bracket);
    this.#at = bracket;
    const tag = tagAt(text, bracket, this.#find);
    if (tag === undefined) {
      if (!last && text.length - bracket <= RECORD_BYTES_MAX) return this.#tooLong(into);
      // No tag has no end: what follows the bracket is text, and the record it stands in is refused when it is read.
      this.#at = bracket + 1;
      return true;
    }
    const local = localOf(tag.name);
    const begins = (tag.kind === "open" || tag.kind === "empty") && this.#parts.has(local);
    if (this.#part !== undefined) {
      const own = localOf(this.#part.name);
      const outside = tag.kind === "close" && tag.name === this.#around.at(-1)?.name && local !== own;
      if ((begins && local === own) || outside) {
        const found = outside ? `</${tag.name}>` : `another <${tag.name}>`;
        this.#record(into, this.#part.from, bracket, `</${this.#part.name}>`, found);
        this.#part = undefined;
        return true;
      }
      this.#at = tag.to;
      if (tag.kind === "close" && local === own) {
        this.#record(into, this.#part.from, tag.to);
        this.#part = undefined;
        return true;
      }
      this.#tooLong(into);
      return true;
    }
    this.#at = tag.to;
    this.#rooted ||= tag.kind === "open" || tag.kind === "empty";
    if (begins) this.#begin(into, tag, bracket);
    else if (tag.kind === "open") {
      if (this.#around.length === LEVELS_MAX) {
        this.#record(into, bracket, tag.to, `at most ${LEVELS_MAX} levels`, "more");
        this.#foreign = true;
        this.#at = text.length;
        return false;
      }
      const kept = this.#kept();
      const headLength = kept ? this.#head.length : -1;
      this.#around.push({ name: tag.name, headLength, parts: false, told: false });
      this.#keep(bracket, tag.to);
    } else if (tag.kind === "close") this.#leave(into, tag.name, bracket, tag.to);
    else this.#keep(bracket, tag.to);
    return true;
  }

  /** What was not found up to some place need not be looked for there again, however many things wait for it. */
  readonly #find: Find = (ends, from) => {
    const known = (this.#missing.get(ends) ?? 0) - this.#offset - ends.length + 1;
    const found = this.#text.indexOf(ends, Math.max(from, known));
    if (found === -1) this.#missing.set(ends, this.#offset + this.#text.length);
    return found;
  };

  #begin(into: RawRecord[], { kind, name, to }: Tag, from: number): void {
    const inmost = this.#around.at(-1);
    if (inmost) inmost.parts = true;
    for (const around of this.#around) around.told = true;
    if (kind === "empty") this.#record(into, from, to);
    else this.#part = { from, name };
  }

  /** An element around closes. Once it was told, the head forgets it: the next of its kind begins anew. */
  #leave(into: RawRecord[], name: string, from: number, to: number): void {
    const index = this.#around.findLastIndex((one) => one.name === name);
    if (index === -1) return;
    const [left] = this.#around.splice(index);
    if (left!.headLength === -1) return;
    const alone = !left!.told && this.#alone.has(localOf(name));
    if (!left!.parts) this.#keep(from, to);
    if (alone) {
      this.#record(into, from, to);
      for (const around of this.#around) around.told = true;
    }
    if (alone || left!.parts) this.#head = this.#head.slice(0, left!.headLength);
  }

  /** Whether what comes now belongs to the head. */
  #kept(): boolean {
    return this.#around.every(({ parts, headLength }) => !parts && headLength !== -1);
  }

  #keep(from: number, to: number): void {
    if (this.#part !== undefined || from === to || !this.#kept()) return;
    if (this.#head.length + to - from > HEAD_BYTES_MAX) this.#headTooLong = true;
    else this.#head += this.#text.slice(from, to);
  }

  #tooLong(into: RawRecord[]): false {
    if (this.#part !== undefined && this.#text.length - this.#part.from > RECORD_BYTES_MAX) {
      const to = this.#part.from + RECORD_BYTES_MAX;
      this.#record(into, this.#part.from, to, `</${this.#part.name}>`, TOO_LONG);
      this.#part = undefined;
      this.#at = Math.max(this.#at, to);
    }
    return false;
  }

  /** The file ends inside a record, or inside what is around the records: it was cut short. */
  #unfinished(into: RawRecord[]): void {
    const open = this.#part?.name ?? this.#around.at(-1)?.name;
    if (open !== undefined) this.#record(into, 0, this.#text.length, `</${open}>`, "the end of the file");
    else if (!this.#rooted && this.#offset + this.#text.length > 0)
      this.#record(into, 0, this.#text.length, "an XML document", "other text");
    this.#part = undefined;
    this.#around.length = 0;
    this.#pass(this.#text.length);
  }

  #record(into: RawRecord[], from: number, to: number, expected?: string, found = ""): void {
    const text = this.#text.slice(from, to);
    const line = this.#lineAt(from);
    const broken = this.#headTooLong
      ? brokenCut(line, `at most ${HEAD_BYTES_MAX} bytes before the first record`, "more")
      : expected !== undefined && brokenCut(line, expected, found);
    into.push({
      bytes: toBytes(text),
      length: text.length,
      place: { offset: this.#offset + from, line, head: this.#head },
      lines: lineFeedsIn(text),
      ...(broken && { broken }),
    });
  }

  /** Counts on from where it was asked last, so that a large piece is not counted again for each record. */
  #lineAt(index: number): number {
    const known = index >= this.#counted.at ? this.#counted : { at: 0, line: this.#line };
    this.#counted = { at: index, line: known.line + lineFeedsIn(this.#text.slice(known.at, index)) };
    return this.#counted.line;
  }

  /** Forgets the text before. */
  #pass(index: number): void {
    this.#line = this.#lineAt(index);
    this.#counted = { at: 0, line: this.#line };
    this.#text = this.#text.slice(index);
    this.#offset += index;
    this.#at -= index;
    if (this.#part !== undefined) this.#part = { ...this.#part, from: this.#part.from - index };
  }
}
