/**
 * Flat IDoc files: one record a line, or full-length records without any line break; padded or cut at the last character; in UTF-8 or UTF-16;
 * the records of release 4.0 (EDI_DC40) and those before (EDI_DC).
 *
 * The tree is built from the parents' numbers. Where a sender leaves them empty, the known place of the segment decides,
 * then its level.
 */
import { type Bytes, toText } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { utf16In } from "../wide.ts";
import { CONTROL_3, CONTROL_40, DATA_3, DATA_40, PARENTS, type SegmentLayout, widthOf } from "./layouts.ts";
import { brokenIn } from "./place.ts";
import { flatNameOf, type Idoc, type IdocFile, type IdocForm, type IdocSegment, typeOf } from "./segments.ts";

const SDATA = 1_000;
/** HLEVEL has two digits. */
const DEPTH = 99;
type FlatForm = Extract<IdocForm, { syntax: "flat" }>;
type Layouts = Readonly<Record<string, SegmentLayout>>;
type Building = { -readonly [K in keyof IdocSegment]: IdocSegment[K] } & { children: IdocSegment[] };

export interface FlatLimits {
  readonly bytes: number;
  readonly records: number;
}

/** @throws {ContractBroken} with `line` and `segment` */
export function readFlat(body: Bytes, layouts: Layouts, limits: FlatLimits): IdocFile {
  if (body.length > limits.bytes) {
    throw brokenIn(1, "file", `at most ${limits.bytes} bytes`, String(body.length));
  }
  const encoding = utf16In(body);
  const text = encoding === undefined ? toText(body) : widely(body, encoding);
  const nul = text.indexOf("\0");
  if (nul !== -1) throw brokenIn(text.slice(0, nul).split("\n").length, "file", "text", "a NUL character");
  const lines = recordsOf(text, limits.records);
  const idocs: Idoc[] = [];
  let records: FlatForm["records"] | undefined;
  let current: OneIdoc | undefined;
  let padded = true;
  let zeros = true;
  let deepest = 1;
  let parents = false;
  lines.forEach((record, index) => {
    const line = index + 1;
    if (record.trim() === "" || record === "\x1a") return;
    if (record.startsWith("EDI_DC")) {
      if (current) idocs.push(current.done());
      records = record.startsWith("EDI_DC40") ? "40" : "3";
      const fields = fieldsOf(record, records === "40" ? CONTROL_40 : CONTROL_3, line, "EDI_DC");
      if (fields.rest !== "")
        throw brokenIn(line, "EDI_DC", "nothing behind the control record", fields.rest);
      padded &&= record.length === widthOf(records === "40" ? CONTROL_40 : CONTROL_3);
      current = new OneIdoc(fields.fields, layouts, records, line);
      return;
    }
    if (!current)
      throw brokenIn(line, record.slice(0, 10).trim(), "the control record EDI_DC40 first", "a data record");
    const head = current.add(record, line);
    padded &&= record.length === head.width + SDATA;
    zeros &&= head.zeros;
    deepest = Math.max(deepest, head.depth);
    parents ||= head.parent;
  });
  if (!current || records === undefined) throw brokenIn(1, "file", "a control record EDI_DC40", "none");
  idocs.push((current as OneIdoc).done());
  const form = { syntax: "flat", records, padded, zeros, parents: parents || deepest === 1 } as const;
  return { form: { ...form, ...(encoding === undefined ? {} : { encoding }) }, idocs };
}

function widely(body: Bytes, encoding: "utf-16le" | "utf-16be"): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    throw brokenIn(1, "file", `text in ${encoding}`, "other bytes");
  }
}

function recordsOf(text: string, most: number): string[] {
  if (isUnbroken(text)) return unbroken(text.replaceAll("\x1a", " ").trim(), most);
  const lineEnd = text.includes("\n") ? "\n" : "\r";
  const lines = text.split(lineEnd, most + 1).map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines.length > most) throw brokenIn(most, "file", `at most ${most} records`, "more");
  return lines;
}

/**
 * Whether the records of a file that begins like this follow each other without line ends: something stands right behind
 * the control record. Undefined while that is not to be seen.
 */
export function isUnbroken(start: string): boolean | undefined {
  const from = /^(?:\ufeff|\xef\xbb\xbf)?\s*/.exec(start)?.[0].length ?? 0;
  const record = start.slice(from, from + controlWidth(start, from) + 1);
  if (!"EDI_DC".startsWith(record.slice(0, 6)) || /[\r\n]/.test(record)) return false;
  return record.length <= controlWidth(start, from) ? undefined : !record.endsWith(" ");
}

const controlWidth = (text: string, at: number): number =>
  widthOf(text.startsWith("EDI_DC40", at) ? CONTROL_40 : CONTROL_3);

/** Characters of a data record behind such a control record. */
export const dataWidth = (control: string): number =>
  widthOf(control.startsWith("EDI_DC40") ? DATA_40 : DATA_3) + SDATA;

function unbroken(text: string, most: number): string[] {
  const records: string[] = [];
  let data = 0;
  for (let at = 0; at < text.length; ) {
    const control = text.startsWith("EDI_DC", at);
    if (control) data = dataWidth(text.slice(at, at + 8));
    const record = text.slice(at, at + (control ? controlWidth(text, at) : data));
    records.push(record);
    at += record.length;
    if (records.length > most) throw brokenIn(records.length, "file", `at most ${most} records`, "more");
  }
  return records;
}

/**
 * How many records an IDoc without line ends has. Not whole where one is shorter than it must be: only the last of a file may have
 * lost its blanks.
 */
export function unbrokenCount(text: string): { readonly records: number; readonly whole: boolean } {
  const data = text.length - controlWidth(text, 0);
  const width = dataWidth(text);
  return { records: 1 + Math.ceil(Math.max(0, data) / width), whole: data >= 0 && data % width === 0 };
}

/** One IDoc while its data records come in. */
class OneIdoc {
  readonly #control: Readonly<Record<string, string>>;
  readonly #layouts: Layouts;
  readonly #head: SegmentLayout;
  readonly #line: number;
  readonly #top: IdocSegment[] = [];
  readonly #byNumber = new Map<number, Building>();
  /** The latest segment of each level and of each type: where one without a parent's number belongs. */
  readonly #byLevel: (Building | undefined)[] = [];
  readonly #byType = new Map<string, Building>();
  readonly #depth = new Map<Building, number>();

  constructor(
    control: Readonly<Record<string, string>>,
    layouts: Layouts,
    records: FlatForm["records"],
    line: number,
  ) {
    this.#control = control;
    this.#layouts = layouts;
    this.#head = records === "40" ? DATA_40 : DATA_3;
    this.#line = line;
    if ((control.IDOCTYP ?? control.DOCTYP ?? "") === "") {
      throw brokenIn(line, "EDI_DC", "the type of the IDoc in IDOCTYP", "nothing");
    }
  }

  add(record: string, line: number): { width: number; zeros: boolean; depth: number; parent: boolean } {
    const width = widthOf(this.#head);
    const name = record.slice(0, this.#head[0]![1]).trim();
    if (!/^[A-Z/][A-Z0-9_/]{2,29}$/.test(name))
      throw brokenIn(line, name || "record", "the name of a segment", name || "blanks");
    if (record.trimEnd().length > width + SDATA) {
      throw brokenIn(line, name, `at most ${width + SDATA} characters`, String(record.trimEnd().length));
    }
    // Unpadded files end after the last character of data; the head must still be there.
    const head = fieldsOf(record.slice(0, width), this.#head, line, name).fields;
    const number = numberIn(head.SEGNUM, "SEGNUM", line, name);
    const parentNumber = numberIn(head.PSGNUM, "PSGNUM", line, name);
    const level = numberIn(head.HLEVEL, "HLEVEL", line, name);
    if (number === 0) throw brokenIn(line, name, "the number of the segment in SEGNUM", "nothing");
    if (this.#byNumber.has(number))
      throw brokenIn(line, name, "a number no other segment has", String(number));
    const document = head.DOCNUM ?? "";
    const own = this.#control.DOCNUM ?? "";
    if (document !== "" && own !== "" && unpadded(document) !== unpadded(own)) {
      throw brokenIn(line, name, `the IDoc number ${own}`, document);
    }
    const { type, release } = typeOf(name, (candidate) => Object.hasOwn(this.#layouts, candidate));
    const layout = Object.hasOwn(this.#layouts, type) ? this.#layouts[type]! : [];
    const { fields, rest } = fieldsOf(record.slice(width), layout, line, name);
    const built: Building = {
      type,
      ...(release === undefined ? {} : { release }),
      fields,
      ...(rest === "" ? {} : { rest }),
      children: [],
      line,
    };
    this.#place(built, parentNumber, level, name);
    this.#byNumber.set(number, built);
    this.#byLevel[level] = built;
    this.#byLevel.length = level + 1;
    this.#byType.set(type, built);
    const depth = this.#depth.get(built) ?? 1;
    if (level !== depth + 1) built.level = level;
    return { width, zeros: (head.SEGNUM ?? "").length === 6, depth, parent: parentNumber > 0 };
  }

  #place(built: Building, parentNumber: number, level: number, name: string): void {
    if (parentNumber > 0) {
      const parent = this.#byNumber.get(parentNumber);
      if (!parent)
        throw brokenIn(built.line, name, "the number of an earlier segment in PSGNUM", String(parentNumber));
      this.#under(parent, built, name);
      return;
    }
    const known = PARENTS[built.type];
    const parent =
      (known === undefined ? undefined : this.#byType.get(known)) ??
      (level > 2 ? this.#byLevel.slice(2, level).findLast((one) => one !== undefined) : undefined);
    this.#under(parent, built, name);
  }

  #under(parent: Building | undefined, built: Building, name: string): void {
    const depth = parent === undefined ? 1 : (this.#depth.get(parent) ?? 0) + 1;
    if (depth > DEPTH) throw brokenIn(built.line, name, `at most ${DEPTH} levels`, "more");
    this.#depth.set(built, depth);
    (parent?.children ?? this.#top).push(built);
  }

  done(): Idoc {
    if (this.#top.length === 0) throw brokenIn(this.#line, "EDI_DC", "data records", "none");
    return { control: this.#control, segments: this.#top };
  }
}

/** Middleware drops the zeros in front of a number, not always everywhere. */
const unpadded = (number: string): string => number.trim().replace(/^0+(?=\d)/, "");

const NUMBER = /^\d{1,6}$/;

function numberIn(text: string | undefined, field: string, line: number, segment: string): number {
  if (text === undefined || text.trim() === "") return 0;
  if (!NUMBER.test(text.trim())) throw brokenIn(line, segment, `a number in ${field}`, text);
  return Number(text);
}

function fieldsOf(
  record: string,
  layout: SegmentLayout,
  line: number,
  segment: string,
): { fields: Record<string, string>; rest: string } {
  const fields: Record<string, string> = {};
  let at = 0;
  for (const [name, width] of layout) {
    const value = record.slice(at, at + width).trimEnd();
    // Two characters of one code point must not be cut apart by a width.
    if (!value.isWellFormed())
      throw brokenIn(line, segment, `a field ${name} of ${width} characters`, "half a character");
    if (value !== "") fields[name] = value;
    at += width;
  }
  return { fields, rest: record.slice(at).trimEnd() };
}

/** @throws {ContractBroken} when a value does not fit its field */
export function writeFlat(idocs: readonly Idoc[], form: FlatForm, layouts: Layouts): string {
  const old = form.records === "3";
  let text = "";
  const end = (record: string, full: number) => `${form.padded ? record.padEnd(full) : record.trimEnd()}\n`;
  for (const { control, segments } of idocs) {
    const layout = old ? CONTROL_3 : CONTROL_40;
    const fields = { ...control, TABNAM: old ? "EDI_DC" : "EDI_DC40" };
    text += end(packed(fields, layout, "EDI_DC"), widthOf(layout));
    let number = 0;
    const digits = (value: number, width: number) =>
      form.zeros ? String(value).padStart(width, "0") : String(value);
    const write = (one: IdocSegment, parent: number, level: number) => {
      number += 1;
      const own = number;
      if (number > 999_999) throw brokenIn(undefined, one.type, "at most 999999 segments", "more");
      const name = flatNameOf(one);
      const head = {
        SEGNAM: name,
        MANDT: control.MANDT ?? "",
        DOCNUM: control.DOCNUM ?? "",
        SEGNUM: digits(own, 6),
        SEGTYP: name,
        PSGNUM: digits(form.parents ? parent : 0, 6),
        HLEVEL: digits(one.level ?? level, 2),
      };
      const dataLayout = Object.hasOwn(layouts, one.type) ? layouts[one.type]! : [];
      const data = packed(one.fields, dataLayout, one.type) + (one.rest ?? "");
      if (data.length > SDATA)
        throw brokenIn(undefined, one.type, `at most ${SDATA} characters`, String(data.length));
      const headLayout = old ? DATA_3 : DATA_40;
      text += end(onlyKnown(head, headLayout, one.type) + data, widthOf(headLayout) + SDATA);
      for (const child of one.children) write(child, own, level + 1);
    };
    for (const one of segments) write(one, 0, 2);
  }
  return text;
}

/** The head's fields are ours, so those the older record lacks are left out rather than refused. */
function onlyKnown(head: Readonly<Record<string, string>>, layout: SegmentLayout, segment: string): string {
  const kept = Object.fromEntries(layout.map(([name]) => [name, head[name] ?? ""]));
  return packed(kept, layout, segment);
}

function packed(fields: Readonly<Record<string, string>>, layout: SegmentLayout, segment: string): string {
  const known = new Set(layout.map(([name]) => name));
  for (const name of Object.keys(fields)) {
    if (!known.has(name)) throw brokenIn(undefined, segment, "a field of its layout", name);
  }
  let record = "";
  for (const [name, width] of layout) {
    const value = fields[name] ?? "";
    if (value.length > width || /[\r\n\0]/.test(value)) {
      throw new ContractBroken(
        `${segment}, ${name}: expected at most ${width} characters on one line, found ${value.length}.`,
        { facts: { segment, field: name, expected: `at most ${width} characters`, found: value.length } },
      );
    }
    record += value.padEnd(width);
  }
  return record;
}
