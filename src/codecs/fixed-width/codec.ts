/**
 * Fixed-width records by a declared layout: what old ERPs, banks and authorities still send.
 *
 * Every record has its declared length, every character belongs to a field or is blank, and trailers must count and sum
 * what came before them. Nothing is guessed; a record of no declared kind ends the reading with its line.
 */
import Big from "big.js";
import type { Bytes } from "../../std/bytes.ts";
import type { Codec } from "../codec.ts";
import { brokenCut as broken } from "../records.ts";
import { type Place, writeField } from "./field.ts";
import { checkLayout, FIXED_LIMITS, type FixedLayout, type FixedRecord, type FixedRow } from "./layout.ts";
import { LABEL, readRow } from "./row.ts";

/**
 * The fixed-width codec of a layout.
 *
 * @example fixedWidth({ length: 12, records: { line: { fields: [{ name: "sku", from: 1, width: 8 }] } } }).decode(bytes)
 * @throws {Unusable} when the layout contradicts itself
 */
export function fixedWidth(layout: FixedLayout): Codec<readonly FixedRow[]> {
  checkLayout(layout);
  const limits = { ...FIXED_LIMITS, ...layout.limits };
  return {
    name: "fixed-width",
    mediaType: "text/plain",
    decode(body) {
      if (body.length > limits.bytes) throw broken(0, `at most ${limits.bytes} bytes`, String(body.length));
      const cutter = new Cutter(layout);
      const reader = new Reader(layout, limits.records);
      const records = [...cutter.push(body), ...cutter.end()];
      const rows = records.map((record) => reader.row(record));
      reader.end();
      return rows;
    },
    encode: (rows) => written(rows, layout, limits.records),
  };
}

/**
 * Reads records from a stream of chunks at flat memory.
 *
 * @throws {ContractBroken} at the first broken record, or at the end when a trailer or its counts are missing
 */
export async function* readFixedWidth(
  chunks: AsyncIterable<Bytes>,
  layout: FixedLayout,
): AsyncGenerator<FixedRow, void, undefined> {
  checkLayout(layout);
  const cutter = new Cutter(layout);
  const reader = new Reader(layout, layout.limits?.records ?? Number.POSITIVE_INFINITY);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK)
      for (const record of cutter.push(chunk.subarray(at, at + CHUNK))) yield reader.row(record);
  }
  for (const record of cutter.end()) yield reader.row(record);
  reader.end();
}

/** Bytes cut at once, so that few records wait for their reader. */
const CHUNK = 16_384;

/** What DOS put behind the last record. */
const END_OF_FILE = "\x1a";

/** Cuts text into records by line ends, or by length where there are none. */
class Cutter {
  readonly #layout: FixedLayout;
  readonly #decoder: TextDecoder;
  #rest = "";
  #line = 0;

  constructor(layout: FixedLayout) {
    this.#layout = layout;
    this.#decoder = new TextDecoder(LABEL[layout.encoding ?? "utf-8"], { fatal: true });
  }

  *push(chunk: Bytes): Generator<string> {
    yield* this.#cut(this.#text(chunk, false));
  }

  *end(): Generator<string> {
    yield* this.#cut(this.#text(new Uint8Array(0), true));
    const rest = this.#rest.replace(/\r$/, "");
    this.#rest = "";
    if (rest !== "" && rest !== END_OF_FILE) yield rest;
  }

  *#cut(more: string): Generator<string> {
    const { length, lineBreak } = this.#layout;
    let text = this.#rest + more;
    if (lineBreak === "none") {
      let at = 0;
      for (; text.length - at >= length; at += length) {
        this.#line += 1;
        yield text.slice(at, at + length);
      }
      // A line end behind the last record is the transport's.
      text = text.slice(at);
      if ([...text].every((letter) => letter === "\r" || letter === "\n" || letter === END_OF_FILE))
        text = "";
    } else {
      let at = 0;
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", at)) {
        this.#line += 1;
        yield text.slice(at, text[end - 1] === "\r" && end > at ? end - 1 : end);
        at = end + 1;
      }
      text = text.slice(at);
      if (text.length > length + 2)
        throw broken(this.#line + 1, `a record of ${length} characters`, "a longer one");
    }
    this.#rest = text;
  }

  #text(chunk: Bytes, last: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream: !last });
    } catch {
      const encoding = this.#layout.encoding ?? "utf-8";
      throw broken(this.#line + 1, `text in ${encoding}`, "other bytes");
    }
  }
}

class Reader {
  readonly #layout: FixedLayout;
  readonly #kinds: readonly (readonly [string, FixedRecord])[];
  readonly #most: number;
  readonly #counted = new Map<string, number>();
  readonly #summed = new Map<string, Big>();
  /** What is added up of each kind of record. */
  readonly #adds: ReadonlyMap<string, readonly { readonly key: string; readonly add: string }[]>;
  #line = 0;
  #last: string | undefined;

  constructor(layout: FixedLayout, most: number) {
    this.#layout = layout;
    this.#kinds = Object.entries(layout.records);
    this.#most = most;
    const sums = this.#kinds.flatMap(([, kind]) => kind.sums ?? []);
    this.#adds = new Map(
      this.#kinds.map(([record]) => [
        record,
        [...new Set(sums.filter(({ of }) => of === record).map(({ add }) => add))].map((add) => ({
          key: `${record} ${add}`,
          add,
        })),
      ]),
    );
  }

  row(raw: string): FixedRow {
    this.#line += 1;
    const line = this.#line;
    if (line > this.#most) throw broken(line, `at most ${this.#most} records`, "more");
    const row = readRow(raw, this.#layout, line, (record, kind) => this.#checkOrder(record, kind));
    const { record, fields } = row;
    this.#checkTotals(fields, this.#layout.records[record]!, { line, record });
    this.#remember(record, fields);
    return row;
  }

  end(): void {
    for (const [record, { stands }] of this.#kinds) {
      if (stands && !this.#counted.has(record)) throw broken(this.#line, `a record ${record}`, "none");
    }
  }

  #checkOrder(record: string, { stands }: FixedRecord): void {
    const line = this.#line;
    const last = this.#last === undefined ? undefined : this.#layout.records[this.#last];
    if (last?.stands === "last") throw broken(line, `nothing behind ${this.#last}`, `a record ${record}`);
    const first = this.#kinds.find(([, kind]) => kind.stands === "first")?.[0];
    if (line === 1 && first !== undefined && stands !== "first")
      throw broken(1, `a record ${first}`, `a record ${record}`);
    if (line > 1 && stands === "first") throw broken(line, `one record ${record}, the first`, "another");
  }

  #checkTotals(fields: Record<string, string>, { counts = [], sums = [] }: FixedRecord, place: Place): void {
    for (const { field, of } of counts) {
      // A trailer that counts its own kind counts itself.
      const counted = of.reduce(
        (sum, kind) => sum + (this.#counted.get(kind) ?? 0),
        of.includes(place.record) ? 1 : 0,
      );
      const stated = fields[field];
      if (stated !== undefined && Number(stated) !== counted) {
        throw broken(place.line, `${counted} in ${field}`, stated);
      }
    }
    for (const { field, of, add } of sums) {
      const sum = this.#summed.get(`${of} ${add}`) ?? new Big(0);
      const stated = fields[field];
      if (stated !== undefined && !sum.eq(stated))
        throw broken(place.line, `${sum.toFixed()} in ${field}`, stated);
    }
  }

  #remember(record: string, fields: Record<string, string>): void {
    this.#last = record;
    this.#counted.set(record, (this.#counted.get(record) ?? 0) + 1);
    for (const { key, add } of this.#adds.get(record) ?? [])
      this.#summed.set(key, (this.#summed.get(key) ?? new Big(0)).plus(fields[add] ?? "0"));
  }
}

function written(rows: readonly FixedRow[], layout: FixedLayout, most: number): Bytes {
  const end = layout.lineBreak === "none" ? "" : (layout.lineBreak ?? "\n");
  const reader = new Reader(layout, most);
  const records = rows.map(({ record, fields }, at) => {
    const kind = Object.hasOwn(layout.records, record) ? layout.records[record]! : undefined;
    if (!kind) throw broken(at + 1, Object.keys(layout.records).join(", "), record);
    const place = { line: at + 1, record };
    const unknown = Object.keys(fields).find((name) => !kind.fields.some((field) => field.name === name));
    if (unknown !== undefined) throw broken(at + 1, `a field of ${record}`, unknown);
    let text = " ".repeat(layout.length);
    const put = (from: number, value: string) => {
      text = text.slice(0, from - 1) + value + text.slice(from - 1 + value.length);
    };
    for (const field of kind.fields) put(field.from, writeField(fields[field.name], field, place));
    if (kind.marker) put(kind.marker.from, kind.marker.is);
    // What is written must be what the layout reads: order, counts and sums included.
    reader.row(text);
    return text + end;
  });
  reader.end();
  const text = records.join("");
  if ((layout.encoding ?? "utf-8") === "utf-8") return Buffer.from(text, "utf8");
  const bytes = Buffer.from(text, "latin1");
  if (bytes.toString("latin1") !== text || new TextDecoder(LABEL[layout.encoding!]).decode(bytes) !== text) {
    throw broken(0, `characters of ${layout.encoding}`, "others");
  }
  return bytes;
}

export {
  FIXED_LIMITS,
  type FixedField,
  type FixedLayout,
  type FixedLimits,
  type FixedRecord,
  type FixedRow,
} from "./layout.ts";
export { fixedWidthRecords } from "./records.ts";
