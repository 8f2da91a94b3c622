/**
 * Fixed-width files of many records: each is cut, read and refused on its own.
 *
 * Heads and trailers are records too, by their kind. What trailers count and sum is not compared: the records are counted by the
 * batch. A file without the trailer its layout wants was cut short, and says so.
 */
import type { Bytes } from "../../std/bytes.ts";
import { Unusable } from "../../std/errors.ts";
import { brokenCut, type Cutter, LineRecords, type Place, type RawRecord, type Records } from "../records.ts";
import { checkLayout, type FixedLayout, type FixedRow } from "./layout.ts";
import { kindOf, LABEL, readRow } from "./row.ts";

/**
 * Records of a layout.
 *
 * @example flow("prices").from(mailbox).records(fixedWidthRecords(layout)).keep("a line", ({ record }) => record === "line")
 * @throws {Unusable} when the layout contradicts itself, or its records have neither line ends nor one byte a character
 */
export function fixedWidthRecords(layout: FixedLayout): Records<FixedRow> {
  checkLayout(layout);
  const encoding = layout.encoding ?? "utf-8";
  if (layout.lineBreak === "none" && encoding === "utf-8")
    throw new Unusable(
      "Records without line ends are cut by their length: their encoding needs one byte a character.",
    );
  const decoder = new TextDecoder(LABEL[encoding], { fatal: true });
  return {
    name: "fixed-width records",
    mediaType: "text/plain",
    cutter: (from) => new FixedCutter(layout, from),
    checkHead: () => undefined,
    read({ bytes, place }) {
      let text: string;
      try {
        text = decoder.decode(bytes);
      } catch {
        throw brokenCut(place.line, `text in ${encoding}`, "other bytes");
      }
      return readRow(text.replace(/\r?\n$/, ""), layout, place.line);
    },
  };
}

/** As head of a record: nothing need follow it. A reader that goes on behind it knows that the trailer was there. */
const COMPLETE = "complete";

class FixedCutter implements Cutter {
  readonly #layout: FixedLayout;
  readonly #inside: Cutter;
  readonly #trailer: string | undefined;
  #complete: boolean;
  /** Where the next record begins. */
  #place: Place;

  constructor(layout: FixedLayout, from: Place) {
    this.#layout = layout;
    this.#trailer = Object.entries(layout.records).find(([, { stands }]) => stands === "last")?.[0];
    this.#complete = from.head === COMPLETE;
    this.#place = { ...from, head: null };
    this.#inside =
      layout.lineBreak === "none"
        ? new LengthRecords(layout.length, this.#place)
        : new LineRecords(this.#place, { head: false, quotes: false });
  }

  push(piece: Bytes): readonly RawRecord[] {
    return this.#seen(this.#inside.push(piece));
  }

  end(): readonly RawRecord[] {
    const records = this.#seen(this.#inside.end());
    if (this.#trailer === undefined || this.#complete || this.#place.offset === 0) return records;
    const place = { ...this.#place, head: COMPLETE };
    const broken = brokenCut(place.line, `a record ${this.#trailer}`, "the end of the file");
    return [...records, { bytes: new Uint8Array(), length: 0, place, lines: 0, broken }];
  }

  #seen(raws: readonly RawRecord[]): readonly RawRecord[] {
    // What DOS put behind the last record.
    const records = raws.filter(({ bytes }) => bytes.length > 1 || bytes[0] !== 0x1a);
    const last = records.at(-1);
    if (last === undefined) return records;
    this.#place = { offset: last.place.offset + last.length, line: last.place.line + last.lines, head: null };
    if (this.#trailer === undefined) return records;
    return records.map((raw) => {
      const text = Buffer.from(raw.bytes).toString("latin1");
      this.#complete = kindOf(text, this.#layout)?.[0] === this.#trailer;
      return this.#complete ? { ...raw, place: { ...raw.place, head: COMPLETE } } : raw;
    });
  }
}

/** Records that follow each other, with the line ends of a transport behind the last. */
class LengthRecords implements Cutter {
  readonly #length: number;
  #rest: Buffer = Buffer.alloc(0);
  #place: Place;

  constructor(length: number, from: Place) {
    this.#length = length;
    this.#place = from;
  }

  push(piece: Bytes): readonly RawRecord[] {
    const bytes = Buffer.concat([this.#rest, piece]);
    const records: RawRecord[] = [];
    let at = 0;
    for (; bytes.length - at >= this.#length; at += this.#length)
      records.push(this.#record(bytes.subarray(at, at + this.#length)));
    this.#rest = bytes.subarray(at);
    return records;
  }

  end(): readonly RawRecord[] {
    const rest = this.#rest.toString("latin1");
    return ["", "\n", "\r\n", "\x1a", "\r\n\x1a"].includes(rest) ? [] : [this.#record(this.#rest)];
  }

  /** Counted like the records of the whole file: each is a line. */
  #record(bytes: Bytes): RawRecord {
    const place = this.#place;
    this.#place = { ...place, offset: place.offset + bytes.length, line: place.line + 1 };
    return { bytes, length: bytes.length, place, lines: 1 };
  }
}
