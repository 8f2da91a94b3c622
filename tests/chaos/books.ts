/**
 * The books of the systems, read from outside as they grow: the half of the truth nobody at the dock can write.
 *
 * What was read before is not read again, because a night's books are hundreds of megabytes and people look into them often.
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import type { Booked } from "../oracle/run.ts";

const PIECE_BYTES = 8 * 1_048_576;

export class Books {
  readonly #file: string;
  readonly #lines: Booked[] = [];
  /** `target key` of every line. */
  readonly #keys = new Set<string>();
  /** `contract subject` of what was done for orders. */
  readonly #done = new Set<string>();
  #readTo = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Whether a system has booked something under this key. */
  hold(system: string, key: string): boolean {
    this.read();
    return this.#keys.has(`${system} ${key}`);
  }

  /** Whether this has been done for an order, wherever it is done. */
  done(contract: string, order: string): boolean {
    this.read();
    return this.#done.has(`${contract} order/${order}`);
  }

  /** Every line that is whole by now. */
  read(): readonly Booked[] {
    if (!existsSync(this.#file)) return this.#lines;
    const handle = openSync(this.#file, "r");
    try {
      const piece = Buffer.alloc(PIECE_BYTES);
      for (;;) {
        const bytes = readSync(handle, piece, 0, piece.length, this.#readTo);
        const whole = piece.subarray(0, bytes === 0 ? 0 : piece.lastIndexOf("\n", bytes - 1) + 1);
        if (whole.length === 0) return this.#lines;
        this.#readTo += whole.length;
        for (const text of whole.toString().trimEnd().split("\n")) {
          const line = JSON.parse(text) as Booked;
          const subject = subjectOf(line.body);
          this.#lines.push({ ...line, subject });
          if (subject.startsWith("order/")) this.#done.add(`${line.contract} ${subject}`);
          this.#keys.add(`${line.target} ${line.key}`);
        }
      }
    } finally {
      closeSync(handle);
    }
  }
}

/** What a document is about, as its reader sees it. */
function subjectOf(body: string): string {
  const { orderId, item, instance } = JSON.parse(body) as Record<string, string | undefined>;
  return orderId ? `order/${orderId}` : item ? `item/${item}` : `instance/${instance}`;
}
