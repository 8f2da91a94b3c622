/**
 * Cuts files of lines into records of many lines, for formats in which a line says by its beginning where it belongs.
 *
 * Like every cutter it finds only where a record begins and ends, so one that cannot be read hides no other. Any line end
 * will do, and text is one byte to a character. Of a record beyond 4 MB only so much is kept, and it is broken.
 */
import type { Bytes } from "../std/bytes.ts";
import { brokenCut, type Cutter, lineEndsIn, type Place, type RawRecord } from "./records.ts";

/** What a line is to the records: it begins one (and ends the one before), belongs to it, or ends it; or stands outside. */
export type Standing = "begins" | "goes on" | "ends" | "outside" | Misplaced;
/** It can stand neither in a record nor outside. */
export interface Misplaced {
  readonly expected: string;
}

/** What is known of a file up to the line in hand. */
export interface Grouping {
  standing(line: string): Standing;
  /** What every record from here on is read behind. */
  head(): string | null;
  /** The file ends here: what it lacks, whether what is open is a record, or that it says nothing. */
  end(): "whole" | "nothing" | Misplaced;
}

const RECORD_BYTES_MAX = 4_194_304;
/** Line ends, and what follows them, are looked for again from so far back. */
const BACK = 64;
/** As head of the last record: what the file lacks at its end was told. */
const TOLD = "\0";

/** A record that is open. */
interface Begun {
  from: number;
  readonly line: number;
  readonly head: string | null;
  /** Its beginning, and how much of it was let go, where it is beyond the limit. */
  long?: { readonly text: string; length: number; lines: number };
}

export class GroupCutter implements Cutter {
  readonly #grouping: Grouping;
  readonly #lineEnd: RegExp;
  readonly #told: boolean;
  #text = "";
  /** Where `#text` begins in the file. */
  #offset: number;
  #line: number;
  /** Where the line in hand begins, and up to where its end was looked for. */
  #at = 0;
  #seen = 0;
  #record: Begun | undefined;

  /** @param lineEnd where lines end, if elsewhere than at line ends too */
  constructor(grouping: (head: string | null) => Grouping, from: Place, lineEnd = /\r\n|\n|\r/) {
    this.#told = from.head === TOLD;
    this.#grouping = grouping(this.#told ? null : from.head);
    this.#lineEnd = new RegExp(lineEnd, "g");
    this.#offset = from.offset;
    this.#line = from.line;
  }

  push(piece: Bytes): readonly RawRecord[] {
    this.#text += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    const records: RawRecord[] = [];
    this.#lines(records, false);
    while (this.#text.length - this.#at > RECORD_BYTES_MAX) {
      const to = this.#at + RECORD_BYTES_MAX;
      this.#take(records, to, to);
    }
    this.#forget();
    return records;
  }

  end(): readonly RawRecord[] {
    const records: RawRecord[] = [];
    this.#lines(records, true);
    const to = this.#text.length;
    if (this.#at < to) this.#take(records, to, to);
    const end = this.#grouping.end();
    if (end === "whole") this.#close(records, to);
    else if (end !== "nothing" && !this.#told && this.#offset + to > 0)
      this.#tell(
        records,
        { ...(this.#record ?? this.#begun(to)), head: TOLD },
        to,
        end.expected,
        "the end of the file",
      );
    this.#record = undefined;
    return records;
  }

  #lines(into: RawRecord[], last: boolean): void {
    this.#lineEnd.lastIndex = Math.max(this.#at, this.#seen - BACK);
    for (let end = this.#lineEnd.exec(this.#text); end !== null; end = this.#lineEnd.exec(this.#text)) {
      const to = this.#lineEnd.lastIndex;
      // A carriage return may be half of a line end.
      if (!last && to === this.#text.length && !end[0].endsWith("\n")) break;
      this.#take(into, end.index, to);
    }
    this.#seen = this.#text.length;
  }

  #take(into: RawRecord[], end: number, to: number): void {
    const begun = this.#begun(this.#at);
    const line = this.#text.slice(this.#at, end);
    const standing = this.#grouping.standing(line);
    this.#line += lineEndsIn(this.#text.slice(end, to));
    this.#at = to;
    if (standing === "goes on") return;
    this.#close(into, standing === "ends" ? to : begun.from);
    if (standing === "begins") this.#record = { ...begun, head: this.#grouping.head() };
    if (typeof standing === "object") this.#tell(into, begun, to, standing.expected, line);
  }

  #begun(from: number): Begun {
    return { from, line: this.#line, head: this.#grouping.head() };
  }

  #close(into: RawRecord[], to: number): void {
    const open = this.#record;
    this.#record = undefined;
    if (open === undefined) return;
    const length = (open.long?.length ?? 0) + to - open.from;
    if (length > RECORD_BYTES_MAX) this.#tell(into, open, to, "a record of at most 4 MB", `${length} bytes`);
    else this.#tell(into, open, to);
  }

  #tell(
    into: RawRecord[],
    { from, line, head, long }: Begun,
    to: number,
    expected?: string,
    found = "",
  ): void {
    const text = this.#text.slice(from, to);
    const gone = long?.length ?? 0;
    into.push({
      bytes: Buffer.from((long?.text ?? text).slice(0, RECORD_BYTES_MAX), "latin1"),
      length: gone + text.length,
      place: { offset: this.#offset + from - gone, line, head },
      lines: (long?.lines ?? 0) + lineEndsIn(text),
      ...(expected !== undefined && { broken: brokenCut(line, expected, found.slice(0, 80) || "nothing") }),
    });
  }

  /** Forgets the text before the record, or before the line in hand; of a record beyond the limit all but its beginning. */
  #forget(): void {
    const open = this.#record;
    if (open && (open.long || this.#at - open.from > RECORD_BYTES_MAX)) {
      const gone = this.#text.slice(open.from, this.#at);
      open.long ??= { text: gone.slice(0, RECORD_BYTES_MAX), length: 0, lines: 0 };
      open.long.length += gone.length;
      open.long.lines += lineEndsIn(gone);
      open.from = this.#at;
    }
    const keep = open?.from ?? this.#at;
    if (keep === 0) return;
    this.#text = this.#text.slice(keep);
    this.#offset += keep;
    this.#at -= keep;
    this.#seen -= keep;
    if (open) open.from = 0;
  }
}
