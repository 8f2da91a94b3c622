/**
 * The books of one system: an append-only file of what happened, replayed at start.
 *
 * One line is everything one request or one physical act wrote, `{"at":…,"entries":[{"kind":…},…]}`, so the entries of
 * an act are kept together or not at all: a line torn by a crash is dropped whole at the next start. What must stay
 * true: a line is handed to the operating system before the answer that tells of it is sent. There is no fsync: the
 * estate plays systems that survive a kill, not a power cut.
 */
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** One thing that happened. `kind` says what; everything else belongs to the system that wrote it. */
export interface Entry {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface Books {
  /** Adds an entry to the line being written and returns the line's time. */
  add(entry: Entry): string;
  /** Writes the line. Nothing may be answered before. */
  flush(): void;
  close(): void;
}

/** Opens `<folder>/books.ndjson`, hands every entry kept there to `apply` in order, and is ready to append. */
export function openBooks(folder: string, apply: (entry: Entry, at: string) => void): Books {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "books.ndjson");
  const kept = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  let start = 0;
  for (let end = kept.indexOf(10, start); end !== -1; end = kept.indexOf(10, start)) {
    const line = JSON.parse(kept.toString("utf8", start, end)) as { at: string; entries: Entry[] };
    for (const entry of line.entries) apply(entry, line.at);
    start = end + 1;
  }
  const file = openSync(path, "a");
  if (start < kept.length) ftruncateSync(file, start);
  let pending: Entry[] = [];
  let at = "";
  return {
    add(entry) {
      if (pending.length === 0) at = new Date().toISOString();
      pending.push(entry);
      return at;
    },
    flush() {
      if (pending.length === 0) return;
      const line = Buffer.from(`${JSON.stringify({ at, entries: pending })}\n`);
      pending = [];
      for (let written = 0; written < line.length; ) written += writeSync(file, line, written);
    },
    close() {
      closeSync(file);
    },
  };
}
