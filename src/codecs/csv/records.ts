/**
 * CSV files of many records: each row is cut, read and refused on its own.
 *
 * A row with a wrong number of fields, a broken quote or bytes of another encoding is refused with its line; the rows after
 * it are read. Only a header that is not the declared one refuses the file.
 */
import { parse } from "csv-parse/sync";
import { ContractBroken, ensure } from "../../std/errors.ts";
import { LineRecords, type RawRecord, type Records } from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import {
  announcing,
  CSV_LIMITS,
  type CsvColumn,
  type CsvSettings,
  declared,
  decoded,
  LINE_BREAKS,
  options,
  type ParsedRecord,
  RowReader,
  translated,
} from "./rows.ts";

/** A row with the declared columns and no others. */
export type RowOf<Columns extends readonly (string | CsvColumn)[]> = {
  readonly [Column in Columns[number] as Column extends CsvColumn ? Column["name"] : Column & string]: string;
};

/**
 * Rows of CSV as records.
 *
 * @example flow("items").from(mailbox).records(csvRecords({ columns: ["sku", "uom"], delimiter: ";" }))
 */
export function csvRecords<const Columns extends readonly (string | CsvColumn)[]>(
  settings: CsvSettings & { readonly columns: Columns },
): Records<RowOf<Columns>> {
  const { rowEnd = "" } = settings;
  ensure(Buffer.byteLength(rowEnd) === rowEnd.length, "rows are cut where ASCII ends them");
  const columns = declared(settings);
  const wide = settings.encoding?.startsWith("utf-16") === true;
  const encoding = wide ? "utf-8" : (settings.encoding ?? "utf-8");
  const delimiter = settings.delimiter ?? ",";
  const limits = { ...CSV_LIMITS, rows: Number.POSITIVE_INFINITY, ...settings.limits };
  const parsing = options(settings, limits, LINE_BREAKS);
  const hasHead = settings.header !== false;

  const ends = ["\r\n", "\n", ""].map((lineBreak) => rowEnd + lineBreak);
  const fieldsOf = (text: string, line: number): readonly string[] => {
    const ended = ends.find((end) => text.endsWith(end)) ?? "";
    const row = text.slice(0, text.length - ended.length);
    // Most rows have no quote and need no parser.
    if (!row.includes('"')) return row.split(delimiter);
    try {
      return (parse(row, parsing) as unknown as ParsedRecord[])[0]?.record ?? [];
    } catch (error) {
      throw translated(Object.assign(error as Error, { lines: line }), settings, columns);
    }
  };
  // One reader serves a file: the header is found out once.
  let known: { readonly head: string | null; readonly rows: RowReader } | undefined;
  const rowsUnder = (head: string | null): RowReader => {
    if (known?.head === head) return known.rows;
    const rows = new RowReader(columns, settings, limits);
    if (head !== null) {
      const text = decoded(Buffer.from(head, "latin1"), encoding);
      rows.row({ record: fieldsOf(text, 1), info: { lines: 1 } });
    } else if (hasHead) rows.end();
    known = { head, rows };
    return rows;
  };

  const records: Records<RowOf<Columns>> = {
    name: "csv records",
    mediaType: "text/csv",
    cutter: (from) =>
      new LineRecords(from, {
        head: hasHead,
        quotes: settings.quote !== "none",
        ...(settings.rowEnd === undefined ? {} : { rowEnd: settings.rowEnd }),
        passedOver: announcing(delimiter),
      }),
    checkHead: (head) => void rowsUnder(head),
    read({ bytes, place }: RawRecord) {
      const text = decoded(bytes, encoding);
      const row = rowsUnder(place.head).row({
        record: fieldsOf(text, place.line),
        info: { lines: place.line },
      });
      if (row) return row as RowOf<Columns>;
      throw new ContractBroken(`Line ${place.line}: expected a row, found a header.`, {
        facts: { line: place.line, expected: "a row", found: "a header" },
      });
    },
  };
  return wide ? inAnyWidth(records) : records;
}
