/**
 * Files of many records: cut from a stream of bytes at flat memory, and read one by one.
 *
 * Cutting finds where a record ends and reads nothing of it, so a record that cannot be read never hides the ones after
 * it. Reading is pure: the same bytes and the same head give the same record, so a refused one can be read again from
 * the bytes that were kept. A cutter can begin anywhere a record ended. Files, chunks and checkpoints are the runtime's.
 */
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import type { Codec } from "./codec.ts";

/** Where the next record begins. */
export interface Place {
  /** Bytes before it. */
  readonly offset: number;
  /** Counted from 1. */
  readonly line: number;
  /** What stands once and must be known to read every record, e.g. the header of a CSV file; null before it was met. */
  readonly head: string | null;
}

export const BEGINNING: Place = { offset: 0, line: 1, head: null };

/** A record as it stands in the file. */
export interface RawRecord {
  readonly bytes: Bytes;
  /** Bytes it takes in the file; more than `bytes` has when it is broken and beyond the limit. */
  readonly length: number;
  readonly place: Place;
  /** Lines it takes. */
  readonly lines: number;
  /** Why it cannot be a record at all, e.g. a line beyond the limit. */
  readonly broken?: ContractBroken;
}

/** Finds records in bytes that come piece by piece. */
export interface Cutter {
  /** The records that this piece completes. */
  push(piece: Bytes): readonly RawRecord[];
  /** The last record, when the file ends without a line end. */
  end(): readonly RawRecord[];
}

/** A format whose files are many records. */
export interface Records<Record> {
  readonly name: string;
  readonly mediaType: string;
  cutter(from: Place): Cutter;
  /** Checks what stands once. Throws `ContractBroken` when no record of such a file can be read. */
  checkHead(head: string | null): void;
  /** Reads one record, or throws `ContractBroken` with its place. */
  read(raw: RawRecord): Record;
}

/** Bytes cut at once: few records then wait for their reader, and what waits is what the collector has to keep. */
const PIECE_BYTES = 8_192;

/** The records of a stream at flat memory, those of a few bytes together. Begins anywhere a record ended. */
export async function* recordsOfStream(
  { cutter }: Pick<Records<unknown>, "cutter">,
  chunks: AsyncIterable<Bytes>,
  from: Place = BEGINNING,
): AsyncGenerator<readonly RawRecord[], void, undefined> {
  const cutting = cutter(from);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES)
      yield cutting.push(chunk.subarray(at, at + PIECE_BYTES));
  }
  yield cutting.end();
}

/** Blanks in front of a file; one that has more is none. */
const BLANKS_MAX = 65_536;

/** The way that a file is cut, by what it begins with; undefined where more must be seen and more may come. */
type WayOf = (start: string, more: boolean) => Pick<Records<unknown>, "cutter"> | undefined;

/** Of a format whose files begin in several ways: cuts by the one that this file begins in. */
export class StartCutter implements Cutter {
  readonly #from: Place;
  readonly #of: WayOf;
  #inside: Cutter | undefined;
  #start = "";

  constructor(from: Place, of: WayOf) {
    this.#from = from;
    this.#of = of;
    if (from.offset > 0) this.#inside = of("", false)?.cutter(from);
  }

  push(piece: Bytes): readonly RawRecord[] {
    if (this.#inside) return this.#inside.push(piece);
    const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    this.#start += text;
    const more = this.#start.length <= BLANKS_MAX;
    if (more && !/[^\s\xef\xbb\xbf]/.test(text)) return [];
    return this.#decide(more);
  }

  end(): readonly RawRecord[] {
    const decided = this.#inside ? [] : this.#decide(false);
    return [...decided, ...(this.#inside?.end() ?? [])];
  }

  #decide(more: boolean): readonly RawRecord[] {
    this.#inside = this.#of(this.#start, more)?.cutter(this.#from);
    return this.#inside?.push(Buffer.from(this.#start, "latin1")) ?? [];
  }
}

/** The records of a file that is in memory, each read or refused. */
export function recordsIn<Record>(format: Records<Record>, body: Bytes): (Record | ContractBroken)[] {
  const cutter = format.cutter(BEGINNING);
  const raws = [...cutter.push(body), ...cutter.end()];
  format.checkHead(raws[0]?.place.head ?? null);
  return raws.map((raw) => {
    try {
      if (raw.broken) return raw.broken;
      return format.read(raw);
    } catch (error) {
      if (error instanceof ContractBroken) return error;
      throw error;
    }
  });
}

/** A cut that cannot be a record. */
export const brokenCut = (line: number, expected: string, found: string): ContractBroken =>
  new ContractBroken(`Line ${line}: expected ${expected}, found ${found}.`, {
    facts: { line, expected, found },
  });

/** Line feeds in a text. */
export function lineFeedsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Line ends of any kind in a text. */
export const lineEndsIn = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/**
 * A refusal of a record that was read behind its head, with the lines of the file instead of those it was read at; never
 * before the record begins.
 */
export function inFile({ message, facts, cause }: ContractBroken, place: Place): ContractBroken {
  const shift = place.line - lineFeedsIn(place.head ?? "") - 1;
  const moved = (line: number) => Math.max(place.line, line + shift);
  return new ContractBroken(
    message.replace(/^Line (\d+)/, (_, line: string) => `Line ${moved(Number(line))}`),
    { facts: { ...facts, ...(typeof facts.line === "number" && { line: moved(facts.line) }) }, cause },
  );
}

/** Reads a record behind its head; a refusal names the lines of the file, as `inFile` does. */
export function readInFile<Record>(place: Place, read: () => Record): Record {
  try {
    return read();
  } catch (error) {
    if (error instanceof ContractBroken) throw inFile(error, place);
    throw error;
  }
}

/**
 * Lines as records, each read by `codec`: NDJSON, and any other format with one document a line.
 *
 * @example flow("events").from(mailbox).records(lineRecords(json()))
 */
export const lineRecords = <Document>(codec: Codec<Document>): Records<Document> => ({
  name: `${codec.name} lines`,
  mediaType: codec.mediaType === "application/json" ? "application/x-ndjson" : codec.mediaType,
  cutter: (from) => new LineRecords(from, { head: false, quotes: false }),
  checkHead: () => undefined,
  read({ bytes, place: { line } }) {
    try {
      return codec.decode(bytes);
    } catch (error) {
      if (!(error instanceof ContractBroken)) throw error;
      throw new ContractBroken(`Line ${line}: ${error.message}`, {
        facts: { ...error.facts, line },
        cause: error,
      });
    }
  },
});

export interface LineRecordSettings {
  /** The first line that is not empty stands once. */
  readonly head: boolean;
  /** Whether a double quote hides line ends until the next one, as in CSV. */
  readonly quotes: boolean;
  /** What ends a record, before its line break where it has one; a line feed alone where absent. */
  readonly rowEnd?: string;
  /** Whether a backslash makes the line end or quote behind it part of the record. */
  readonly escapes?: boolean;
  /** Whether an empty line is a record too. */
  readonly blanks?: boolean;
  /** A line behind which nothing is a record. */
  readonly over?: string;
  /** A first line that is no record. */
  readonly passedOver?: string;
  /** 256 kB where absent. */
  readonly recordBytesMax?: number;
}

/** The largest record that is kept whole: far beyond honest lines, small enough for a thousand in memory. */
const RECORD_BYTES_MAX = 262_144;

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;
/** So much is looked at again where an end may be torn, behind more than a record's bytes. */
const TORN_BYTES = 64;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts at line feeds, for encodings in which a line feed is one byte of its own (UTF-8, Latin-1, Windows-1252).
 *
 * A quote left open would swallow the file, so after `recordBytesMax` the line it stands on is a broken record of its
 * own and cutting goes on at the next line.
 */
export class LineRecords implements Cutter {
  readonly #settings: LineRecordSettings;
  readonly #bytesMax: number;
  readonly #rowEnd: Buffer | undefined;
  /** The end of a record is more than one byte. */
  readonly #many: boolean;
  #over = false;
  #rest: Buffer = EMPTY;
  #offset: number;
  #line: number;
  #head: string | null;
  /** The beginning of a line beyond the limit; it becomes a broken record where the line ends. */
  #long: { readonly bytes: Buffer; length: number } | undefined;

  constructor(from: Place, settings: LineRecordSettings) {
    this.#settings = settings;
    this.#bytesMax = settings.recordBytesMax ?? RECORD_BYTES_MAX;
    this.#rowEnd = settings.rowEnd === undefined ? undefined : Buffer.from(settings.rowEnd);
    this.#many = settings.rowEnd !== undefined || settings.escapes === true;
    this.#offset = from.offset;
    this.#line = from.line;
    this.#head = from.head;
  }

  push(piece: Bytes): readonly RawRecord[] {
    const fresh = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    return this.#cut(this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]), false);
  }

  end(): readonly RawRecord[] {
    return this.#cut(this.#rest, true);
  }

  #cut(bytes: Buffer, last: boolean): RawRecord[] {
    const records: RawRecord[] = [];
    let from = 0;
    let quote = this.#settings.quotes ? bytes.indexOf(QUOTE) : -1;
    while (from < bytes.length) {
      let [end, next] = this.#end(bytes, from, last);
      if (this.#long) {
        const to = end < 0 ? this.#certain(bytes, from, last) : next;
        if (to === from) break;
        this.#long.length += to - from;
        from = to;
        if (end >= 0 || last) this.#endLong(records);
        continue;
      }
      let lines = 1;
      let broken: ContractBroken | undefined;
      if (quote >= 0 && quote < from) quote = bytes.indexOf(QUOTE, from);
      if (end >= 0 && quote >= 0 && quote < end) {
        const closed = this.#closing(bytes, from, [end, next], last);
        if (closed) [end, next, lines] = closed;
        else if (last || bytes.length - from > this.#bytesMax) broken = this.#unclosed();
        else break;
      }
      if (end < 0) {
        if (!last && bytes.length - from <= this.#bytesMax) break;
        if (bytes.length - from > this.#bytesMax) {
          // A copy, so that the whole piece need not be kept for it.
          this.#long = {
            bytes: Buffer.from(bytes.subarray(from, from + this.#bytesMax)),
            length: this.#certain(bytes, from, last) - from,
          };
          from = this.#certain(bytes, from, last);
          if (last) this.#endLong(records);
          continue;
        }
      } else if (end - from > this.#bytesMax) broken ??= this.#tooLong();
      const to = end < 0 ? bytes.length : next;
      const kept = bytes.subarray(from, Math.min(to, from + this.#bytesMax));
      this.#record(records, kept, to - from, lines, broken);
      from = to;
    }
    if (last && this.#long) this.#endLong(records);
    this.#rest = from === bytes.length ? EMPTY : bytes.subarray(from);
    return records;
  }

  /** Where a record ends, and the next begins; -1 while that is not to be seen. Quotes are not looked at. */
  #end(bytes: Buffer, from: number, last: boolean, row = from): [end: number, next: number] {
    if (this.#rowEnd === undefined) {
      let at = bytes.indexOf(LINE_FEED, from);
      if (this.#settings.escapes)
        while (at >= 0 && escapedAt(bytes, row, at)) at = bytes.indexOf(LINE_FEED, at + 1);
      return [at, at + 1];
    }
    const at = bytes.indexOf(this.#rowEnd, from);
    if (at < 0) return [-1, 0];
    const to = at + this.#rowEnd.length;
    const feed = bytes[to] === RETURN ? to + 1 : to;
    // Its line break may come with the next piece.
    if (!last && feed >= bytes.length) return [-1, 0];
    return [at, bytes[feed] === LINE_FEED ? feed + 1 : to];
  }

  /** Up to where no end of a record can begin. */
  #certain(bytes: Buffer, from: number, last: boolean): number {
    return last || !this.#many ? bytes.length : Math.max(from, bytes.length - TORN_BYTES);
  }

  /** Where a record with quotes ends, the next begins, and how many lines it takes; undefined while a quote is open. */
  #closing(
    bytes: Buffer,
    from: number,
    [end, after]: [number, number],
    last: boolean,
  ): [end: number, next: number, lines: number] | undefined {
    let open = false;
    let rowEnd = end;
    let next = after;
    let lines = 1;
    const until = Math.min(bytes.length, from + this.#bytesMax);
    for (let at = from; at < until; at += 1) {
      if (bytes[at] === QUOTE) open = !open;
      else if (bytes[at] === BACKSLASH && this.#settings.escapes) at += 1;
      else if (at === rowEnd) {
        if (!open) return [at, next, lines];
        lines += 1;
        [rowEnd, next] = this.#end(bytes, at + 1, last, from);
        if (rowEnd < 0) rowEnd = bytes.length;
      }
    }
    // The file may end without a line end.
    return last && !open && until === bytes.length ? [until, until, lines] : undefined;
  }

  #record(
    into: RawRecord[],
    bytes: Buffer,
    length: number,
    counted: number,
    broken: ContractBroken | undefined,
  ): void {
    const place = { offset: this.#offset, line: this.#line, head: this.#head };
    const lines = this.#many ? lineEndsIn(bytes.toString("latin1")) : counted;
    this.#offset += length;
    this.#line += lines;
    this.#over ||= this.#settings.over !== undefined && lineOf(bytes) === this.#settings.over;
    const empty = blank(bytes) || (this.#rowEnd !== undefined && lineOf(bytes) === this.#settings.rowEnd);
    if (this.#over || (empty && this.#settings.blanks !== true)) return;
    const first = place.line === 1 && this.#settings.passedOver !== undefined;
    if (first && lineOf(bytes) === this.#settings.passedOver) return;
    if (this.#settings.head && this.#head === null) {
      this.#head = lineOf(bytes);
      return;
    }
    into.push({ bytes, length, place, lines, ...(broken && { broken }) });
  }

  #endLong(into: RawRecord[]): void {
    if (!this.#long) return;
    const { bytes, length } = this.#long;
    this.#long = undefined;
    this.#record(into, bytes, length, 1, this.#tooLong());
  }

  #tooLong(): ContractBroken {
    return new ContractBroken(
      `Line ${this.#line}: expected a record of at most ${this.#bytesMax} bytes, found a longer one.`,
      { facts: { line: this.#line, expected: `at most ${this.#bytesMax} bytes`, found: "more" } },
    );
  }

  #unclosed(): ContractBroken {
    return new ContractBroken(
      `Line ${this.#line}: expected a closing quote, found none within ${this.#bytesMax} bytes.`,
      { facts: { line: this.#line, expected: "a closing quote", found: "none" } },
    );
  }
}

/** Without byte order mark and line end. */
const lineOf = (bytes: Buffer): string =>
  bytes
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .replace(/\r?\n$/, "");

/** Whether a byte stands behind a backslash that is none itself. */
function escapedAt(bytes: Buffer, from: number, at: number): boolean {
  let first = at;
  while (first > from && bytes[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

function blank(bytes: Buffer): boolean {
  if (bytes.length > 2) return false;
  for (const byte of bytes) if (byte !== LINE_FEED && byte !== 0x0d) return false;
  return true;
}
