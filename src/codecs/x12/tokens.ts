/**
 * Cuts a stream of bytes into interchange headers and segments, and segments into elements, in one pass.
 *
 * It believes the header about delimiters and nothing else: which characters separate, which end a segment, and how
 * lines are broken, are read from ISA. It works on bytes kept one to a character (`latin1`), so no byte is lost before
 * a segment is whole, and its memory is bounded by one chunk and one segment. What segments mean is for `reader.ts`.
 */
import type { Delimiters, Tolerance } from "./document.ts";
import { utf8 } from "./encoding.ts";
import { type Header, readHeader } from "./header.ts";

export interface SegmentToken {
  readonly kind: "segment";
  readonly id: string;
  /** As they stand between the separators: components and repetitions are not told apart yet. */
  readonly elements: string[];
  /** A component or repetition separator may stand in it. */
  readonly nested: boolean;
  /** Where it begins in the text that is held; in a document held as a whole, where it begins in that. */
  readonly at: number;
  readonly line: number;
  readonly latin1: boolean;
  /** The input ended before the terminator. */
  readonly open: boolean;
  /** It was longer than a segment may be, and was cut off. */
  readonly oversize: boolean;
  /** It holds control characters other than separators. */
  readonly control: boolean;
  /** The content of BIN or BDS, which may hold delimiters; it stands behind `elements` as one more. */
  readonly binary: string | undefined;
}

export type Token =
  | { readonly kind: "header"; readonly header: Header }
  /** Text outside every interchange, or a header that could not be read. */
  | { readonly kind: "stray"; readonly line: number; readonly text: string; readonly reason: string }
  | SegmentToken;

type Place = Pick<SegmentToken, "at" | "line">;

const HEADER_CHARS_MAX = 600;
const AS_USUAL = {};

/** Classes of bytes, while inside an interchange. */
const PLAIN = 0;
const ELEMENT = 1;
const NESTED = 2;
/** Those from here on end the quick pass. */
const SEGMENT = 4;
const UNUSUAL = 8;
/** Segments of more elements are cut the slow way. */
const MARKS = 512;

// Most segments are plain characters and separators; what else may stand in one is looked at in turn.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters other than separators are looked for.
const ODD = /[^\x07-\x09\x0b\x0c\x1b-\x7f]/;
const BREAK = /[\r\n]/;
const WIDE = /[\x80-\xff]/;
const IDENTIFIER = /^[A-Z][A-Z0-9]{1,2}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters other than separators are looked for.
const CONTROL = /[\0-\x06\x0e-\x1a]/;

export class Tokens {
  readonly #segmentMax: number;
  #buffer = "";
  #at = 0;
  #line = 1;
  #break = -1;
  /** Old Macintosh files break lines with CR alone. */
  #lineBreak = "\n";
  #ended = false;
  #delimiters: Delimiters | undefined;
  #elementSeparator = "";
  #terminator = "";
  #lineEnded = false;
  readonly #classes = new Uint8Array(256);
  /** Where the elements of the segment being cut end. */
  readonly #marks = new Int32Array(MARKS);
  readonly #ids = new Map<number, string>();
  #oversize = false;
  /** Stray text was told, and no header has come since. */
  #strayed = false;
  #tolerated: (what: Tolerance, line: number) => void = () => {};

  /** `segmentMax` in bytes: a longer segment is cut and said to be oversize. */
  constructor(segmentMax: number) {
    this.#segmentMax = segmentMax;
  }

  /** Told of every departure from the standard inside segments; the reader keeps the first of each. */
  onTolerated(tell: (what: Tolerance, line: number) => void): void {
    this.#tolerated = tell;
  }

  push(latin1: string): void {
    this.#buffer = this.#at === 0 ? this.#buffer + latin1 : this.#buffer.slice(this.#at) + latin1;
    this.#at = 0;
    this.#break = -1;
  }

  end(): void {
    this.#ended = true;
  }

  /** Goes back to a segment of a document that is held as a whole. */
  goTo(at: number, line: number, delimiters: Delimiters): void {
    this.#at = at;
    this.#line = line;
    this.#break = -1;
    this.#oversize = false;
    if (delimiters !== this.#delimiters) this.#enter(delimiters);
  }

  /** The next token, or undefined when more input is needed or none is left. */
  next(): Token | undefined {
    return this.#delimiters === undefined ? this.#outside() : this.#inside(this.#delimiters);
  }

  /** The interchange is over: what follows is the next header or nothing. */
  leave(): void {
    this.#delimiters = undefined;
  }

  #outside(): Token | undefined {
    for (;;) {
      this.#skipBlank(true);
      const rest = this.#buffer.length - this.#at;
      if (rest === 0 || (rest < 4 && !this.#ended)) return undefined;
      const headed = /^ISA[^A-Za-z0-9 \r\n]/.test(this.#buffer.slice(this.#at, this.#at + 4));
      const known = this.#strayed;
      const token = headed ? this.#header() : this.#stray("text outside an interchange", 1);
      if (token?.kind !== "stray") this.#strayed &&= token === undefined;
      // What follows stray text up to the next sound header is the same finding, in whatever pieces it comes.
      else if (known) continue;
      else this.#strayed = true;
      return token;
    }
  }

  #header(): Token | undefined {
    const seen = this.#buffer.slice(this.#at, this.#at + HEADER_CHARS_MAX);
    if (seen.length < HEADER_CHARS_MAX && !this.#ended) return undefined;
    const found = readHeader(seen, this.#line);
    if (typeof found === "string") return this.#stray(found, 3);
    this.#enter(found.delimiters);
    this.#pass(found.length);
    return { kind: "header", header: found };
  }

  #enter(delimiters: Delimiters): void {
    const { element, component, repetition, segment } = delimiters;
    this.#delimiters = delimiters;
    this.#lineBreak = segment === "\r" ? "\r" : "\n";
    this.#break = -1;
    this.#elementSeparator = element;
    this.#lineEnded = /^[\r\n]+$/.test(segment);
    this.#terminator = this.#lineEnded ? segment.at(-1)! : segment;
    for (let code = 0; code < 256; code += 1)
      this.#classes[code] = ODD.test(String.fromCharCode(code)) ? UNUSUAL : PLAIN;
    for (const nesting of [component, repetition])
      if (nesting !== undefined && this.#classes[nesting.charCodeAt(0)] === PLAIN)
        this.#classes[nesting.charCodeAt(0)] = NESTED;
    if (this.#classes[element.charCodeAt(0)] !== UNUSUAL) this.#classes[element.charCodeAt(0)] = ELEMENT;
    // Terminators of several characters are looked for as a whole.
    this.#classes[this.#terminator.charCodeAt(0)] = this.#terminator.length === 1 ? SEGMENT : UNUSUAL;
  }

  /** Skips from here to the next thing that looks like a header. */
  #stray(reason: string, least: number): Token {
    const from = this.#at;
    const line = this.#line;
    const ahead = /ISA[^A-Za-z0-9 \r\n]/g;
    ahead.lastIndex = from + least;
    const next = ahead.exec(this.#buffer);
    // The last three characters may be the beginning of a header whose rest has not come yet.
    const to =
      next?.index ?? (this.#ended ? this.#buffer.length : Math.max(from + least, this.#buffer.length - 3));
    const text = this.#buffer.slice(from, Math.min(to, from + 40));
    this.#pass(to - from);
    return { kind: "stray", line, text: text.trim(), reason };
  }

  #inside(delimiters: Delimiters): Token | undefined {
    for (;;) {
      this.#skipBlank(false);
      if (this.#at >= this.#buffer.length) return undefined;
      if (this.#buffer.charCodeAt(this.#at) === 73 && this.#startsHeader(delimiters)) {
        // The interchange before it was never ended; the reader says so when it sees the new header.
        this.#delimiters = undefined;
        return this.#outside();
      }
      const binary = this.#binary(delimiters);
      if (binary !== undefined) return binary === "more" ? undefined : binary;
      const usual = this.#usual(delimiters);
      if (usual) return usual;
      const terminator = this.#terminator;
      const end = this.#buffer.indexOf(terminator, this.#at);
      const place = { at: this.#at, line: this.#line };
      if (end === -1 || end - this.#at > this.#segmentMax) {
        if (end === -1 && !this.#ended && this.#buffer.length - this.#at <= this.#segmentMax)
          return undefined;
        if (this.#buffer.length - this.#at > this.#segmentMax) return this.#tooLong(end, place.line);
        const text = this.#buffer.slice(this.#at);
        this.#pass(text.length);
        return this.#segment(text.trimEnd(), place, delimiters, { open: true });
      }
      if (this.#oversize) {
        // The tail of a segment that was refused already.
        this.#pass(end - this.#at + terminator.length);
        this.#oversize = false;
        continue;
      }
      const text = this.#buffer.slice(this.#at, end);
      // A header inside a segment: the terminator of the interchange before it was forgotten.
      const header = text.length > 80 ? text.search(/[\r\n]ISA[^A-Za-z0-9 \r\n]\d\d/) : -1;
      if (header > 0) {
        this.#pass(header + 1);
        return this.#segment(text.slice(0, header), place, delimiters, { open: true });
      }
      this.#pass(text.length + terminator.length);
      const token = this.#segment(text, place, delimiters);
      if (token.id !== "" || token.elements.length > 0) return token;
    }
  }

  /** A segment of plain characters and separators, which most are; undefined where it must be looked at more closely. */
  #usual({ component }: Delimiters): SegmentToken | undefined {
    const buffer = this.#buffer;
    const classes = this.#classes;
    const marks = this.#marks;
    const start = this.#at;
    // The tail of a segment that was refused already, or one that may be too long, goes the slow way.
    const limit = this.#oversize ? start : Math.min(buffer.length, start + this.#segmentMax);
    let count = 0;
    let nested = false;
    let end = start;
    let next = start;
    for (; ; end += 1) {
      if (end >= limit) return undefined;
      const kind = classes[buffer.charCodeAt(end) & 255]!;
      if (kind === PLAIN) continue;
      if (kind === ELEMENT) {
        if (count === MARKS - 1) return undefined;
        marks[count] = end;
        count += 1;
      } else if (kind === NESTED) nested = true;
      else {
        next = end + 1;
        if (kind === SEGMENT) break;
        // CR LF at the end of a line that ends the segment.
        if (!this.#lineEnded || buffer.charCodeAt(end) !== 13 || !this.#terminates(next)) return undefined;
        next += 1;
        break;
      }
    }
    if (
      end === start ||
      (this.#lineEnded && nested && buffer.startsWith(component!, end - component!.length))
    )
      return undefined;
    const { length } = this.#terminator;
    const line = this.#line;
    if (length === 1 && this.#terminator === this.#lineBreak) this.#line += 1;
    this.#at = next;
    marks[count] = end;
    const id = this.#idOf(start, marks[0]!);
    const elements: string[] = new Array(count);
    let from = marks[0]! + 1;
    for (let index = 0; index < count; index += 1) {
      const to = marks[index + 1]!;
      elements[index] = to === from ? "" : buffer.slice(from, to);
      from = to + 1;
    }
    return {
      kind: "segment",
      id,
      elements,
      nested,
      at: start,
      line,
      latin1: false,
      open: false,
      oversize: false,
      control: false,
      binary: undefined,
    };
  }

  #terminates(at: number): boolean {
    return this.#classes[this.#buffer.charCodeAt(at) & 255] === SEGMENT;
  }

  /** One string for each identifier, however often it comes: what follows compares and looks up by it. */
  #idOf(from: number, to: number): string {
    const buffer = this.#buffer;
    if (to - from !== 3 && to - from !== 2) return buffer.slice(from, to);
    const third = to - from === 3 ? buffer.charCodeAt(from + 2) : 0;
    const key = (buffer.charCodeAt(from) << 16) | (buffer.charCodeAt(from + 1) << 8) | third;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = buffer.slice(from, to);
    // Only what can be one is kept, so strangers cannot fill the memory.
    if (IDENTIFIER.test(id)) this.#ids.set(key, id);
    return id;
  }

  #tooLong(end: number, line: number): Token | undefined {
    const at = this.#at;
    const text = this.#buffer.slice(at, at + 40);
    const known = this.#oversize;
    this.#oversize = end === -1;
    this.#pass(end === -1 ? this.#buffer.length - this.#at : end - this.#at + 1);
    if (known) return this.#inside(this.#delimiters!);
    return {
      kind: "segment",
      id: text.split(this.#elementSeparator, 1)[0]!,
      elements: [],
      nested: false,
      at,
      line,
      latin1: false,
      open: false,
      oversize: true,
      control: false,
      binary: undefined,
    };
  }

  #segment(
    raw: string,
    { at, line }: Place,
    delimiters: Delimiters,
    how: { readonly open?: boolean; readonly binary?: string } = AS_USUAL,
  ): SegmentToken {
    let text = raw;
    if (this.#lineEnded) {
      if (text.endsWith("\r")) text = text.slice(0, -1);
      // `DTM*002*20261121~` where ~ is named as component separator: the sender ends segments with ~ and a line break.
      const { component } = delimiters;
      if (component !== undefined && text.endsWith(component)) {
        this.#tolerated("component separator before the line end", line);
        while (text.endsWith(component)) text = text.slice(0, -component.length);
      }
    }
    const { open = false, binary } = how;
    const odd = ODD.test(text);
    let latin1 = false;
    if (odd) {
      if (!this.#lineEnded && BREAK.test(text)) {
        this.#tolerated("line breaks inside segments", line);
        text = text.replace(/[\r\n]/g, "");
      }
      if (WIDE.test(text)) {
        const wide = utf8(text);
        latin1 = wide === undefined;
        text = wide ?? text;
      }
    }
    const control = odd && CONTROL.test(text);
    const [id = "", ...elements] = text.split(this.#elementSeparator);
    return {
      kind: "segment",
      id,
      elements,
      nested: true,
      at,
      line,
      latin1,
      open,
      oversize: false,
      control,
      binary,
    };
  }

  #startsHeader({ element }: Delimiters): boolean {
    return this.#buffer.startsWith(`ISA${element}`, this.#at);
  }

  /** BIN*length*bytes and BDS*filter*length*bytes: the content is counted, not searched for a terminator. */
  #binary(delimiters: Delimiters): SegmentToken | "more" | undefined {
    if (this.#buffer.charCodeAt(this.#at) !== 66) return undefined;
    const id = this.#buffer.slice(this.#at, this.#at + 3);
    if (id !== "BIN" && id !== "BDS") return undefined;
    const separator = this.#elementSeparator;
    const fields = id === "BIN" ? 2 : 3;
    let to = this.#at;
    for (let field = 0; field < fields; field += 1) {
      to = this.#buffer.indexOf(separator, field === 0 ? to : to + separator.length);
      if (to === -1 || to - this.#at > 40) return undefined;
    }
    const head = this.#buffer.slice(this.#at, to);
    const length = Number(/(\d{1,9})$/.exec(head)?.[1] ?? Number.NaN);
    const content = to + separator.length;
    const end = content + length;
    if (!Number.isFinite(length) || length > this.#segmentMax) return undefined;
    if (this.#buffer.length < end + delimiters.segment.length) return this.#ended ? undefined : "more";
    if (!this.#buffer.startsWith(delimiters.segment, end)) return undefined;
    const place = { at: this.#at, line: this.#line };
    const binary = this.#buffer.slice(content, end);
    this.#pass(end + delimiters.segment.length - this.#at);
    return this.#segment(head, place, delimiters, { binary });
  }

  #skipBlank(outside: boolean): void {
    for (; this.#at < this.#buffer.length; this.#at += 1) {
      const code = this.#buffer.charCodeAt(this.#at);
      if (code === 10) this.#line += 1;
      else if (code === 13) continue;
      else if (code === 32 || code === 9) {
        if (!outside) this.#tolerated("blanks before segments", this.#line);
      } else if (!(outside && (code === 0x1a || this.#mark()))) return;
    }
  }

  /** Steps over a UTF-8 byte order mark. */
  #mark(): boolean {
    if (!this.#buffer.startsWith("\xef\xbb\xbf", this.#at)) return false;
    this.#at += 2;
    this.#tolerated("byte order mark", this.#line);
    return true;
  }

  /** Moves on and counts the lines passed. The next line break is remembered: looking for it each time is quadratic. */
  #pass(length: number): void {
    const to = this.#at + length;
    if (this.#break < this.#at) this.#break = this.#nextBreak(this.#at);
    while (this.#break < to) {
      this.#line += 1;
      this.#break = this.#nextBreak(this.#break + 1);
    }
    this.#at = to;
  }

  #nextBreak(from: number): number {
    const at = this.#buffer.indexOf(this.#lineBreak, from);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }
}
