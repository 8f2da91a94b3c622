/** What somebody else wrote is text in a spreadsheet, whichever character its country divides cells by. */
import { expect, test } from "vitest";
import { csvCell } from "./csv.ts";

test.each([
  ["=HYPERLINK(1)", `"'=HYPERLINK(1)"`],
  ["+cmd|' /C calc'!A0", `"'+cmd|' /C calc'!A0"`],
  ["-2+3", `"'-2+3"`],
  ["@SUM(A1)", `"'@SUM(A1)"`],
  [";=1", `";'=1"`],
  ["PO-1; =HYPERLINK(1)", `"PO-1; '=HYPERLINK(1)"`],
  [';"=1"', `";""'=1"""`],
  ["-12.50", '"-12.50"'],
  ["PO-1; two of them", '"PO-1; two of them"'],
])("%s is written as %s", (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});
