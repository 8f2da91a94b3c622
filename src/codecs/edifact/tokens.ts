/**
 * Cuts a stream of bytes into segments, and segments into elements and components, in one pass.
 *
 * It believes UNA about service characters and nothing else. It works on bytes kept one to a character (`latin1`), so
 * that no byte is lost before a component is whole, and its memory is bounded by one chunk and one segment. What segments
 * mean is for `reader.ts`.
 */
import type { Element, ServiceCharacters, Tolerance } from "./document.ts";
import type { EdifactLimits } from "./limits.ts";
import { repertoireOf } from "./repertoire.ts";
import { OPENING_CHARS, type Opening, readOpening } from "./service.ts";
import { Spelling } from "./spelling.ts";
import type { SegmentFault, SegmentToken, Token, Written } from "./token.ts";

/** Classes of bytes, while inside an interchange. */
const PLAIN = 0;
const COMPONENT = 1;
const ELEMENT = 2;
const SEGMENT = 3;
const REPETITION = 4;
/** Those from here on end no part. */
const RELEASE = 5;
const BREAK = 6;
const CONTROL = 7;
const WIDE = 8;
/** Set beside the kind of a mark where the part before it must be cleaned. */
const DIRTY = 16;
const KIND = 15;

const isBreak = (code: number): boolean => code === 10 || code === 13;
/** A line ends at LF, and at CR where no LF follows. */
const endsLine = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 10 || text.charCodeAt(at + 1) !== 10;

export class Tokens {
  readonly #limits: EdifactLimits;
  /** Told again for every segment: whoever takes a token is done with it before the next. */
  readonly #token: { -readonly [key in keyof SegmentToken]: SegmentToken[key] } = {
    kind: "segment",
    segment: { id: "", elements: [] },
    fault: undefined,
    open: false,
    at: 0,
  };
  readonly #tags = new Map<number, string>();
  /** Where the parts of the segment being cut end, and what ends them. */
  readonly #marks: Int32Array;
  readonly #kinds: Uint8Array;
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
  #opening: Opening | undefined;
  #characters: ServiceCharacters | undefined;
  #spelling: Spelling;
  #mark = false;
  #skipping = false;
  #tolerated: (what: Tolerance, line: number) => void = () => {};
  /** The tag just cut is one; otherwise it is looked at more closely. */
  #sure = false;

  constructor(limits: EdifactLimits) {
    this.#limits = limits;
    this.#spelling = this.#spelled(undefined, undefined);
    this.#marks = new Int32Array(limits.partsPerSegment);
    this.#kinds = new Uint8Array(limits.partsPerSegment);
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
    return this.#spelling.encoding;
  }

  /** The interchange is over: what follows is the next one or nothing. */
  leave(): void {
    this.#inside = false;
  }

  /** Where a segment stands that was just told. */
  written({ at, segment: { line = 0, number = 0 } }: SegmentToken): Written {
    return { at, line, number: number - 1, opening: this.#opening!, spelling: this.#spelling };
  }

  /** Goes back to a segment of a document that is held as a whole. */
  goTo({ at, line, number, opening, spelling }: Written): void {
    if (!this.#inside || opening !== this.#opening) this.#enter(opening, line);
    this.#spelling = spelling;
    this.#fresh = false;
    this.#skipping = false;
    this.#at = at;
    this.#line = line;
    this.#number = number;
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

  #enter(opening: Opening, line: number): void {
    const { characters, syntax } = opening;
    this.#opening = opening;
    this.#inside = true;
    this.#fresh = true;
    this.#lineEnded = isBreak(characters.segment.charCodeAt(0));
    this.#characters = characters;
    const declared = repertoireOf(syntax);
    if (declared === undefined) this.#tolerated("unknown syntax identifier", line);
    this.#spelling = this.#spelled(declared, characters.release);
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
    let repeated = false;
    const classes = this.#classes;
    const marks = this.#marks;
    const kinds = this.#kinds;
    const limit = marks.length;
    const closes = this.#lineEnded;
    let line = this.#line;
    let at = start;
    let count = 0;
    let length = 0;
    let dirty = 0;
    let broken = false;
    let controls = false;
    let closed = false;
    for (; ; at += 1) {
      let kind: number;
      if (at < end) {
        kind = classes[buffer.charCodeAt(at) & 255]!;
        if (kind === PLAIN) continue;
        closed = kind === SEGMENT;
      } else {
        if (!this.#ended) {
          return end - start > this.#limits.segmentBytes ? this.#oversize(start) : undefined;
        }
        kind = SEGMENT;
      }
      if (kind < RELEASE) {
        if (count === limit) return this.#oversize(start);
        marks[count] = at;
        kinds[count] = kind | dirty;
        dirty = 0;
        count += 1;
        if (kind === COMPONENT) continue;
        if (kind === REPETITION) {
          repeated = true;
          continue;
        }
        length += 1;
        if (kind === SEGMENT) break;
        continue;
      }
      dirty = DIRTY;
      if (kind === RELEASE) {
        // What is released may stand behind the line break of a wrapped file, and may be any character.
        for (at += 1; at < end && isBreak(buffer.charCodeAt(at)); at += 1) {
          broken = true;
          if (endsLine(buffer, at)) line += 1;
        }
      } else if (kind === BREAK) {
        // Before a terminator that is itself a line break, it is the other half of one.
        if (!closes || classes[buffer.charCodeAt(at + 1) & 255] !== SEGMENT) broken = true;
        if (endsLine(buffer, at)) line += 1;
      } else if (kind === CONTROL) controls = true;
    }
    if (at - start > this.#limits.segmentBytes) return this.#oversize(start);
    this.#spelling.undecodable = false;
    // Composed of what was marked, in arrays of just the right size: growing them would be most of the work.
    let next = 0;
    while ((kinds[next]! & KIND) === COMPONENT || (kinds[next]! & KIND) === REPETITION) next += 1;
    const id = this.#tagOf(buffer, start, kinds[0]! & DIRTY);
    const nesting = next === 0 ? undefined : this.#composite(0, next, start).slice(1);
    const elements: Element[] = new Array(length - 1);
    for (let index = 0; index < length - 1; index += 1) {
      const from = next + 1;
      next = from;
      if (repeated) {
        while ((kinds[next]! & KIND) === COMPONENT || (kinds[next]! & KIND) === REPETITION) next += 1;
        elements[index] = this.#repeats(from, next);
        continue;
      }
      while ((kinds[next]! & KIND) === COMPONENT) next += 1;
      elements[index] =
        next === from
          ? this.#part(marks[from - 1]! + 1, from)
          : this.#composite(from, next, marks[from - 1]! + 1);
    }
    const open = !closed;
    const began = this.#line;
    this.#line = closed && closes ? line + 1 : line;
    this.#at = at >= end ? end : at + 1;
    if (open && id === "" && elements.length === 0) return "again";
    if (broken) this.#tolerated("line breaks inside segments", began);
    this.#number += 1;
    this.#fresh = false;
    const fault =
      controls || this.#spelling.undecodable || !this.#sure ? this.#faultOf(id, controls) : undefined;
    const tag = id.length > 20 ? id.slice(0, 20) : id;
    const number = this.#number;
    const segment = nesting
      ? { id: tag, nesting, elements, line: began, number, position: 0 }
      : { id: tag, elements, line: began, number, position: 0 };
    const token = this.#token;
    token.segment = segment;
    token.fault = fault;
    token.open = open;
    token.at = start;
    return token;
  }

  #faultOf(id: string, controls: boolean): SegmentFault | undefined {
    if (!TAG.test(id)) {
      const found = JSON.stringify(id.slice(0, 20));
      return { code: "12", expected: "a segment tag of three letters", found };
    }
    if (controls) return { code: "21", expected: "printable characters", found: "a control character" };
    if (!this.#spelling.undecodable) return undefined;
    return { code: "21", expected: `characters of ${this.encoding}`, found: "bytes that spell none" };
  }

  /** The parts from mark `from` to mark `to`, of which the first begins at `begin`. */
  #composite(from: number, to: number, begin: number): string[] {
    const marks = this.#marks;
    const first = this.#part(begin, from);
    if (to === from + 1) return [first, this.#part(marks[from]! + 1, to)];
    if (to === from + 2) {
      return [first, this.#part(marks[from]! + 1, from + 1), this.#part(marks[from + 1]! + 1, to)];
    }
    const parts: string[] = new Array(to - from + 1);
    parts[0] = first;
    for (let at = from + 1; at <= to; at += 1) parts[at - from] = this.#part(marks[at - 1]! + 1, at);
    return parts;
  }

  /** The same where a repetition separator may stand between them. */
  #repeats(from: number, to: number): Element {
    const marks = this.#marks;
    const one = (first: number, last: number): string | string[] =>
      first === last
        ? this.#part(marks[first - 1]! + 1, first)
        : this.#composite(first, last, marks[first - 1]! + 1);
    const repeats: (string | string[])[] = [];
    let first = from;
    for (let at = from; at <= to; at += 1) {
      if (at < to && (this.#kinds[at]! & KIND) === COMPONENT) continue;
      repeats.push(one(first, at));
      first = at + 1;
    }
    return repeats.length === 1 ? repeats[0]! : { repeats };
  }

  /** The text that ends at this mark: as it stands, or without release characters and line breaks and in Unicode. */
  #part(from: number, mark: number): string {
    const to = this.#marks[mark]!;
    if (from === to) return "";
    const text = this.#buffer.slice(from, to);
    return (this.#kinds[mark]! & DIRTY) === 0 ? text : this.#spelling.clean(text);
  }

  #spelled(declared: string | undefined, release: string | undefined): Spelling {
    return new Spelling(declared, release, this.#mark, () =>
      this.#tolerated("characters outside the declared repertoire", this.#line),
    );
  }

  /** One string for each tag, however often it comes: what follows compares and looks up by it. */
  #tagOf(buffer: string, start: number, dirty: number): string {
    this.#sure = false;
    if (dirty !== 0 || this.#marks[0]! - start !== 3) return this.#part(start, 0).trim();
    const key =
      (buffer.charCodeAt(start) << 16) | (buffer.charCodeAt(start + 1) << 8) | buffer.charCodeAt(start + 2);
    let id = this.#tags.get(key);
    if (id === undefined) {
      id = buffer.slice(start, start + 3);
      if (!TAG.test(id)) return id.trim();
      this.#tags.set(key, id);
    }
    this.#sure = true;
    return id;
  }

  #oversize(start: number): Token {
    const id = this.#buffer.slice(start, start + 3);
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
      at: start,
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

const TAG = /^[A-Z][A-Z0-9]{2}$/;
const OPENS = /^UN[AB][^A-Za-z0-9]/;
