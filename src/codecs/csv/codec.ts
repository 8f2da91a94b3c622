/**
 * CSV with declared columns.
 *
 * A file has the columns its contract names, in any order when it has a header, and every row has as many fields as
 * there are columns: a ragged row is refused with its line, never padded. Fields are text; nothing is turned into a
 * number on the way, so `00123` and `1e5` stay what they are. Delimiter and encoding are declared, not guessed.
 */
import { type CsvError, parse as parseStream } from "csv-parse";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken, ensure } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";

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
  readonly encoding?: "utf-8" | "latin-1" | "windows-1252" | "utf-16le";
  /**
   * The file is for people with spreadsheets: every cell is quoted, and one that a spreadsheet would run as a formula
   * gets a leading apostrophe unless it is a plain number. Such a file is not read back to the same value.
   */
  readonly forSpreadsheets?: boolean;
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

/**
 * The CSV codec.
 *
 * @example csv({ columns: ["sku", "quantity"], delimiter: ";" }).decode(toBytes("sku;quantity\nPUMP-100;2\n"))
 */
export function csv(settings: CsvSettings): Codec<readonly CsvRow[]> {
  const columns = declared(settings);
  const limits = { ...CSV_LIMITS, ...settings.limits };
  return {
    name: "csv",
    mediaType: "text/csv",
    decode(body) {
      if (body.length > limits.bytes) {
        throw new ContractBroken(
          `A CSV file of at most ${limits.bytes} bytes was expected, ${body.length} found.`,
          {
            facts: { expected: `at most ${limits.bytes} bytes`, found: body.length },
          },
        );
      }
      const text = decoded(body, settings.encoding ?? "utf-8");
      const reader = new RowReader(columns, settings, limits);
      try {
        const rows: CsvRow[] = [];
        for (const record of parse(text, options(settings, limits)) as unknown as Record_[]) {
          const row = reader.row(record);
          if (row) rows.push(row);
        }
        reader.end();
        return rows;
      } catch (error) {
        throw translated(error, settings, columns);
      }
    },
    encode: (rows) => written(rows, columns, settings),
  };
}

/**
 * Reads rows from a stream of chunks at flat memory.
 *
 * @example for await (const row of readCsv(createReadStream(path), settings)) …
 * @throws {ContractBroken} at the first broken row; the rows before it were given
 */
export async function* readCsv(
  chunks: AsyncIterable<Bytes>,
  settings: CsvSettings,
): AsyncGenerator<CsvRow, void, undefined> {
  const columns = declared(settings);
  const limits = { ...CSV_LIMITS, rows: Number.POSITIVE_INFINITY, ...settings.limits };
  const reader = new RowReader(columns, settings, limits);
  const parser = parseStream(options(settings, limits));
  const decoder = new TextDecoder(LABEL[settings.encoding ?? "utf-8"], { fatal: true });
  let broken: unknown;
  const feeding = (async () => {
    try {
      for await (const chunk of chunks) {
        if (parser.destroyed) return;
        const text = decoder.decode(chunk, { stream: true });
        if (!parser.write(text)) await new Promise((go) => parser.once("drain", go).once("close", go));
      }
      parser.end(decoder.decode());
    } catch (error) {
      broken = error;
      parser.destroy();
    }
  })();
  try {
    for await (const record of parser) {
      const row = reader.row(record as Record_);
      if (row) yield row;
    }
    if (broken !== undefined) throw broken;
    reader.end();
  } catch (error) {
    throw translated(broken ?? error, settings, columns);
  } finally {
    parser.destroy();
    await feeding;
  }
}

/** A record with the line it ends on. */
interface Record_ {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const LABEL = {
  "utf-8": "utf-8",
  "latin-1": "latin1",
  "windows-1252": "windows-1252",
  "utf-16le": "utf-16le",
} as const;

const options = (settings: CsvSettings, limits: CsvLimits) => ({
  delimiter: settings.delimiter ?? ",",
  columns: false as const,
  bom: true,
  info: true as const,
  // Raggedness is checked against the declared columns, with a message that names them.
  relax_column_count: true,
  skip_empty_lines: true,
  // One field may not grow without bound while a quote stays open.
  max_record_size: limits.fieldLength * Math.max(1, settings.columns.length),
});

/** Turns records into rows: finds the columns by the header, and holds every row to them. */
class RowReader {
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

  row({ record, info }: Record_): CsvRow | undefined {
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
    for (const [index, column] of order.entries()) {
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

function declared({ columns }: CsvSettings): Required<CsvColumn>[] {
  const list = columns.map((column) => {
    const { name, header = name, optional = false } = typeof column === "string" ? { name: column } : column;
    ensure(!["__proto__", "prototype", "constructor"].includes(name), `a column is not called ${name}`);
    return { name, header, optional };
  });
  ensure(list.length > 0, "a CSV file has columns");
  ensure(new Set(list.map(({ name }) => name)).size === list.length, "columns have different names");
  return list;
}

function decoded(body: Bytes, encoding: keyof typeof LABEL): string {
  try {
    return new TextDecoder(LABEL[encoding], { fatal: true }).decode(body);
  } catch (cause) {
    throw new ContractBroken(`The file was declared ${encoding}, and its bytes are not.`, {
      facts: { expected: encoding, found: "other bytes" },
      cause,
    });
  }
}

const FORMULA = /^[=+\-@\t\r\n]/;
const NUMBER = /^-?\d+(?:[.,]\d+)?$/;

function written(
  rows: readonly CsvRow[],
  columns: readonly Required<CsvColumn>[],
  settings: CsvSettings,
): Bytes {
  const spreadsheet = settings.forSpreadsheets ?? false;
  const table: string[][] = [];
  if (settings.header !== false) table.push(columns.map(({ header }) => header));
  for (const [index, row] of rows.entries()) {
    table.push(
      columns.map(({ name, optional }) => {
        const field = row[name];
        if (field === undefined && !optional) {
          throw new ContractBroken(`Row ${index + 1} has no ${name}.`, {
            facts: { row: index + 1, path: name, expected: "text", found: "nothing" },
          });
        }
        if (field !== undefined && typeof field !== "string") {
          throw new ContractBroken(`Row ${index + 1} has ${name} as ${typeof field}; CSV fields are text.`, {
            facts: { row: index + 1, path: name, expected: "text", found: typeof field },
          });
        }
        const text = field ?? "";
        return spreadsheet && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
      }),
    );
  }
  const text = stringify(table, {
    delimiter: settings.delimiter ?? ",",
    record_delimiter: settings.lineBreak ?? "\n",
    quoted: spreadsheet,
    // One empty column would be an empty line, and an empty line is no row.
    quoted_empty: spreadsheet || columns.length === 1,
    quoted_match: /[\r\n]|^\s|\s$/,
  });
  return encoded(text, settings.encoding ?? "utf-8");
}

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function encoded(text: string, encoding: keyof typeof LABEL): Bytes {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le");
  const letters = new Map(
    [...new TextDecoder(LABEL[encoding]).decode(EVERY_BYTE)].map((letter, byte) => [letter, byte]),
  );
  const bytes = [...text].map((letter) => letters.get(letter));
  if (!bytes.includes(undefined)) return Uint8Array.from(bytes as number[]);
  throw new ContractBroken(`The text holds characters that ${encoding} cannot write.`, {
    facts: { expected: encoding, found: "other characters" },
  });
}

function at(line: number, expected: string, found: string, column?: string): ContractBroken {
  const where = column === undefined ? `Line ${line}` : `Line ${line}, column ${column}`;
  return new ContractBroken(`${where}: expected ${expected}, found ${found}.`, {
    facts: { line, ...(column === undefined ? {} : { column }), expected, found },
  });
}

function translated(error: unknown, settings: CsvSettings, columns: readonly unknown[]): unknown {
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
