/**
 * Tables for people: aligned columns, numbers on the right, nothing cut that somebody wants to copy.
 *
 * Widths are counted in what a terminal shows, so colours do not bend the columns. When a table is wider than the
 * terminal only columns marked `shrinks` give way; numbers and ids stay whole even if the line then wraps.
 */

import { stripVTControlCharacters } from "node:util";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "left" | "right";
  /** This column may be cut with an ellipsis when the terminal is too narrow. */
  readonly shrinks?: boolean;
  /** Colours a cell after it was padded; it must not change the visible width. */
  readonly paint?: (text: string, row: Row) => string;
}

/** How many cells a text takes: no escape sequences, no combining marks, two cells for East Asian wide characters. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const gap = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + gap : gap + text;
}

/** The text in at most `width` cells, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Lines of a table with a heading, two spaces between columns, no trailing spaces. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { columns?: number; indent?: string; heading?: (text: string) => string } = {},
): string[] {
  const indent = options.indent ?? "";
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[index] ?? ""))),
  );
  const room = (options.columns ?? Number.POSITIVE_INFINITY) - widthOf(indent) - 2 * (columns.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  for (const [index, column] of columns.entries()) {
    if (!column.shrinks || excess <= 0) continue;
    const given = Math.min(excess, Math.max(0, widths[index]! - Math.max(12, widthOf(column.title))));
    widths[index]! -= given;
    excess -= given;
  }
  const line = (texts: readonly string[], row?: Row) =>
    indent +
    texts
      .map((text, index) => {
        const column = columns[index]!;
        const cell = pad(cut(text, widths[index]!), widths[index]!, column.align);
        const last = index === columns.length - 1;
        const shown = last && column.align !== "right" ? cell.trimEnd() : cell;
        return row !== undefined && column.paint ? column.paint(shown, row) : shown;
      })
      .join("  ");
  const hasTitles = columns.some(({ title }) => title !== "");
  const heading = line(columns.map(({ title }) => title)).trimEnd();
  return [
    ...(hasTitles ? [options.heading ? options.heading(heading) : heading] : []),
    ...cells.map((texts, index) => line(texts, rows[index]).trimEnd()),
  ];
}

/** Two aligned columns: a word and what it stands for. */
export function pairs(entries: readonly (readonly [string, string])[], indent = "  "): string[] {
  const width = Math.max(0, ...entries.map(([word]) => widthOf(word)));
  return entries.map(([word, text]) => `${indent}${pad(word, width)}  ${text}`.trimEnd());
}
