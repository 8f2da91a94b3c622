/**
 * Rows of a CSV file: the declared columns, and every row held to them.
 *
 * Whole files and streams (`codec.ts`) and files of many records (`records.ts`) read their rows here, so a row that is
 * refused in one of them is refused in all, with the same words.
 */
import type { CsvError } from "csv-parse";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken, ensure } from "../../std/errors.ts";

export interface CsvColumn {
  /** The field of the row it becomes. */
  readonly name: string;
  /** What the header calls it; `name` where absent. */
  readonly header?: string;
  /** The column may be missing from the header; its field is then `""`. */
  readonly optional?: boolean;
}

export interface CsvSettings {
  readonly columns: readonly (string | CsvColumn)[];
  /** `,` where absent. */
  readonly delimiter?: string;
  /** Whether the first line names the columns; true where absent. Without one, columns stand in the declared order. */
  readonly header?: boolean;
  /** `utf-8` where absent. A byte order mark is dropped. */
  readonly encoding?: "utf-8" | "latin-1" | "windows-1252" | "utf-16le" | "utf-16be";
  /**
   * The file is for people with spreadsheets: every cell is quoted, and one that a spreadsheet would run as a formula
   * gets a leading apostrophe unless it is a plain number. Such a file is not read back to the same value.
   */
  readonly forSpreadsheets?: boolean;
  /** `none` where quotes are letters like any other, as exports of databases write them; `"` where absent. */
  readonly quote?: "none";
  /** What stands at the end of a row before its line break, e.g. `&|`; a field may then hold line breaks. */
  readonly rowEnd?: string;
  /** What ends a written row; a line feed where absent. */
  readonly lineBreak?: "\n" | "\r\n";
  readonly limits?: Partial<CsvLimits>;
}

export interface CsvLimits {
  readonly bytes: number;
  readonly rows: number;
  readonly fieldLength: number;
}

/** 64 MB and a million rows as a whole; larger files are streamed with `readCsv`, which counts only fields and rows. */
export const CSV_LIMITS: CsvLimits = { bytes: 67_108_864, rows: 1_000_000, fieldLength: 131_072 };

export type CsvRow = Readonly<Record<string, string>>;

/** A record with the line it ends on. */
export interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

export const LABEL = {
  "utf-8": "utf-8",
  "latin-1": "latin1",
  "windows-1252": "windows-1252",
  "utf-16le": "utf-16le",
  "utf-16be": "utf-16be",
} as const;

/** `lineBreaks` are those a row may end with: `lineBreaksIn` says which. */
export const options = (settings: CsvSettings, limits: CsvLimits, lineBreaks: readonly string[]) => ({
  delimiter: settings.delimiter ?? ",",
  columns: false as const,
  bom: true,
  info: true as const,
  // Raggedness is checked against the declared columns, with a message that names them.
  relax_column_count: true,
  skip_empty_lines: true,
  ...(settings.quote === "none" ? { quote: false as const } : {}),
  record_delimiter:
    settings.rowEnd === undefined
      ? [...lineBreaks]
      : ["\r\n", "\n", ""].map((lineBreak) => `${settings.rowEnd}${lineBreak}`),
  // One field may not grow without bound while a quote stays open.
  max_record_size: limits.fieldLength * Math.max(1, settings.columns.length),
});

/** A file put together from others has both of these, so neither is told by its first line alone. */
export const LINE_BREAKS: readonly string[] = ["\r\n", "\n"];
const MACINTOSH: readonly string[] = ["\r"];

/** How rows of this text end, by its first line break outside quotes; undefined while that is not to be seen. */
export function lineBreaksIn(text: string, settings: CsvSettings): readonly string[] | undefined {
  let open = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22 && settings.quote !== "none") open = !open;
    else if (open || (code !== 0x0a && code !== 0x0d)) continue;
    else if (code === 0x0a) return LINE_BREAKS;
    else if (at + 1 < text.length) return text.charCodeAt(at + 1) === 0x0a ? LINE_BREAKS : MACINTOSH;
  }
  return undefined;
}

/** The first line by which spreadsheets are told the delimiter. It is passed over where it names the declared one. */
export const announcing = (delimiter: string): string => `sep=${delimiter}`;

/** Turns records into rows: finds the columns by the header, and holds every row to them. */
export class RowReader {
  readonly #columns: readonly Required<CsvColumn>[];
  readonly #limits: CsvLimits;
  /** For each field of a record, the column it belongs to. */
  #order: readonly Required<CsvColumn>[] | undefined;
  #rows = 0;

  constructor(columns: readonly Required<CsvColumn>[], settings: CsvSettings, limits: CsvLimits) {
    this.#columns = columns;
    this.#limits = limits;
    if (settings.header === false) this.#order = columns;
  }

  row({ record, info }: ParsedRecord): CsvRow | undefined {
    if (info.lines === 1 && record.length === 2 && record[0] === "sep=" && record[1] === "") return undefined;
    if (this.#order === undefined) {
      this.#order = this.#ordered(record);
      return undefined;
    }
    const order = this.#order;
    if (record.length !== order.length) {
      throw at(info.lines, `${order.length} fields`, `${record.length}`);
    }
    this.#rows += 1;
    if (this.#rows > this.#limits.rows) throw at(info.lines, `at most ${this.#limits.rows} rows`, "more");
    const row: Record<string, string> = {};
    for (const column of this.#columns) row[column.name] = "";
    for (let index = 0; index < order.length; index += 1) {
      const column = order[index]!;
      const field = record[index]!;
      if (field.length > this.#limits.fieldLength) {
        throw at(
          info.lines,
          `fields of at most ${this.#limits.fieldLength} characters`,
          `${field.length}`,
          column.name,
        );
      }
      if (field.includes("\0")) throw at(info.lines, "text", "a NUL character", column.name);
      row[column.name] = field;
    }
    return row;
  }

  /** A file without its header is no empty file: something was lost on the way. */
  end(): void {
    if (this.#order === undefined) {
      throw at(1, `a header with ${this.#columns.map(({ header }) => header).join(", ")}`, "nothing");
    }
  }

  #ordered(header: readonly string[]): Required<CsvColumn>[] {
    const order = header.map((found) => {
      const column = this.#columns.find((known) => known.header === found.trim());
      if (!column)
        throw at(
          1,
          `the columns ${this.#columns.map((known) => known.header).join(", ")}`,
          JSON.stringify(found.slice(0, 40)),
        );
      return column;
    });
    for (const column of this.#columns) {
      const times = order.filter((found) => found === column).length;
      if (times > 1) throw at(1, `the column ${column.header} once`, `${times} times`);
      if (times === 0 && !column.optional)
        throw at(1, `the column ${column.header}`, header.join(", ").slice(0, 80));
    }
    return order;
  }
}

export function declared({ columns }: CsvSettings): Required<CsvColumn>[] {
  const list = columns.map((column) => {
    const { name, header = name, optional = false } = typeof column === "string" ? { name: column } : column;
    ensure(!["__proto__", "prototype", "constructor"].includes(name), `a column is not called ${name}`);
    return { name, header, optional };
  });
  ensure(list.length > 0, "a CSV file has columns");
  ensure(new Set(list.map(({ name }) => name)).size === list.length, "columns have different names");
  return list;
}

export function decoded(body: Bytes, encoding: keyof typeof LABEL): string {
  try {
    return new TextDecoder(LABEL[encoding], { fatal: true }).decode(body);
  } catch (cause) {
    throw new ContractBroken(`The file was declared ${encoding}, and its bytes are not.`, {
      facts: { expected: encoding, found: "other bytes" },
      cause,
    });
  }
}

export function at(line: number, expected: string, found: string, column?: string): ContractBroken {
  const where = column === undefined ? `Line ${line}` : `Line ${line}, column ${column}`;
  return new ContractBroken(`${where}: expected ${expected}, found ${found}.`, {
    facts: { line, ...(column === undefined ? {} : { column }), expected, found },
  });
}

export function translated(error: unknown, settings: CsvSettings, columns: readonly unknown[]): unknown {
  const { code, lines } = error as CsvError & { lines?: number };
  if (error instanceof ContractBroken) return error;
  if (error instanceof TypeError) {
    return new ContractBroken(
      `The file was declared ${settings.encoding ?? "utf-8"}, and its bytes are not.`,
      {
        facts: { expected: settings.encoding ?? "utf-8", found: "other bytes" },
        cause: error,
      },
    );
  }
  if (typeof code !== "string" || !/^(?:CSV_|INVALID_OPENING_QUOTE)/.test(code)) return error;
  const expected =
    code === "CSV_QUOTE_NOT_CLOSED"
      ? "a closing quote"
      : code === "CSV_MAX_RECORD_SIZE"
        ? "rows within the field limit"
        : `rows of ${columns.length} well-quoted fields`;
  const found = code.replace("CSV_", "").toLowerCase().replaceAll("_", " ");
  return new ContractBroken(`Line ${lines ?? 0}: expected ${expected}, found ${found}.`, {
    facts: { line: lines ?? 0, expected, found },
    cause: error,
  });
}
