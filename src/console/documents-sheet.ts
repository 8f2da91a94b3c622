/** Documents as a table for spreadsheets: the columns of the list, and who took it when. */
import type { DocumentLine } from "../trace/index.ts";
import type { Column, Sheet } from "./sheet.ts";

/** Documents one file holds; who needs more narrows it, or reads the journal's feed. */
export const FILE_MAX = 10_000;

const COLUMNS: readonly (readonly [string, (line: DocumentLine) => string, Column["as"]?])[] = [
  ["kind", ({ kind }) => kind],
  ["number", ({ number }) => number],
  ["known as", ({ also }) => also[0]?.value ?? ""],
  ["status", ({ status }) => status.text],
  ["because", ({ status }) => status.because ?? ""],
  ["late", ({ status }) => (status.late ? "yes" : "")],
  ["milestone", ({ milestones }) => milestones.findLast(({ state }) => state === "reached")?.name ?? ""],
  ["amount", ({ header }) => header.money?.amount ?? "", "number"],
  ["currency", ({ header }) => header.money?.currency ?? ""],
  ["began", ({ startedAt }) => startedAt, "time"],
  ["changed", ({ changedAt }) => changedAt, "time"],
];

export const documentsSheet = (
  lines: readonly DocumentLine[],
  taken: { readonly by: string; readonly at: string },
): Sheet => ({
  name: "crossdock-documents",
  columns: [
    ...COLUMNS.map(([name, , as]): Column => (as ? { name, as } : { name })),
    { name: "taken by" },
    { name: "taken at", as: "time" },
  ],
  rows: lines.map((line) => [...COLUMNS.map(([, of]) => of(line)), taken.by, taken.at]),
});
