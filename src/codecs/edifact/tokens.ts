/**
 * Cuts a stream of bytes into segments, and segments into elements and components, in one pass.
 *
 * It believes UNA about service characters and nothing else. It works on bytes kept one to a character (`latin1`), so
 * that no byte is lost before a component is whole, and its memory is bounded by one chunk and one segment. What segments
 * mean is for `reader.ts`.
 */
import type { Element, Segment, ServiceCharacters, Tolerance } from "./document.ts";
import type { EdifactLimits } from "./limits.ts";
import { type Repertoire, repertoire, repertoireOf } from "./repertoire.ts";
import { OPENING_CHARS, type Opening, readOpening } from "./service.ts";

/** Why a segment cannot be taken as it stands. */
export interface SegmentFault {
  readonly code: string;
  readonly expected: string;
  readonly found: string;
}

export interface SegmentToken {
  readonly kind: "segment";
  readonly segment: Segment;
  readonly fault: SegmentFault | undefined;
  /** The input ended before the terminator. */
  readonly open: boolean;
}

export type Token =
  | { readonly kind: "opening"; readonly opening: Opening; readonly line: number }
  /** Text outside every interchange. */
  | { readonly kind: "stray"; readonly line: number; readonly text: string; readonly reason: string }
  | SegmentToken;

/** Classes of bytes, while inside an interchange. */
const PLAIN = 0;
const COMPONENT = 1;
const ELEMENT = 2;
const SEGMENT = 3;
const RELEASE = 4;
const REPETITION = 5;
const BREAK = 6;
const CONTROL = 7;
const WIDE = 8;

const isBreak = (code: number): boolean => code === 10 || code === 13;
/** A line ends at LF, and at CR where no LF follows. */
const endsLine = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 10 || text.charCodeAt(at + 1) !== 10;

export class Tokens {
  readonly #limits: EdifactLimits;
  readonly #tags = new Map<number, string>();
  readonly #classes = new Uint8Array(256);
  #buffer = "";
  #at = 0;
  #line = 1;
  #number = 0;
  #ended = false;
  #inside = false;
  /** Nothing was cut since the opening: UNB comes next. */
  #fresh = false;
  #lineEnded = false;
  #characters: ServiceCharacters | undefined;
  #repertoire: Repertoire | undefined;
  #declared: string | undefined;
  #mark = false;
  #skipping = false;
  #tolerated: (what: Tolerance, line: number) => void = () => {};
  // About the part being cut.
  #dirty = false;
  #undecodable = false;

  constructor(limits: EdifactLimits) {
    this.#limits = limits;
  }

  /** Told of every departure from the standard inside segments; the reader keeps the first of each. */
  onTolerated(tell: (what: Tolerance, line: number) => void): void {
    this.#tolerated = tell;
  }

  push(latin1: string): void {
    this.#buffer = this.#at === 0 ? this.#buffer + latin1 : this.#buffer.slice(this.#at) + latin1;
    this.#at = 0;
  }

  end(): void {
    this.#ended = true;
  }

  get line(): number {
    return this.#line;
  }

  /** How many segments were cut so far. */
  get number(): number {
    return this.#number;
  }

  /** How the bytes of this interchange spell characters. */
  get encoding(): string {
    return (
      this.#repertoire?.name ??
      (this.#declared === "utf-8" || this.#mark ? "utf-8" : (this.#declared ?? "us-ascii"))
    );
  }

  /** The interchange is over: what follows is the next one or nothing. */
  leave(): void {
    this.#inside = false;
  }

  /** The next token, or undefined when more input is needed or none is left. */
  next(): Token | undefined {
    for (;;) {
      const token = this.#inside ? this.#segment() : this.#outside();
      if (token !== "again") return token;
    }
  }

  #outside(): Token | undefined {
    this.#skipBlank(true);
    const rest = this.#buffer.length - this.#at;
    if (rest === 0) return undefined;
    if (rest < OPENING_CHARS && !this.#ended) return undefined;
    const seen = this.#buffer.slice(this.#at, this.#at + OPENING_CHARS);
    if (!OPENS.test(seen)) return this.#stray("text outside an interchange", 1);
    const opening = readOpening(seen);
    if (typeof opening === "string") return this.#stray(opening, 3);
    const line = this.#line;
    this.#pass(opening.length);
    this.#enter(opening, line);
    return { kind: "opening", opening, line };
  }

  #enter({ characters, syntax }: Opening, line: number): void {
    this.#inside = true;
    this.#fresh = true;
    this.#lineEnded = isBreak(characters.segment.charCodeAt(0));
    this.#characters = characters;
    this.#declared = repertoireOf(syntax);
    if (this.#declared === undefined) this.#tolerated("unknown syntax identifier", line);
    this.#repertoire = undefined;
    const classes = this.#classes.fill(PLAIN);
    classes.fill(CONTROL, 0, 32);
    classes.fill(WIDE, 128, 256);
    classes[9] = PLAIN;
    classes[127] = CONTROL;
    classes[10] = BREAK;
    classes[13] = BREAK;
    const { component, element, release, repetition, segment } = characters;
    if (release !== undefined) classes[release.charCodeAt(0)] = RELEASE;
    if (repetition !== undefined) classes[repetition.charCodeAt(0)] = REPETITION;
    classes[component.charCodeAt(0)] = COMPONENT;
    classes[element.charCodeAt(0)] = ELEMENT;
    classes[segment.charCodeAt(0)] = SEGMENT;
  }

  /** Skips from here to the next thing that looks like the beginning of an interchange. */
  #stray(reason: string, least: number): Token {
    const from = this.#at;
    const line = this.#line;
    const ahead = /UN[AB][^A-Za-z0-9]/g;
    ahead.lastIndex = from + least;
    const next = ahead.exec(this.#buffer);
    // The last three characters may be the beginning of one whose rest has not come yet.
    const to =
      next?.index ?? (this.#ended ? this.#buffer.length : Math.max(from + least, this.#buffer.length - 3));
    const text = this.#buffer.slice(from, Math.min(to, from + 40));
    this.#pass(to - from);
    return { kind: "stray", line, text: text.trim(), reason };
  }

  #segment(): Token | undefined | "again" {
    if (this.#skipping && !this.#skip()) return undefined;
    this.#skipBlank(false);
    const buffer = this.#buffer;
    const start = this.#at;
    const end = buffer.length;
    if (start >= end) return undefined;
    if (buffer.charCodeAt(start) === 85 && buffer.charCodeAt(start + 1) === 78) {
      // The interchange before it was never ended; the reader says so when it sees the next one.
      if (end - start < 4 && !this.#ended) return undefined;
      const third = buffer.charCodeAt(start + 2);
      if ((third === 65 || (third === 66 && !this.#fresh)) && OPENS.test(buffer.slice(start, start + 4))) {
        this.#inside = false;
        return "again";
      }
    }
    const classes = this.#classes;
    const limit = this.#limits.partsPerSegment;
    let line = this.#line;
    let at = start;
    let from = start;
    let id: string | undefined;
    let nesting: string[] | undefined;
    const elements: Element[] = [];
    let parts: string[] | undefined;
    let repeats: (string | readonly string[])[] | undefined;
    let count = 0;
    let broken = false;
    let controls = false;
    let closed = false;
    this.#dirty = false;
    this.#undecodable = false;
    for (; ; at += 1) {
      let kind: number;
      if (at >= end) {
        if (!this.#ended) {
          if (end - start > this.#limits.segmentBytes)
            return this.#oversize(id ?? buffer.slice(start, start + 3));
          return undefined;
        }
        kind = SEGMENT;
      } else {
        kind = classes[buffer.charCodeAt(at) & 255]!;
        if (kind === PLAIN) continue;
        closed = kind === SEGMENT;
      }
      if (kind >= RELEASE) {
        if (kind === REPETITION) {
          if (id === undefined) continue;
          const text = this.#part(from, at);
          from = at + 1;
          count += 1;
          repeats ??= [];
          if (parts) parts.push(text);
          repeats.push(parts ?? text);
          parts = undefined;
          continue;
        }
        this.#dirty = true;
        if (kind === RELEASE) {
          // What is released may stand behind the line break of a wrapped file, and may be any character.
          for (at += 1; at < end && isBreak(buffer.charCodeAt(at)); at += 1) {
            broken = true;
            if (endsLine(buffer, at)) line += 1;
          }
        } else if (kind === BREAK) {
          // Before a terminator that is itself a line break, it is the other half of one.
          if (classes[buffer.charCodeAt(at + 1) & 255] !== SEGMENT || !this.#lineEnded) broken = true;
          if (endsLine(buffer, at)) line += 1;
        } else if (kind === CONTROL) controls = true;
        continue;
      }
      // A component, an element or the segment ends here.
      const text = at === from ? "" : this.#part(from, at);
      from = at + 1;
      count += 1;
      if (kind === COMPONENT) {
        if (parts) parts.push(text);
        else parts = [text];
        if (count > limit) break;
        continue;
      }
      if (parts) parts.push(text);
      if (id === undefined) {
        id = parts ? parts[0]! : text;
        if (parts && parts.length > 1) nesting = parts.slice(1);
      } else if (repeats) {
        repeats.push(parts ?? text);
        elements.push({ repeats });
        repeats = undefined;
      } else elements.push(parts ?? text);
      parts = undefined;
      if (kind === SEGMENT || count > limit) break;
    }
    if (count > limit || at - start > this.#limits.segmentBytes) {
      return this.#oversize(id ?? buffer.slice(start, start + 3));
    }
    const open = !closed;
    const began = this.#line;
    this.#line = line;
    this.#at = at >= end ? end : at + 1;
    if (closed && this.#lineEnded) this.#line += 1;
    if (broken) this.#tolerated("line breaks inside segments", began);
    let tag = this.#tagOf(id!);
    if (open && tag.trim() === "" && elements.length === 0) return "again";
    this.#number += 1;
    this.#fresh = false;
    let fault: SegmentFault | undefined;
    if (!TAG.test(tag)) {
      fault = {
        code: "12",
        expected: "a segment tag of three letters",
        found: JSON.stringify(tag.slice(0, 20)),
      };
      tag = tag.slice(0, 20);
    } else if (controls) {
      fault = { code: "21", expected: "printable characters", found: "a control character" };
    } else if (this.#undecodable) {
      fault = { code: "21", expected: `characters of ${this.encoding}`, found: "bytes that spell none" };
    }
    const made = nesting
      ? { id: tag, nesting, elements, line: began, number: this.#number, position: 0 }
      : { id: tag, elements, line: began, number: this.#number, position: 0 };
    return { kind: "segment", segment: made, fault, open };
  }

  /** The text of one part: as it stands, or without release characters and line breaks and in Unicode. */
  #part(from: number, to: number): string {
    const text = this.#buffer.slice(from, to);
    const wide = this.#wide(from, to);
    if (!this.#dirty && !wide) return text;
    this.#dirty = false;
    return this.#clean(text, wide);
  }

  #wide(from: number, to: number): boolean {
    if (!this.#dirty) return false;
    const buffer = this.#buffer;
    for (let at = from; at < to; at += 1) if (buffer.charCodeAt(at) > 127) return true;
    return false;
  }

  #clean(text: string, wide: boolean): string {
    const release = this.#characters!.release;
    let bare = text;
    if (/[\r\n]/.test(bare)) bare = bare.replace(/[\r\n]/g, "");
    if (release !== undefined && bare.includes(release)) {
      let made = "";
      let from = 0;
      for (let at = bare.indexOf(release); at !== -1; at = bare.indexOf(release, at + 2)) {
        made += bare.slice(from, at);
        from = at + 1;
      }
      bare = made + bare.slice(from);
    }
    return wide ? this.#decode(bare) : bare;
  }

  #decode(bytes: string): string {
    this.#repertoire ??= this.#choose(bytes);
    const text = this.#repertoire.read(bytes);
    if (text !== undefined) return text;
    this.#undecodable = true;
    return bytes;
  }

  /**
   * The first text beyond ASCII settles how this interchange is read: as declared, except that well-formed UTF-8 under a
   * declaration of single bytes is UTF-8 (no text in ISO 8859 looks like it), and bytes under a declaration of ASCII, or
   * none we know, are UTF-8 or else Latin-1.
   */
  #choose(bytes: string): Repertoire {
    const declared = this.#declared;
    if (declared === "utf-8") return repertoire("utf-8");
    const wellFormed = this.#mark || repertoire("utf-8").read(bytes) !== undefined;
    if (wellFormed || declared === undefined || declared === "us-ascii") {
      this.#tolerated("characters outside the declared repertoire", this.#line);
      return repertoire(wellFormed ? "utf-8" : "iso-8859-1");
    }
    return repertoire(declared);
  }

  /** One string for each tag, however often it comes: what follows compares and looks up by it. */
  #tagOf(id: string): string {
    if (id.length !== 3) return id.trim();
    const key = (id.charCodeAt(0) << 16) | (id.charCodeAt(1) << 8) | id.charCodeAt(2);
    const known = this.#tags.get(key);
    if (known !== undefined) return known;
    if (this.#tags.size < TAGS_MAX) this.#tags.set(key, id);
    return id;
  }

  #oversize(id: string): Token {
    const { segmentBytes, partsPerSegment } = this.#limits;
    const line = this.#line;
    this.#skipping = true;
    this.#number += 1;
    return {
      kind: "segment",
      segment: { id: id.trim().slice(0, 3), elements: [], line, number: this.#number, position: 0 },
      fault: {
        code: "16",
        expected: `a segment of at most ${segmentBytes} bytes and ${partsPerSegment} parts`,
        found: "a larger one",
      },
      open: false,
    };
  }

  /** Passes over the rest of a segment that was refused; false while its end has not come. */
  #skip(): boolean {
    const buffer = this.#buffer;
    const classes = this.#classes;
    for (let at = this.#at; at < buffer.length; at += 1) {
      const kind = classes[buffer.charCodeAt(at) & 255];
      if (kind === RELEASE) at += 1;
      else if (kind === SEGMENT) {
        this.#pass(at + 1 - this.#at);
        this.#skipping = false;
        return true;
      }
    }
    // A release character at the very end keeps its place, so that what it releases is not taken for an end.
    const keep = !this.#ended && classes[buffer.charCodeAt(buffer.length - 1) & 255] === RELEASE ? 1 : 0;
    this.#pass(Math.max(0, buffer.length - keep - this.#at));
    return false;
  }

  #skipBlank(outside: boolean): void {
    const buffer = this.#buffer;
    const terminator = outside ? -1 : this.#characters!.segment.charCodeAt(0);
    for (; this.#at < buffer.length; this.#at += 1) {
      const code = buffer.charCodeAt(this.#at);
      if (code === 10) this.#line += 1;
      else if (code === 13) {
        if (this.#at + 1 < buffer.length && buffer.charCodeAt(this.#at + 1) !== 10) this.#line += 1;
      } else if (code === 32 || code === 9) {
        if (!outside) this.#tolerated("blanks before segments", this.#line);
      } else if (code === terminator) {
        // Two terminators in a row: an empty segment says nothing.
      } else if (!(outside && (code === 0x1a || this.#byteOrderMark()))) return;
    }
  }

  /** Steps over a UTF-8 byte order mark. */
  #byteOrderMark(): boolean {
    if (!this.#buffer.startsWith("\xef\xbb\xbf", this.#at)) return false;
    this.#at += 2;
    this.#mark = true;
    this.#tolerated("byte order mark", this.#line);
    return true;
  }

  /** Moves on and counts the lines passed. */
  #pass(length: number): void {
    const to = this.#at + length;
    for (
      let at = this.#buffer.indexOf("\n", this.#at);
      at !== -1 && at < to;
      at = this.#buffer.indexOf("\n", at + 1)
    ) {
      this.#line += 1;
    }
    this.#at = to;
  }
}

const TAGS_MAX = 1_000;
const TAG = /^[A-Z][A-Z0-9]{2}$/;
const OPENS = /^UN[AB][^A-Za-z0-9]/;
