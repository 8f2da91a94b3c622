/**
 * Reads BAI2 files, whole or as a stream.
 *
 * Physical records are put together with their continuations and handed to the builder. Memory is needed for one record,
 * however long the file is.
 */
import type { Bytes } from "../../std/bytes.ts";
import { LineCutter } from "../lines.ts";
import { Bai2Builder, type Bai2Event, type EntryPlace } from "./builder.ts";
import type { Bai2Account, Bai2Document, Bai2Entry, Bai2File, Bai2Group, Note } from "./document.ts";
import { type Bai2Limits, LIMITS } from "./limits.ts";
import { broken } from "./problems.ts";
import { RecordReader } from "./record.ts";

/** @throws {ContractBroken} with `line`, `segment`, `expected` and `found` */
export function readDocument(bytes: Bytes, limits: Bai2Limits = LIMITS): Bai2Document {
  if (bytes.length > limits.documentBytes)
    throw broken(1, "", `at most ${limits.documentBytes} bytes`, `${bytes.length} bytes`);
  const whole = new Whole();
  const reader = new EventReader(limits, whole.tell, whole.record);
  reader.push(bytes);
  reader.end();
  const { records, files, notes } = whole;
  return { records, files, notes };
}

/** Reads one account behind the headers of its file and group, whose trailers need not follow. @throws {ContractBroken} */
export function readAccount(bytes: Bytes, limits: Bai2Limits = LIMITS): Bai2Document {
  const whole = new Whole();
  const around: Omit<EntryPlace, "account">[] = [];
  const reader = new EventReader(
    limits,
    (event) => {
      if (event.kind === "account") around.push(event.of);
      whole.tell(event);
    },
    whole.record,
  );
  reader.push(bytes);
  reader.flush();
  const [place] = around;
  if (place === undefined) throw broken(reader.line, "", "the account trailer 49", "the end of the account");
  const { records, accounts, notes } = whole;
  return { records, files: [{ ...place.file, groups: [{ ...place.group, accounts }] }], notes };
}

/** Puts a file together from what is told of it. */
class Whole {
  readonly files: Bai2File[] = [];
  readonly notes: Note[] = [];
  readonly records: string[] = [];
  accounts: Bai2Account[] = [];
  #groups: Bai2Group[] = [];
  #entries: Bai2Entry[] = [];

  readonly record = (record: string): void => void this.records.push(record);

  readonly tell = (event: Bai2Event): void => {
    switch (event.kind) {
      case "entry":
        this.#entries.push(event.entry);
        break;
      case "account":
        this.accounts.push({ ...event.account, entries: this.#entries });
        this.#entries = [];
        break;
      case "group":
        this.#groups.push({ ...event.group, accounts: this.accounts });
        this.accounts = [];
        break;
      case "file":
        this.files.push({ ...event.file, groups: this.#groups });
        this.#groups = [];
        break;
      case "note":
        this.notes.push(event.note);
        break;
    }
  };
}

/**
 * Reads a stream of chunks at flat memory: entries one by one, accounts, groups and files when they end.
 *
 * An entry is told before the control totals behind it are seen. Who must not act on entries of a broken account waits
 * for its `account` event.
 *
 * @throws {ContractBroken} where the file breaks; what was told before stands
 */
export async function* readBai2(
  chunks: AsyncIterable<Bytes>,
  limits: Partial<Bai2Limits> = {},
): AsyncGenerator<Bai2Event, void, undefined> {
  let events: Bai2Event[] = [];
  const reader = new EventReader({ ...LIMITS, ...limits }, (event) => void events.push(event));
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK) {
      reader.push(chunk.subarray(at, at + CHUNK));
      const told = events;
      events = [];
      yield* told;
    }
  }
  reader.end();
  yield* events;
}

const CHUNK = 16_384;

// A slash, blanks and the beginning of a record. Were it text after all, the counts of the trailers would tell.
export const JOINED = /(?<=\/)[ \t]+(?=(?:0[123]|16|49|88|9[89]),)/;

class EventReader {
  readonly #limits: Bai2Limits;
  readonly #builder: Bai2Builder;
  readonly #cutter: LineCutter;
  readonly #record: (line: string) => void;
  #code = "";
  #from = 0;
  #parts: string[] = [];
  /** Records of the file in it; a wrapped text has more parts. */
  #physicals = 0;
  /** The text of a transaction whose line ended without a slash. */
  #openText = false;
  #length = 0;
  #line = 0;

  constructor(
    limits: Bai2Limits,
    tell: (event: Bai2Event) => void,
    record: (line: string) => void = () => {},
  ) {
    this.#limits = limits;
    this.#record = record;
    this.#builder = new Bai2Builder(limits, tell);
    this.#cutter = new LineCutter(limits.lineLength, {
      line: (line, number) => this.#take(line, number),
      tooLong: (number) => {
        throw broken(number, "", `a record of at most ${limits.lineLength} characters`, "more");
      },
    });
  }

  push(bytes: Bytes): void {
    this.#cutter.push(bytes);
  }

  get line(): number {
    return this.#line;
  }

  /** What was pushed is read to its end. */
  flush(): void {
    this.#cutter.end();
    this.#close();
  }

  end(): void {
    this.flush();
    this.#builder.end(this.#line);
  }

  #take(raw: string, number: number): void {
    const trimmed = raw.trimEnd();
    if (trimmed === "") return;
    const line = trimmed.trimStart();
    const records = /\/[ \t]/.test(line) ? line.split(JOINED) : [line];
    if (records.length > 1)
      this.#builder.note("joined-records", number, "Several records stand on one line; each is read as one.");
    for (const record of records) this.#physical(record, number);
  }

  #physical(line: string, number: number): void {
    this.#line = number;
    if (line.includes("\0")) throw broken(number, "", "text", "a NUL character");
    const [, code, content] = /^(\d\d),(.*)$/.exec(line) ?? [];
    if (code === undefined || content === undefined) {
      if (!this.#openText) throw broken(number, "", "a record such as 16,…/", line);
      this.#builder.note(
        "wrapped-text",
        number,
        "A text goes on on the next line without a continuation record.",
      );
      this.#record(line);
      this.#append(line.endsWith("/") ? line.slice(0, -1) : line, number);
      this.#openText = !line.endsWith("/");
      return;
    }
    this.#record(line);
    const part = content.endsWith("/") ? content.slice(0, -1) : content;
    if (code !== "88") {
      this.#close();
      this.#code = code;
      this.#from = number;
      this.#parts = [part];
      this.#physicals = 1;
      this.#length = part.length;
    } else {
      if (this.#parts.length === 0) throw broken(number, "", "a record before its continuation", "88");
      this.#append(part, number);
      this.#physicals += 1;
    }
    this.#openText = this.#code === "16" && !content.endsWith("/");
    // Only text may end without the slash.
    if (!content.endsWith("/") && this.#code !== "16")
      this.#builder.note(
        "no-delimiter",
        number,
        "A record ends without a slash; the end of the line is taken for it.",
      );
  }

  #append(part: string, number: number): void {
    this.#length += part.length + 1;
    if (this.#length > this.#limits.recordLength)
      throw broken(number, this.#code, `a record of at most ${this.#limits.recordLength} characters`, "more");
    this.#parts.push(part);
  }

  #close(): void {
    if (this.#parts.length === 0) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#builder.add(new RecordReader(this.#code, this.#from, parts), this.#physicals);
  }
}
