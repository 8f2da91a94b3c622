/**
 * Exports of databases: fields between delimiters, with backslash escapes, with or without quotes, and marks for NULL.
 *
 * This is what PostgreSQL `COPY`, MySQL `INTO OUTFILE`, Hive and bulk tools write. A field that is NULL is `null` and never
 * an empty text. Delimiter, escapes and marks are declared, not guessed; a row of another number of fields is refused.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import { LineRecords, type Records, readInFile } from "../records.ts";

export interface ExportSettings {
  readonly columns: readonly string[];
  /** One character: a tab where absent; `|`, `\x01` (Hive), `;` … */
  readonly delimiter?: string;
  /** `backslash` where absent: `\t`, `\n`, `\\`, and a backslash before a delimiter or a line end. */
  readonly escape?: "backslash" | "none";
  /** Fields may stand in quotes, which hide delimiters and line ends; a quoted field is never NULL. None where absent. */
  readonly quote?: '"';
  /** What stands for NULL, compared before escapes are read; `\N` where absent. */
  readonly nulls?: readonly string[];
  /** Whether the first row names the columns, in this order; false where absent. */
  readonly header?: boolean;
  /** `utf-8` where absent. */
  readonly encoding?: "utf-8" | "latin-1" | "windows-1252";
  readonly limits?: { readonly bytes?: number; readonly rows?: number; readonly fieldLength?: number };
}

export type ExportRow = Readonly<Record<string, string | null>>;

/**
 * The codec of a database export.
 *
 * @example databaseExport({ columns: ["sku", "stock"], delimiter: "|" }).decode(toBytes("PUMP-100|\\N\n"))
 */
export function databaseExport(settings: ExportSettings): Codec<readonly ExportRow[]> {
  const { bytes = 67_108_864 } = settings.limits ?? {};
  return {
    name: "csv",
    mediaType: "text/tab-separated-values",
    decode(body) {
      if (body.length > bytes) throw broken(0, `at most ${bytes} bytes`, String(body.length));
      const reader = new ExportReader(settings, settings.limits?.rows ?? 1_000_000);
      return [...reader.push(body), ...reader.end()];
    },
    encode: (rows) => written(rows, settings),
  };
}

/** Reads rows from a stream of chunks at flat memory. @throws {ContractBroken} at the first broken row */
export async function* readDatabaseExport(
  chunks: AsyncIterable<Bytes>,
  settings: ExportSettings,
): AsyncGenerator<ExportRow, void, undefined> {
  const reader = new ExportReader(settings, settings.limits?.rows ?? Number.POSITIVE_INFINITY);
  for await (const chunk of chunks) yield* reader.push(chunk);
  yield* reader.end();
}

/**
 * Rows of a database export as records: a row that is refused hides no other.
 *
 * @example flow("stock").from(mailbox).records(databaseExportRecords({ columns: ["sku", "stock"], delimiter: "|" }))
 */
export function databaseExportRecords(settings: ExportSettings): Records<ExportRow> {
  const rowsOf = (bytes: Bytes, header: boolean): ExportRow[] => {
    const reader = new ExportReader({ ...settings, header }, 1);
    return [...reader.push(bytes), ...reader.end()];
  };
  return {
    name: "database export rows",
    mediaType: "text/tab-separated-values",
    cutter: (from) =>
      new LineRecords(from, {
        head: settings.header === true,
        quotes: settings.quote !== undefined,
        escapes: settings.escape !== "none",
        blanks: settings.columns.length === 1,
        over: END_MARK,
      }),
    checkHead(head) {
      if (settings.header) rowsOf(Buffer.from(head ?? "", "latin1"), true);
    },
    read: ({ bytes, place }) =>
      readInFile({ ...place, head: null }, () => {
        const [row] = rowsOf(bytes, false);
        if (row === undefined) throw broken(1, `${settings.columns.length} fields`, "none");
        return row;
      }),
  };
}

/** COPY ends its data so; nothing behind it is data. */
const END_MARK = "\\.";

const LABEL = { "utf-8": "utf-8", "latin-1": "latin1", "windows-1252": "windows-1252" } as const;

function broken(line: number, expected: string, found: string): ContractBroken {
  const shown = found.slice(0, 40);
  return new ContractBroken(`Line ${line}: expected ${expected}, found ${shown}.`, {
    facts: { line, expected, found: shown },
  });
}

/** What a backslash begins, and a quote inside quotes. Numbers are octal, or hexadecimal behind an x. */
const ESCAPE = /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([\s\S]))|""/g;

/** Letters behind a backslash that are not themselves; every other is. */
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  Z: "\x1a",
};

class ExportReader {
  readonly #settings: ExportSettings;
  readonly #delimiter: string;
  readonly #backslash: boolean;
  readonly #nulls: ReadonlySet<string>;
  readonly #most: number;
  readonly #longest: number;
  readonly #decoder: TextDecoder;
  /** A row of every column, whatever their names are. */
  readonly #blank: Readonly<Record<string, string | null>>;
  #fields: string[] = [];
  #field = "";
  #escaped = false;
  /** In quotes, behind the quote that ends them, or neither. */
  #quotes: "open" | "closed" | undefined;
  #line = 1;
  #rowLine = 1;
  #rows = 0;
  #headed: boolean;
  #over = false;

  constructor(settings: ExportSettings, most: number) {
    this.#settings = settings;
    this.#delimiter = settings.delimiter ?? "\t";
    this.#backslash = (settings.escape ?? "backslash") === "backslash";
    this.#nulls = new Set(settings.nulls ?? ["\\N"]);
    this.#most = most;
    this.#longest = settings.limits?.fieldLength ?? 131_072;
    this.#decoder = new TextDecoder(LABEL[settings.encoding ?? "utf-8"], { fatal: true });
    this.#blank = Object.fromEntries(settings.columns.map((column) => [column, ""]));
    this.#headed = settings.header !== true;
  }

  *push(chunk: Bytes): Generator<ExportRow> {
    yield* this.#read(this.#text(chunk, false));
  }

  *end(): Generator<ExportRow> {
    yield* this.#read(this.#text(new Uint8Array(0), true));
    if (this.#escaped) throw broken(this.#line, "a character behind the backslash", "the end");
    if (this.#quotes === "open") throw broken(this.#rowLine, "a closing quote", "the end");
    if (this.#fields.length > 0 || this.#field !== "") {
      this.#fields.push(this.#field);
      const row = this.#row();
      if (row) yield row;
    }
    if (!this.#headed) throw broken(1, `a header with ${this.#settings.columns.join(", ")}`, "nothing");
  }

  /** Raw fields keep their escapes until the row is whole, because a mark for NULL is one. */
  *#read(text: string): Generator<ExportRow> {
    const { quote } = this.#settings;
    const delimiter = this.#delimiter;
    let from = 0;
    for (let at = 0; at < text.length && !this.#over; at += 1) {
      const letter = text[at]!;
      if (letter === "\0") throw broken(this.#line, "text", "a NUL character");
      if (letter === "\n") this.#line += 1;
      if (this.#escaped) this.#escaped = false;
      else if (letter === "\\" && this.#backslash) this.#escaped = true;
      else if (letter === quote) this.#quote(this.#field === "" && at === from);
      else if (this.#quotes === "open") continue;
      else if (letter === delimiter || letter === "\n") {
        this.#take(text.slice(from, at));
        from = at + 1;
        this.#fields.push(this.#field);
        this.#field = "";
        this.#quotes = undefined;
        const row = letter === "\n" ? this.#row() : undefined;
        if (row) yield row;
      } else if (this.#quotes === "closed" && letter !== "\r")
        throw broken(this.#line, "a delimiter behind the closing quote", letter);
    }
    if (!this.#over) this.#take(text.slice(from));
  }

  #quote(first: boolean): void {
    if (this.#quotes === "open") this.#quotes = "closed";
    // Behind a closing quote another one is a quote in the text.
    else if (first || this.#quotes === "closed") this.#quotes = "open";
    else throw broken(this.#line, "quotes around the whole field", "one inside");
  }

  #take(piece: string): void {
    this.#field += piece;
    if (this.#field.length > this.#longest)
      throw broken(this.#line, `fields of at most ${this.#longest} characters`, "a longer one");
  }

  /** The row that is whole now; none where it is a blank line, the header or the end. */
  #row(): ExportRow | undefined {
    const raw = this.#fields;
    const line = this.#rowLine;
    this.#fields = [];
    this.#field = "";
    this.#rowLine = this.#line;
    const last = raw.at(-1)!;
    if (last.endsWith("\r")) raw[raw.length - 1] = last.slice(0, -1);
    if (raw.length === 1 && raw[0] === "" && this.#settings.columns.length > 1) return undefined;
    if (raw.length === 1 && raw[0] === END_MARK) {
      this.#over = true;
      return undefined;
    }
    const { columns } = this.#settings;
    if (raw.length !== columns.length) throw broken(line, `${columns.length} fields`, String(raw.length));
    if (!this.#headed) {
      this.#headed = true;
      const other = columns.findIndex((column, at) => column !== raw[at]);
      if (other !== -1) throw broken(line, `the column ${columns[other]}`, raw[other]!);
      return undefined;
    }
    this.#rows += 1;
    if (this.#rows > this.#most) throw broken(line, `at most ${this.#most} rows`, "more");
    const row = { ...this.#blank };
    for (let at = 0; at < columns.length; at += 1) row[columns[at]!] = this.#value(raw[at]!, line);
    return row;
  }

  #value(raw: string, line: number): string | null {
    if (this.#nulls.has(raw)) return null;
    const quoted = this.#settings.quote !== undefined && raw.startsWith(this.#settings.quote);
    // Most fields are as they stand.
    if (!quoted && !raw.includes("\\")) return raw;
    const text = quoted ? raw.slice(1, -1) : raw;
    if (!this.#backslash) return quoted ? text.replaceAll('""', '"') : text;
    return text.replace(ESCAPE, (found, hex?: string, octal?: string, letter?: string) => {
      if (letter !== undefined) return ESCAPES[letter] ?? letter;
      const code = hex ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal, 8) : undefined;
      if (code === undefined) return quoted ? '"' : found;
      // A byte beyond ASCII is half a character, and NUL is none.
      if (code === 0 || code > 0x7f) throw broken(line, "a character of ASCII", found);
      return String.fromCharCode(code);
    });
  }

  #text(chunk: Bytes, last: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream: !last });
    } catch {
      throw broken(this.#line, `text in ${this.#settings.encoding ?? "utf-8"}`, "other bytes");
    }
  }
}

function written(rows: readonly ExportRow[], settings: ExportSettings): Bytes {
  const {
    columns,
    delimiter = "\t",
    escape: escapes = "backslash",
    nulls = ["\\N"],
    header = false,
    quote,
  } = settings;
  const field = (value: string | null | undefined, column: string, line: number): string => {
    if (value === undefined || (value === null && nulls[0] === undefined))
      throw broken(line, `a value of ${column}`, "nothing");
    if (value === null) return nulls[0]!;
    const escaped =
      escapes === "backslash"
        ? value
            .replace(/[\\\n\r\t]/g, (letter) => `\\${{ "\n": "n", "\r": "r", "\t": "t" }[letter] ?? letter}`)
            .replaceAll(delimiter, `\\${delimiter}`)
        : value;
    const text =
      quote === undefined
        ? escaped
        : quote + escaped.replaceAll(quote, escapes === "none" ? '""' : '\\"') + quote;
    const bare = escapes === "none" && quote === undefined;
    const unsafe = text.includes("\0") || (bare && (text.includes(delimiter) || /[\r\n]/.test(text)));
    if (unsafe || nulls.includes(text))
      throw broken(line, `a text this export can carry in ${column}`, value);
    return text;
  };
  const lines = rows.map((row, at) =>
    columns.map((column) => field(row[column], column, at + 1)).join(delimiter),
  );
  if (header) lines.unshift(columns.join(delimiter));
  const text = lines.map((line) => `${line}\n`).join("");
  if ((settings.encoding ?? "utf-8") === "utf-8") return Buffer.from(text, "utf8");
  const bytes = Buffer.from(text, "latin1");
  if (new TextDecoder(LABEL[settings.encoding!]).decode(bytes) !== text)
    throw broken(0, `characters of ${settings.encoding}`, "others");
  return bytes;
}
