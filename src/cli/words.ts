/**
 * The words and signs people see, the same in every command: statuses, ages, counts, times.
 *
 * The status table is the trace's, which console and notifications use as well; here it only gets its colours.
 */
import { STATUSES, type Status, type StatusWord } from "../trace/index.ts";
import type { Paint } from "./terminal.ts";

/** The colour of a status: what needs somebody stands out. */
export function toneOf(word: StatusWord): keyof Paint {
  if (word === "done" || word === "on track") return "good";
  if (word === "replaced" || word === "cancelled") return "dim";
  if (word === "moving") return "accent";
  return STATUSES[word].someone ? "bad" : "warn";
}

/** "✔ Done", "⏳ Waiting for WMS". */
export const shownStatus = (
  paint: Paint,
  { word, text, late }: Pick<Status, "word" | "text" | "late">,
): string => `${paint[toneOf(word)](`${STATUSES[word].icon} ${text}`)}${late ? paint.bad("  ⏰ late") : ""}`;

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
