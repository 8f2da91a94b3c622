/** A workbook holds what the table said: no digit more or less, no formula, and nothing XML could not carry. */
import { crc32, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { workbookOf } from "./workbook.ts";

/** The parts of a ZIP, as its directory at the end lists them; each as long as it says, and sound. */
function partsOf(zip: Buffer): Record<string, string> {
  const end = zip.subarray(-22);
  const parts: Record<string, string> = {};
  let at = end.readUInt32LE(16);
  for (let left = end.readUInt16LE(10); left > 0; left -= 1) {
    const [sum, packed, length] = [16, 20, 24].map((field) => zip.readUInt32LE(at + field));
    const name = zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28));
    const file = zip.readUInt32LE(at + 42) + 30 + name.length;
    const plain = inflateRawSync(zip.subarray(file, file + packed!));
    expect([name, plain.length, crc32(plain)]).toEqual([name, length, sum]);
    parts[name] = plain.toString();
    at += 46 + name.length;
  }
  return parts;
}

test("amounts stay decimals digit by digit, times are sorted as times, and whatever else stands there is text", async () => {
  const parts = partsOf(
    await workbookOf({
      name: "orders: all",
      columns: [{ name: "what" }, { name: "amount", as: "number" }, { name: "began", as: "time" }],
      rows: [
        ["=HYPERLINK(1)", "10500.00", "2026-11-21T12:00:00.900Z"],
        ["<a> & _x0041_\u0000", "12345678901234.567", "soon"],
        ["007", "-0.125"],
      ],
    }),
  );
  expect(Object.keys(parts)).toHaveLength(6);
  expect(parts["xl/workbook.xml"]).toContain('name="orders  all"');
  const cells = parts["xl/worksheets/sheet1.xml"]!.matchAll(/<c r="(\w+)" s="(\d)"[^>]*>(.*?)<\/c>/g);
  const styles = [...parts["xl/styles.xml"]!.matchAll(/numFmtId="(\d+)" formatCode="([^"]+)"/g)].map(
    ([, , format]) => format,
  );
  expect([...cells].map(([, at, style, value]) => [at, styles[Number(style) - 2], value])).toEqual([
    ...[
      ["A1", "what"],
      ["B1", "amount"],
      ["C1", "began (UTC)"],
      ["A2", "=HYPERLINK(1)"],
    ].map(([at, value]) => [at, undefined, text(value!)]),
    ["B2", "#,##0.00", "<v>10500.00</v>"],
    ["C2", "yyyy-mm-dd hh:mm:ss", "<v>46347.50000000</v>"],
    ["A3", undefined, text("&lt;a&gt; &amp; _x005F_x0041__x0000_")],
    // A spreadsheet would round it.
    ["B3", undefined, text("12345678901234.567")],
    ["C3", undefined, text("soon")],
    ["A4", undefined, text("007")],
    ["B4", "#,##0.000", "<v>-0.125</v>"],
  ]);
});

const text = (value: string) => `<is><t xml:space="preserve">${value}</t></is>`;
