/**
 * The dialect of a table nobody declared: what separates its fields and ends its rows, whether it quotes, what it is in.
 *
 * It is for looking at unknown files: exports of databases and spreadsheets. A flow declares its columns and its
 * delimiter instead, because a guess may change with the data. What is found are settings for `readCsv`, which holds
 * every row to them.
 */
import type { Bytes } from "../../std/bytes.ts";
import type { CsvSettings } from "./rows.ts";

interface Marks {
  readonly delimiter: string;
  /** Ends a row, before the line break where there is one. */
  readonly rowEnd?: string;
}

/** `+|` and `&|` are what the bulk export of SQL Server is told to use where fields hold tabs and line breaks. */
const MARKS: readonly Marks[] = [
  { delimiter: "+|", rowEnd: "&|" },
  { delimiter: "\t" },
  { delimiter: ";" },
  { delimiter: "|" },
  { delimiter: "," },
  // What nobody writes in words, and databases are told to use for that; `\x01` is Hive's own.
  { delimiter: "\x01" },
  { delimiter: "^" },
  { delimiter: "~" },
];
/** This part of the rows must have the same number of fields for the text to be a table at all. */
const AGREEMENT = 0.8;
const ROWS_MIN = 3;
const DANGEROUS: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

/** The settings a file is read by, from its first kilobytes; undefined when it is no table. */
export function dialectOf(start: Bytes, whole: boolean): CsvSettings | undefined {
  const encoding = encodingOf(start, whole);
  const all = new TextDecoder(LABEL[encoding]).decode(start).replace(/^\ufeff/, "");
  // A spreadsheet is told the delimiter in a line of its own.
  const [announced = "", told] = /^sep=(.)\r?\n/.exec(all) ?? [];
  const text = all.slice(announced.length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text has none of these, other files do.
  if (/[\0\x02-\x08\x0e-\x1f\ufffd]/.test(text.slice(0, -1))) return undefined;
  if (MARKDOWN.test(text)) return undefined;
  let best: { settings: CsvSettings; width: number } | undefined;
  for (const marks of told === undefined ? MARKS : [{ delimiter: told }]) {
    // Where rows have an end of their own, nothing needs quotes.
    for (const quoted of marks.rowEnd === undefined ? [true, false] : [false]) {
      const rows = rowsOf(text, marks, quoted, whole);
      const width = commonWidth(rows);
      // Quotes that hold nothing together are letters: the dialect that reads every row is the simpler one.
      if (width > (best?.width ?? 1)) {
        best = {
          width,
          settings: settingsFor(marks, quoted && quotes(rows, marks), rows, width, encoding),
        };
      }
    }
  }
  return best?.settings;
}

/** The line under the heads of a table in a text for people. */
const MARKDOWN = /^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t|:-]*$/m;
const LABEL = {
  "utf-8": "utf-8",
  "windows-1252": "windows-1252",
  "utf-16le": "utf-16le",
  "utf-16be": "utf-16be",
} as const;

function encodingOf(start: Bytes, whole: boolean): keyof typeof LABEL {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  try {
    // The last letter may be cut in two.
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: !whole });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** Complete rows of the text as their fields; a row that may go on beyond it is left out. */
function rowsOf(text: string, { delimiter, rowEnd }: Marks, quoted: boolean, whole: boolean): string[][] {
  const rows: string[][] = [];
  let fields: string[] = [];
  let from = 0;
  let inQuotes = false;
  const end = (at: number) => {
    const row = [...fields, text.slice(from, at)];
    if (row.length > 1 || row[0] !== "") rows.push(row);
    fields = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at]!;
    if (quoted && mark === '"' && (inQuotes || at === from)) inQuotes = !inQuotes;
    else if (quoted && mark === '"' && text[at - 1] === '"') inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (text.startsWith(delimiter, at)) {
      fields.push(text.slice(from, at));
      at += delimiter.length - 1;
      from = at + 1;
    } else if (rowEnd !== undefined ? text.startsWith(rowEnd, at) : mark === "\n" || mark === "\r") {
      end(at);
      if (rowEnd !== undefined) at += rowEnd.length;
      while (rowEnd !== undefined && (text[at] === "\r" || text[at] === "\n")) at += 1;
      if (rowEnd !== undefined) at -= 1;
      else if (mark === "\r" && text[at + 1] === "\n") at += 1;
      from = at + 1;
    }
  }
  if (whole && !inQuotes && from < text.length) end(text.length);
  return rows;
}

/** Quotes that only stand inside fields are letters; where none is seen yet, only a tab makes them unlikely. */
function quotes(rows: readonly string[][], { delimiter }: Marks): boolean {
  const fields = rows.flat();
  if (fields.some((field) => field.startsWith('"'))) return true;
  return delimiter !== "\t" && !fields.some((field) => field.includes('"'));
}

/** How many fields nearly all rows have; 0 when they do not agree. */
function commonWidth(rows: readonly string[][]): number {
  const times = new Map<number, number>();
  for (const { length } of rows) times.set(length, (times.get(length) ?? 0) + 1);
  const [width = 0, most = 0] = [...times].sort((one, other) => other[1] - one[1])[0] ?? [];
  return most >= ROWS_MIN && most >= rows.length * AGREEMENT ? width : 0;
}

function settingsFor(
  { delimiter, rowEnd }: Marks,
  quoted: boolean,
  rows: readonly string[][],
  width: number,
  encoding: keyof typeof LABEL,
): CsvSettings {
  const names = (rows[0] ?? []).map((name) => name.replace(/^"|"$/g, "").trim());
  const header =
    names.length === width &&
    new Set(names).size === width &&
    names.every(
      (name) => /^[^\d\s][^\r\n]{0,80}$/.test(name) && !name.includes('"') && !DANGEROUS.has(name),
    ) &&
    // A row like every other is no header: somewhere below a name there is a number or nothing.
    rows.slice(1).some((row) => row.some((field) => /^["\s]*(?:[-\d.,:/ ]+)?["\s]*$/.test(field)));
  const columns = header ? names : Array.from({ length: width }, (_, index) => String(index + 1));
  return {
    columns,
    delimiter,
    header,
    encoding,
    ...(quoted ? {} : { quote: "none" }),
    ...(rowEnd === undefined ? {} : { rowEnd }),
  };
}
