/**
 * One cell of a CSV file that a person opens in a spreadsheet: quoted, and never a formula.
 *
 * What begins like a formula gets a leading apostrophe, unless it is a number: finance needs −12.50 as it is. Format: RFC 4180.
 */
export function csvCell(text: string): string {
  const isNumber = /^-?\d+([.,]\d+)?$/.test(text);
  const risky = /^[=+\-@\t\r\n\s]*[=+\-@]/.test(text) || /^[\t\r\n]/.test(text);
  return `"${(risky && !isNumber ? `'${text}` : text).replaceAll('"', '""')}"`;
}
