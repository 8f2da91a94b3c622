/** Documents as a file for spreadsheets: the columns of the list, and who took it when. */
import type { DocumentLine } from "../trace/index.ts";
import { csvCell } from "./csv.ts";

/** Documents one file holds; who needs more narrows it, or reads the journal's feed. */
export const FILE_MAX = 10_000;

const COLUMNS: readonly (readonly [string, (line: DocumentLine) => string])[] = [
  ["kind", ({ kind }) => kind],
  ["number", ({ number }) => number],
  ["known as", ({ also }) => also[0]?.value ?? ""],
  ["status", ({ status }) => status.text],
  ["because", ({ status }) => status.because ?? ""],
  ["late", ({ status }) => (status.late ? "yes" : "")],
  ["milestone", ({ milestones }) => milestones.findLast(({ state }) => state === "reached")?.name ?? ""],
  ["amount", ({ header }) => header.money?.amount ?? ""],
  ["currency", ({ header }) => header.money?.currency ?? ""],
  ["began", ({ startedAt }) => startedAt],
  ["changed", ({ changedAt }) => changedAt],
];

/** RFC 4180, with a byte order mark for spreadsheets; nothing in it is a formula. */
export function documentsCsv(
  lines: readonly DocumentLine[],
  taken: { readonly by: string; readonly at: string },
): string {
  const head = [...COLUMNS.map(([name]) => name), "taken by", "taken at"];
  const rows = lines.map((line) => [...COLUMNS.map(([, of]) => of(line)), taken.by, taken.at]);
  return `\uFEFF${[head, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("")}`;
}
