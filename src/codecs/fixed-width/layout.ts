/**
 * How a file of fixed-width records is declared: kinds of record, where their fields stand, what a trailer must count.
 *
 * A declaration is checked once, when the codec is made: fields that overlap or leave the record are a mistake of ours and
 * not of the partner.
 */
import { Unusable } from "../../std/errors.ts";

export interface FixedField {
  readonly name: string;
  /** Position of the first character, counted from 1 as record descriptions do. */
  readonly from: number;
  readonly width: number;
  /** `text` where absent. `digits` keeps leading zeros; `decimal` becomes a decimal, `date` an ISO date. */
  readonly type?: "text" | "digits" | "decimal" | "date";
  /** Implied decimals: `0001250` with 2 is `12.50`. Absent where the sender writes the point. */
  readonly scale?: number;
  /**
   * Where the sign of a decimal stands: `none` (the default: never negative), `leading`, `trailing`, or `overpunch` in the
   * last digit, as COBOL writes it.
   */
  readonly sign?: "none" | "leading" | "trailing" | "overpunch";
  /** Of a date: `yyyymmdd` where absent. Two digits of a year are 1970 to 2069. */
  readonly format?: "yyyymmdd" | "yymmdd" | "ddmmyyyy" | "ddmmyy" | "mmddyyyy";
  /** The field may be blank, or all zeros for a date; it is then absent from the row. */
  readonly optional?: boolean;
  /** The only value allowed, e.g. `EUR`. */
  readonly is?: string;
}

export interface FixedRecord {
  /** By which characters the kind is known; absent where the file has one kind only. */
  readonly marker?: { readonly from: number; readonly is: string };
  readonly fields: readonly FixedField[];
  /** `first`: the file begins with exactly one; `last`: it ends with exactly one; any number anywhere where absent. */
  readonly stands?: "first" | "last";
  /** Fields that count records of these kinds. */
  readonly counts?: readonly { readonly field: string; readonly of: readonly string[] }[];
  /** Fields that hold the sum of a decimal of a kind. */
  readonly sums?: readonly { readonly field: string; readonly of: string; readonly add: string }[];
}

export interface FixedLayout {
  readonly records: Readonly<Record<string, FixedRecord>>;
  /** Characters of a record, without its line end. */
  readonly length: number;
  /** What ends a record: any line end where absent; `none` where records follow each other. Written as `\n`. */
  readonly lineBreak?: "\n" | "\r\n" | "none";
  /** Transports cut blanks at the end of lines: shorter records are filled up. Never where absent. */
  readonly trimmed?: boolean;
  readonly encoding?: "utf-8" | "latin-1" | "windows-1252";
  readonly limits?: Partial<FixedLimits>;
}

export interface FixedLimits {
  /** Of a file that is read as a whole. */
  readonly bytes: number;
  readonly records: number;
}

/** 64 MB and a million records as a whole; a stream counts only records, and has no bound of its own. */
export const FIXED_LIMITS: FixedLimits = { bytes: 67_108_864, records: 1_000_000 };

/** One record: its kind and its fields as text. */
export interface FixedRow {
  readonly record: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws {Unusable} when the declaration contradicts itself */
export function checkLayout({ records, length }: FixedLayout): void {
  const kinds = Object.entries(records);
  const wrong = (kind: string, what: string): Unusable =>
    new Unusable(`The layout of ${kind} cannot be used: ${what}.`, { facts: { record: kind } });
  if (kinds.length === 0 || !Number.isInteger(length) || length < 1 || length > 100_000) {
    throw wrong("the file", "it needs a record and a length of 1 to 100000 characters");
  }
  for (const [kind, { marker, fields, counts = [], sums = [] }] of kinds) {
    if (!marker && kinds.length > 1) throw wrong(kind, "with several kinds of record each needs a marker");
    if (marker && (marker.is === "" || marker.from < 1 || marker.from - 1 + marker.is.length > length)) {
      throw wrong(kind, "its marker leaves the record");
    }
    const taken = new Map<number, string>();
    for (const { name, from, width, scale } of fields) {
      if (from < 1 || width < 1 || from - 1 + width > length) throw wrong(kind, `${name} leaves the record`);
      if (scale !== undefined && (scale < 0 || scale > 30))
        throw wrong(kind, `${name} has more than 30 decimals`);
      for (let at = from; at < from + width; at += 1) {
        if (taken.has(at)) throw wrong(kind, `${name} overlaps ${taken.get(at)}`);
        taken.set(at, name);
      }
    }
    const names = new Set(fields.map(({ name }) => name));
    if (names.size !== fields.length) throw wrong(kind, "a name stands twice");
    for (const { field, of } of counts) {
      const unknown = of.find((other) => !Object.hasOwn(records, other));
      if (!names.has(field) || unknown !== undefined)
        throw wrong(kind, `it counts ${unknown ?? field}, which is not there`);
    }
    for (const { field, of, add } of sums) {
      const there = Object.hasOwn(records, of) && records[of]!.fields.some(({ name }) => name === add);
      if (!names.has(field) || !there) throw wrong(kind, `it sums ${add} of ${of}, which is not there`);
    }
  }
}
