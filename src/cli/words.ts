/**
 * The words and signs people see, the same in every command: status words, ages, counts, times.
 *
 * The status table is the one of the console; engine words are translated here and nowhere else in the command line.
 */
import type { Paint } from "./terminal.ts";

export interface StatusWord {
  readonly sign: string;
  readonly word: string;
  readonly tone: keyof Paint;
}

/** A delivery's status in the engine → what people read. */
export const DELIVERY_WORDS: Readonly<Record<string, StatusWord>> = {
  owed: { sign: "→", word: "Moving", tone: "accent" },
  attempting: { sign: "→", word: "Moving", tone: "accent" },
  in_doubt: { sign: "?", word: "Needs a check", tone: "warn" },
  parked: { sign: "!", word: "Needs a decision", tone: "bad" },
  held: { sign: "‖", word: "On hold", tone: "warn" },
  applied: { sign: "✔", word: "Done", tone: "good" },
  superseded: { sign: "⤳", word: "Replaced", tone: "dim" },
  cancelled: { sign: "✕", word: "Cancelled", tone: "dim" },
};

/** An exception's class in the database → the category people read. */
export const CATEGORY: Readonly<Record<string, string>> = {
  temporary: "Temporary",
  data: "Data",
  "business hold": "Business hold",
  "unclear outcome": "Unclear outcome",
  "contract change": "Contract change",
  access: "Access",
  "duplicate or conflict": "Duplicate/conflict",
  defect: "Defect",
};

/** Local wall clock, `09:41:07`. */
export const clock = (at: Date): string => at.toTimeString().slice(0, 8);

/** Local day and wall clock, `2026-11-20 09:41:07`. */
export function dayAndClock(at: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(at)}`;
}

/** How long something took or has lasted, in two units at most: `850 ms`, `4.2 s`, `14 min`, `1 h 52`, `12 d`. */
export function lasting(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")}` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The known word nearest to what was typed, when it is near enough to be a slip. */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const word of known) {
    const distance = edits(typed.toLowerCase(), word.toLowerCase());
    if (!best || distance < best.distance) best = { word, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(typed.length / 3)) ? best.word : undefined;
}

/** Levenshtein distance over one row. */
function edits(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [place, other] of [...right].entries()) {
      next.push(Math.min(next[place]! + 1, row[place + 1]! + 1, row[place]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}
