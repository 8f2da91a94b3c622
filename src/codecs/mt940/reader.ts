/**
 * Reads bank statements of the MT940 family, whole or as a stream.
 *
 * The order of the fields is kept: one that stands where it cannot refuses the file, because a text taken for an account
 * books money to the wrong one. A message that begins with :20: is complete or refused. What banks do differently without
 * harm is read and noted.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Entry, Field, MessageType, Mt940Document, Mt940Message, Statement } from "./document.ts";
import { FieldCutter } from "./fields.ts";
import { LIMITS, type Mt940Limits } from "./limits.ts";
import { broken } from "./problems.ts";
import { StatementBuilder } from "./statement.ts";

/** What a stream of statements says: each entry, then its statement without entries. */
export type Mt940Event =
  | {
      readonly kind: "entry";
      readonly entry: Entry;
      /** What the message said of itself before its entries. */
      readonly of: Pick<Statement, "reference" | "account" | "number" | "sequence" | "excerpt">;
    }
  /** Without fields and entries, which were told before. */
  | { readonly kind: "message"; readonly message: Mt940Message };

/** @throws {ContractBroken} with `line`, `tag`, `expected` and `found` */
export function readDocument(bytes: Bytes, limits: Mt940Limits = LIMITS): Mt940Document {
  if (bytes.length > limits.documentBytes) {
    throw broken(1, "", `at most ${limits.documentBytes} bytes`, `${bytes.length} bytes`);
  }
  const messages: Mt940Message[] = [];
  const assembler = new Assembler(limits, "whole", (event) => {
    if (event.kind === "message") messages.push(event.message);
  });
  assembler.push(bytes);
  assembler.end();
  return { messages };
}

/**
 * Reads a stream of chunks at flat memory: entries one by one, each message when it ends.
 *
 * An entry is told before the balances after it are seen. Who must not act on entries of a broken statement waits for its
 * `message` event.
 *
 * @throws {ContractBroken} where the file breaks; what was told before stands
 */
export async function* readMt940(
  chunks: AsyncIterable<Bytes>,
  limits: Mt940Limits = LIMITS,
): AsyncGenerator<Mt940Event, void, undefined> {
  let events: Mt940Event[] = [];
  const assembler = new Assembler(limits, "stream", (event) => void events.push(event));
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK) {
      assembler.push(chunk.subarray(at, at + CHUNK));
      const told = events;
      events = [];
      yield* told;
    }
  }
  assembler.end();
  yield* events;
}

const CHUNK = 16_384;

/** Puts fields together into messages. */
class Assembler {
  readonly #limits: Mt940Limits;
  readonly #keep: "whole" | "stream";
  readonly #tell: (event: Mt940Event) => void;
  readonly #cutter: FieldCutter;
  #head: string[] = [];
  #open: StatementBuilder | undefined;
  #fields: Field[] = [];
  #messages = 0;
  #line = 1;

  constructor(limits: Mt940Limits, keep: "whole" | "stream", tell: (event: Mt940Event) => void) {
    this.#limits = limits;
    this.#keep = keep;
    this.#tell = tell;
    this.#cutter = new FieldCutter(limits, {
      head: (line, number) => this.#between(line, number),
      field: (field) => this.#field(field),
      end: (line, number) => {
        this.#line = number;
        this.#close(line);
      },
    });
  }

  push(bytes: Bytes): void {
    this.#cutter.push(bytes);
  }

  end(): void {
    this.#cutter.end();
    if (this.#open !== undefined) this.#close("");
    if (this.#messages === 0)
      throw broken(1, "", "a statement beginning with :20:", this.#head[0] ?? "nothing");
  }

  #between(line: string, number: number): void {
    this.#line = number;
    if (this.#open !== undefined) {
      if (!this.#open.mayEnd()) throw broken(number, "", "a field of the statement", line);
      this.#close("");
    }
    this.#head.push(line);
  }

  #field(field: Field): void {
    this.#line = field.line;
    // Some banks end a statement by beginning the next.
    if (field.tag === "20" && this.#open !== undefined) this.#close("");
    this.#open ??= new StatementBuilder(field, typeIn(this.#head), this.#keep === "whole", this.#limits);
    const entry = this.#open.add(field);
    if (this.#keep === "whole") this.#fields.push(field);
    if (entry !== undefined) this.#entry(entry);
  }

  #entry(entry: Entry): void {
    if (this.#keep === "whole") return;
    const of = this.#open?.opened();
    if (of !== undefined) this.#tell({ kind: "entry", entry, of });
  }

  #close(end: string): void {
    const open = this.#open;
    if (open === undefined) {
      // An end without a beginning: banks repeat the dash. It belongs to nobody.
      return;
    }
    const { last, type, statement, notes } = open.close(this.#line);
    if (last !== undefined) this.#entry(last);
    const [head, fields] = [this.#head, this.#fields];
    this.#open = undefined;
    this.#head = [];
    this.#fields = [];
    this.#messages += 1;
    this.#tell({ kind: "message", message: { type, head, fields, end, statement, notes } });
  }
}

/** The type a header names: block 2 of SWIFT, a line with the number alone, `:940:`. */
function typeIn(head: readonly string[]): MessageType | undefined {
  for (const line of head) {
    const named = /\{2:[IO](\d{3})/.exec(line)?.[1] ?? /^:?(\d{3})(?:[\s:]|$)/.exec(line)?.[1];
    if (named === "940" || named === "942" || named === "950") return named;
    if (named !== undefined && line.includes("{2:")) {
      throw new ContractBroken(`The header says MT${named}; expected MT940, MT942 or MT950.`, {
        facts: { line: 1, expected: "MT940, MT942 or MT950", found: `MT${named}` },
      });
    }
  }
  return undefined;
}
