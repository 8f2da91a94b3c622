/** One fixed-width record by its layout: which kind it is, and its fields. Order and totals are the reader's. */
import { brokenCut as broken } from "../records.ts";
import { type Place, readField } from "./field.ts";
import type { FixedLayout, FixedRecord, FixedRow } from "./layout.ts";

export const LABEL = { "utf-8": "utf-8", "latin-1": "latin1", "windows-1252": "windows-1252" } as const;

const KINDS = new WeakMap<FixedLayout["records"], readonly [string, FixedRecord][]>();

/** The kind a record is marked as. */
export function kindOf(text: string, { records }: FixedLayout): [string, FixedRecord] | undefined {
  const kinds = KINDS.get(records) ?? Object.entries(records);
  KINDS.set(records, kinds);
  return kinds.find(([, { marker }]) => !marker || text.startsWith(marker.is, marker.from - 1));
}

/** @param ordered told of the kind before its fields are read @throws {ContractBroken} with line, record and field */
export function readRow(
  raw: string,
  layout: FixedLayout,
  line: number,
  ordered: (record: string, kind: FixedRecord) => void = () => {},
): FixedRow {
  const { length, trimmed, records } = layout;
  const text = trimmed && raw.length < length ? raw.padEnd(length) : raw;
  if (text.length !== length) throw broken(line, `a record of ${length} characters`, String(raw.length));
  if (text.includes("\0")) throw broken(line, "text", "a NUL character");
  const found = kindOf(text, layout);
  if (!found) {
    const markers = Object.values(records).map(({ marker }) => marker?.is ?? "");
    throw broken(line, `a record marked ${markers.join(", ")}`, `"${text.slice(0, 10)}"`);
  }
  const [record, kind] = found;
  ordered(record, kind);
  return { record, fields: fieldsOf(text, kind, { line, record }) };
}

function fieldsOf(text: string, kind: FixedRecord, place: Place): Record<string, string> {
  const told: Record<string, string> = {};
  for (const field of kind.fields) {
    const value = readField(text.slice(field.from - 1, field.from - 1 + field.width), field, place);
    if (value !== undefined) told[field.name] = value;
  }
  for (const [from, to] of gapsOf(kind, text.length)) {
    const stray = text.slice(from, to).search(/\S/);
    if (stray === -1) continue;
    const found = text[from + stray];
    throw broken(place.line, `a blank at position ${from + stray + 1}`, `"${found}"`);
  }
  return told;
}

type Gaps = readonly (readonly [from: number, to: number])[];
const GAPS = new WeakMap<FixedRecord, { readonly length: number; readonly gaps: Gaps }>();

/** What belongs to no field and must be blank; the same for all records of a kind. */
function gapsOf(kind: FixedRecord, length: number): Gaps {
  const known = GAPS.get(kind);
  if (known?.length === length) return known.gaps;
  const { fields, marker } = kind;
  const taken = fields.map(({ from, width }) => [from - 1, from - 1 + width] as const);
  if (marker) taken.push([marker.from - 1, marker.from - 1 + marker.is.length]);
  const gaps: [number, number][] = [];
  let at = 0;
  for (const [from, to] of taken.toSorted(([one], [other]) => one - other)) {
    if (from > at) gaps.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < length) gaps.push([at, length]);
  GAPS.set(kind, { length, gaps });
  return gaps;
}
