/** Tables are aligned by what a terminal shows, and give way only where they may. */
import { expect, test } from "vitest";
import { cut, pairs, table, widthOf } from "./table.ts";
import { paintFor } from "./terminal.ts";

interface Stock {
  readonly name: string;
  readonly count: number;
}

const COLUMNS = [
  { title: "ITEM", value: ({ name }: Stock) => name, shrinks: true },
  { title: "COUNT", value: ({ count }: Stock) => String(count), align: "right" as const },
];

test("columns are aligned, numbers on the right, no space at the end of a line", () => {
  expect(
    table(COLUMNS, [
      { name: "PUMP-100", count: 7 },
      { name: "SEAL-9", count: 1200 },
    ]),
  ).toEqual(["ITEM      COUNT", "PUMP-100      7", "SEAL-9     1200"]);
});

test("colours take no room", () => {
  const { good } = paintFor(true);
  const painted = table(
    [{ ...COLUMNS[0]!, paint: (text: string) => good(text) }, COLUMNS[1]!],
    [
      { name: "PUMP-100", count: 7 },
      { name: "SEAL-9", count: 12 },
    ],
  );
  expect(painted.map(widthOf)).toEqual([15, 15, 15]);
  expect(painted[1]).toContain("\u001b[32mPUMP-100");
});

test("in a narrow terminal only columns that may shrink give way, and say so with an ellipsis", () => {
  const rows = [{ name: "a very long name of an item that nobody needs in full", count: 123456 }];
  const lines = table(COLUMNS, rows, { columns: 30 });
  expect(lines.map(widthOf)).toEqual([30, 30]);
  expect(lines[1]).toBe("a very long name of a…  123456");
});

test("wide characters count twice and combining marks not at all", () => {
  expect([widthOf("漢字"), widthOf("e\u0301"), widthOf("\u001b[1mbold\u001b[22m")]).toEqual([4, 1, 4]);
  expect(cut("漢字漢字", 5)).toBe("漢字…");
});

test("pairs stand in two columns", () => {
  expect(
    pairs([
      ["Console", "http://a"],
      ["Log", "x"],
    ]),
  ).toEqual(["  Console  http://a", "  Log      x"]);
});
