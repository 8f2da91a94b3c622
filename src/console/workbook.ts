/**
 * A table as a workbook (.xlsx) with one sheet: what spreadsheets of every country open without asking how cells are divided.
 *
 * Cells hold text, decimals or times, and never a formula, whatever stands in them. A decimal is written digit by digit as it is;
 * where it has more digits than a spreadsheet can keep (15), it is written as text, because a rounded amount is a wrong one.
 *
 * Formats: ECMA-376 part 1 (SpreadsheetML, inline strings), part 2 (the package), and ZIP as of PKWARE's APPNOTE 6.3.
 */
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import type { Column, Sheet } from "./sheet.ts";

const deflated = promisify<Buffer, Buffer>(deflateRaw);

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** Digits a spreadsheet keeps of a number. */
const DIGITS_MAX = 15;
/** Characters one cell may have, by the format. */
const TEXT_MAX = 32_767;
/** Decimals that are shown as they were written; `STYLES` has one format for each count. */
const DECIMALS_MAX = 6;
const HEAD = 1;
const TIME = 2;
const NUMBER = 3;

export async function workbookOf(sheet: Sheet): Promise<Buffer> {
  return zipped([
    ["[Content_Types].xml", CONTENT_TYPES],
    ["_rels/.rels", relations([`${RELATIONS}/officeDocument`, "xl/workbook.xml"])],
    ["xl/workbook.xml", workbook(sheet.name)],
    [
      "xl/_rels/workbook.xml.rels",
      relations([`${RELATIONS}/worksheet`, "worksheets/sheet1.xml"], [`${RELATIONS}/styles`, "styles.xml"]),
    ],
    ["xl/styles.xml", STYLES],
    ["xl/worksheets/sheet1.xml", worksheet(sheet)],
  ]);
}

/** The head stays in sight, and every column can be filtered. */
function worksheet({ columns, rows }: Sheet): string {
  const letters = columns.map((_, index) => letterOf(index));
  const head = columns.map(({ name, as }, index) =>
    text(`${letters[index]}1`, as === "time" ? `${name} (UTC)` : name, HEAD),
  );
  const body = rows.map((row, at) => {
    const cells = row.map((value, index) => cell(`${letters[index]}${at + 2}`, value, columns[index]?.as));
    return `<row r="${at + 2}">${cells.join("")}</row>`;
  });
  const widths = columns.map(
    (_, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${widthOf(index, columns, rows)}" customWidth="1"/>`,
  );
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join("")}</cols><sheetData><row r="1">${head.join("")}</row>${body.join("")}</sheetData><autoFilter ref="A1:${letters.at(-1)}${rows.length + 1}"/></worksheet>`;
}

function cell(at: string, value: string, as: Column["as"]): string {
  if (value === "") return "";
  if (as === "number" && /^-?\d+(\.\d+)?$/.test(value)) {
    const [, decimals = ""] = value.split(".");
    const digits = value.replaceAll(/\D/g, "").replace(/^0+/, "").length;
    const style = decimals.length <= DECIMALS_MAX ? NUMBER + decimals.length : 0;
    if (digits <= DIGITS_MAX) return `<c r="${at}" s="${style}"><v>${value}</v></c>`;
  }
  const time = as === "time" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? text(at, value, 0) : `<c r="${at}" s="${TIME}"><v>${dayOf(time)}</v></c>`;
}

/** Days since 30 December 1899 as a spreadsheet counts them, with its share of a day to the second. */
function dayOf(time: number): string {
  return (Math.floor(time / 1_000) / 86_400 + 25_569).toFixed(8);
}

function text(at: string, value: string, style: number): string {
  const cut = value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX - 1)}…` : value;
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(cut)}</t></is></c>`;
}

/** What XML cannot hold is written as the format says: `_x0000_`. So is what only looks like that. */
const escaped = (value: string): string =>
  value
    .toWellFormed()
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
    .replaceAll(/[^\P{Cc}\t\n]|[\uFFFE\uFFFF]/gu, (character) => `_x${hex(character)}_`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
const hex = (character: string) => character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");

/** A, B, … Z, AA. */
const letterOf = (index: number): string =>
  (index < 26 ? "" : letterOf(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

/** As wide as what stands in its first rows, within reason. */
function widthOf(index: number, columns: Sheet["columns"], rows: Sheet["rows"]): number {
  const lengths = rows.slice(0, 200).map((row) => row[index]?.length ?? 0);
  return Math.min(48, Math.max(columns[index]!.name.length + 6, ...lengths) + 2);
}

/** A sheet's name has 31 characters at most, and none of : \ / ? * [ ]. */
const workbook = (name: string): string =>
  `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(name.replaceAll(/[:\\/?*[\]"']/g, " ").slice(0, 31))}" sheetId="1" r:id="r1"/></sheets></workbook>`;

const relations = (...to: readonly (readonly [type: string, target: string])[]): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${to
    .map(([type, target], index) => `<Relationship Id="r${index + 1}" Type="${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${MEDIA}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${MEDIA}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${MEDIA}.styles+xml"/></Types>`;

/** In the order of the constants above: plain, head, time, then a number with no decimals, one, two, and so on. */
const FORMATS = [
  "yyyy-mm-dd hh:mm:ss",
  ...Array.from(
    { length: DECIMALS_MAX + 1 },
    (_, decimals) => `#,##0${decimals ? "." : ""}${"0".repeat(decimals)}`,
  ),
];
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="${FORMATS.length}">${FORMATS.map(
  (format, index) => `<numFmt numFmtId="${164 + index}" formatCode="${format}"/>`,
).join(
  "",
)}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="${FORMATS.length + 2}"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/>${FORMATS.map(
  (_, index) => `<xf xfId="0" numFmtId="${164 + index}" applyNumberFormat="1"/>`,
).join("")}</cellXfs></styleSheet>`;

/** A ZIP of these parts, each deflated. The day in it is the first one ZIP knows: the same table is the same file. */
async function zipped(parts: readonly (readonly [name: string, content: string])[]): Promise<Buffer> {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of parts) {
    const plain = Buffer.from(content);
    const packed = await deflated(plain);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0); // version needed
    about.writeUInt16LE(8, 4); // deflated
    about.writeUInt16LE(0x21, 8); // 1 January 1980
    about.writeUInt32LE(crc32(plain), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(plain.length, 18);
    about.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), about, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), about, rest, Buffer.from(name));
    files.push(file);
    offset += file.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, listed, Buffer.from("PK\x05\x06"), end]);
}
