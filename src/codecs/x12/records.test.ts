/** Sets of an X12 file are cut alike wherever the file is torn, and a broken one hides no other. */
import { describe, expect, test } from "vitest";
import { BEGINNING, type Place, type RawRecord } from "../records.ts";
import { x12Records } from "./codec.ts";
import { bytes, interchange, order } from "./fixtures.ts";

const format = x12Records();
const file = (lineBreak = "\n") =>
  [
    interchange(order(), { lineBreak }),
    interchange(order(["REF*ZZ"]).replace("PO-7", "PO-BAD").replace("CTT*1", "XYZ*1"), { lineBreak }),
    interchange(order().replace("PO-7", "PO-9"), { lineBreak, element: "|", segment: "'" }),
  ].join("");

function cut(body: Uint8Array, from: Place = BEGINNING, piece = 50): RawRecord[] {
  const cutter = format.cutter(from);
  const raws: RawRecord[] = [];
  for (let start = from.offset; start < body.length; start += piece)
    raws.push(...cutter.push(body.subarray(start, start + piece)));
  raws.push(...cutter.end());
  return raws;
}
/** The order number of a set that can be read, or why it cannot. */
const number = (raw: RawRecord) => {
  try {
    if (raw.broken) return raw.broken.message;
    return /PO-\w+/.exec(JSON.stringify(format.read(raw).set))?.[0];
  } catch (error) {
    return (error as Error).message;
  }
};

describe("transaction sets as records", () => {
  test.each([1, 7, 100, 5_000])("are the same in pieces of %i bytes", (piece) => {
    const found = cut(bytes(file()), BEGINNING, piece).map(number);
    expect(found).toEqual(["PO-7", expect.stringMatching(/^Line 16: XYZ in loop PO1/), "PO-9"]);
  });

  test("can be read on from the end of each of them", () => {
    const body = bytes(file("\r\n"));
    const whole = cut(body);
    for (const [index, { place, length, lines }] of whole.entries()) {
      const after = { offset: place.offset + length, line: place.line + lines, head: place.head };
      const rest = cut(body, after);
      expect(rest.map(number)).toEqual(whole.slice(index + 1).map(number));
      expect(rest.map((one) => one.place)).toEqual(whole.slice(index + 1).map((one) => one.place));
    }
  });

  test("a set that does not end, and text that is no interchange, are refused where they stand", () => {
    const body = bytes(
      `${interchange(order())}what is this\n${interchange(order()).replace(/SE\*[^~]*~\n/, "")}`,
    );
    expect(cut(body).map(number)).toEqual([
      "PO-7",
      "Line 10: expected an interchange header, found other text.",
      "Line 13: expected SE at the end of the set, found GE.",
    ]);
  });
});
