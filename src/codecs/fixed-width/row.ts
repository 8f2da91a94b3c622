/** One fixed-width record by its layout: which kind it is, and its fields. Order and totals are the reader's. */
import { brokenCut as broken } from "../records.ts";
import { type Place, readField } from "./field.ts";
import type { FixedLayout, FixedRecord, FixedRow } from "./layout.ts";

export const LABEL = { "utf-8": "utf-8", "latin-1": "latin1", "windows-1252": "windows-1252" } as const;

/** The kind a record is marked as. */
export const kindOf = (text: string, { records }: FixedLayout): [string, FixedRecord] | undefined =>
  Object.entries(records).find(([, { marker }]) => !marker || text.startsWith(marker.is, marker.from - 1));

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

function fieldsOf(text: string, { fields, marker }: FixedRecord, place: Place): Record<string, string> {
  const told: Record<string, string> = {};
  let gaps = text;
  const clear = (from: number, width: number) => {
    gaps = gaps.slice(0, from - 1) + " ".repeat(width) + gaps.slice(from - 1 + width);
  };
  if (marker) clear(marker.from, marker.is.length);
  for (const field of fields) {
    const value = readField(text.slice(field.from - 1, field.from - 1 + field.width), field, place);
    if (value !== undefined) told[field.name] = value;
    clear(field.from, field.width);
  }
  const stray = gaps.search(/\S/);
  if (stray !== -1) throw broken(place.line, `a blank at position ${stray + 1}`, `"${gaps[stray]}"`);
  return told;
}
