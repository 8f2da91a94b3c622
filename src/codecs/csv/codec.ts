/**
 * CSV with declared columns.
 *
 * A file has the columns its contract names, in any order when it has a header, and every row has as many fields as
 * there are columns: a ragged row is refused with its line, never padded. Fields are text; nothing is turned into a
 * number on the way, so `00123` and `1e5` stay what they are. Delimiter and encoding are declared, not guessed.
 */
import { parse as parseStream } from "csv-parse";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import {
  CSV_LIMITS,
  type CsvColumn,
  type CsvRow,
  type CsvSettings,
  declared,
  decoded,
  LABEL,
  LINE_BREAKS,
  lineBreaksIn,
  options,
  type ParsedRecord,
  RowReader,
  translated,
} from "./rows.ts";

export {
  databaseExport,
  databaseExportRecords,
  type ExportRow,
  type ExportSettings,
  readDatabaseExport,
} from "./export.ts";
export { csvRecords, type RowOf } from "./records.ts";
export { CSV_LIMITS, type CsvColumn, type CsvLimits, type CsvRow, type CsvSettings } from "./rows.ts";

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
        // Row by row: a file whose first rows are broken is refused before the others take memory.
        parse(text, {
          ...options(settings, limits, lineBreaksIn(text, settings) ?? LINE_BREAKS),
          info: false,
          on_record(record, info) {
            const row = reader.row({ record: record as unknown as readonly string[], info });
            if (row) rows.push(row);
          },
        });
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
  const decoder = new TextDecoder(LABEL[settings.encoding ?? "utf-8"], { fatal: true });
  const source = chunks[Symbol.asyncIterator]();
  // How rows end is to be seen before the first of them can be.
  let start = "";
  let lineBreaks: readonly string[] | undefined;
  let over = false;
  while (lineBreaks === undefined && !over && start.length < START_MAX) {
    const { value, done = false } = await source.next();
    over = done;
    start += textOf(decoder, done ? undefined : value, settings);
    lineBreaks = lineBreaksIn(start, settings);
  }
  const parser = parseStream(options(settings, limits, lineBreaks ?? LINE_BREAKS));
  let broken: unknown;
  const feeding = (async () => {
    try {
      if (!parser.write(start)) await room(parser);
      for (
        let next = over ? undefined : await source.next();
        next && !next.done;
        next = await source.next()
      ) {
        if (parser.destroyed) return;
        const text = decoder.decode(next.value, { stream: true });
        if (!parser.write(text)) await room(parser);
      }
      parser.end(over ? "" : decoder.decode());
    } catch (error) {
      broken = error;
      parser.destroy();
    }
  })();
  try {
    for await (const record of parser) {
      const row = reader.row(record as ParsedRecord);
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

/** So far the first line break is looked for. */
const START_MAX = 65_536;

/** The text of a chunk, or what is left of it at the end. */
function textOf(decoder: TextDecoder, chunk: Bytes | undefined, settings: CsvSettings): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw translated(error, settings, []);
  }
}

/** Waits until the parser takes more, or will take nothing any more. */
function room(parser: NodeJS.EventEmitter): Promise<void> {
  return new Promise((go) => {
    const done = () => {
      parser.off("drain", done).off("close", done);
      go();
    };
    parser.on("drain", done).on("close", done);
  });
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
        if (settings.quote === "none") refuseUnquotable(text, settings, index + 1, name);
        return spreadsheet && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
      }),
    );
  }
  const text = stringify(table, {
    delimiter: settings.delimiter ?? ",",
    record_delimiter: (settings.rowEnd ?? "") + (settings.lineBreak ?? "\n"),
    ...(settings.quote === "none" ? { quote: false as const } : {}),
    quoted: spreadsheet,
    // One empty column would be an empty line, and an empty line is no row.
    quoted_empty: spreadsheet || columns.length === 1,
    quoted_match: /[\r\n]|^\s|\s$/,
  });
  return encoded(text, settings.encoding ?? "utf-8");
}

/** Without quotes nothing protects a delimiter inside a field. */
function refuseUnquotable(text: string, settings: CsvSettings, row: number, column: string): void {
  const marks = settings.rowEnd === undefined ? ["\r", "\n"] : [settings.rowEnd];
  const found = [settings.delimiter ?? ",", ...marks].find((mark) => text.includes(mark));
  if (found === undefined) return;
  throw new ContractBroken(
    `Row ${row} has ${JSON.stringify(found)} in ${column}, and without quotes that ends the field.`,
    { facts: { row, path: column, expected: "text without delimiters", found: JSON.stringify(found) } },
  );
}

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function encoded(text: string, encoding: keyof typeof LABEL): Bytes {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  const letters = new Map(
    [...new TextDecoder(LABEL[encoding]).decode(EVERY_BYTE)].map((letter, byte) => [letter, byte]),
  );
  const bytes = [...text].map((letter) => letters.get(letter));
  if (!bytes.includes(undefined)) return Uint8Array.from(bytes as number[]);
  throw new ContractBroken(`The text holds characters that ${encoding} cannot write.`, {
    facts: { expected: encoding, found: "other characters" },
  });
}

export { dialectOf } from "./dialect.ts";
