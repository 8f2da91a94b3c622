/**
 * A table as CSV, for people who open it in a spreadsheet: with a byte order mark, and nothing in it is a formula.
 *
 * What begins like a formula gets a leading apostrophe, unless it is a number: finance needs −12.50 as it is. So does what stands
 * behind a semicolon or a tab inside it, because a spreadsheet of many countries divides cells there. Format: RFC 4180.
 */
import type { Sheet } from "./sheet.ts";

export const csvOf = ({ columns, rows }: Sheet): string =>
  `\uFEFF${[columns.map(({ name }) => name), ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("")}`;

/** One cell, quoted. */
export function csvCell(text: string): string {
  const isNumber = /^-?\d+([.,]\d+)?$/.test(text);
  const risky = /^[=+\-@\t\r\n\s]*[=+\-@]/.test(text) || /^[\t\r\n]/.test(text);
  const divided = text.replaceAll(/(?<=[;\t][\s"]*)(?=[=+\-@])/g, "'");
  return `"${(risky && !isNumber ? `'${divided}` : divided).replaceAll('"', '""')}"`;
}
