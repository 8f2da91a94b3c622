/** CONTRL: what is received is answered message by message, and what partners answer is understood. */
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { acknowledge, generate, parse, partsOf, problemsOf, readControl } from "./codec.ts";
import { interchange, ORDER } from "./fixtures.ts";

const answer = { date: "2026-11-21", time: "10:00", reference: "900" };
const answered = (text: string, how: Partial<Parameters<typeof acknowledge>[1]> = {}): string => {
  const made = acknowledge(parse(Buffer.from(text)), { ...answer, ...how });
  return made === undefined ? "" : Buffer.from(generate(made)).toString();
};

describe("what was received", () => {
  test("is acknowledged where it is sound", () => {
    expect(answered(ORDER)).toBe(
      [
        "UNB+UNOC:3+4098765000016:14+5412345000013:14+261121:1000+900'",
        "UNH+1+CONTRL:D:3:UN'",
        "UCI+IC-0001+5412345000013:14+4098765000016:14+7'",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7'",
        "UNT+4+1'",
        "UNZ+1+900'",
        "",
      ].join("\n"),
    );
  });

  test("is refused with segment and element, the tag being position 1", () => {
    const bad = ORDER.replace("QTY+21:10:PCE", "QTY+21:1x:PCE").replace("CUX+2:EUR:9", "XYZ+1");
    expect(answered(bad).split("\n").slice(2, -3)).toEqual([
      "UCI+IC-0001+5412345000013:14+4098765000016:14+7'",
      "UCM+1+ORDERS:D:96A:UN:EAN008+4'",
      "UCS+12+16'",
      "UCS+16'",
      "UCD+37+2:2'",
    ]);
  });

  test.each([
    ["BGM+220+PO-4711+9'\n", "", ["UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT+2'", "UCS+23+13'"]],
    ["UNT+25+1", "UNT+24+1", ["UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT+2'"]],
    ["UNT+25+1", "UNT+25+2", ["UCM+1+ORDERS:D:96A:UN:EAN008+4+28+UNT+3'"]],
  ])("is refused for %j as %j", (was, is, told) => {
    expect(answered(ORDER.replace(was, is)).split("\n").slice(3, -3)).toEqual(told);
  });

  test("is refused as a whole where the interchange is broken", () => {
    expect(answered(ORDER.replace("UNZ+1", "UNZ+2")).split("\n").slice(2, -3)).toEqual([
      "UCI+IC-0001+5412345000013:14+4098765000016:14+4+29+UNZ+2'",
    ]);
    expect(answered(ORDER.replace("\nUNZ+1+IC-0001'", "")).split("\n")[2]).toBe(
      "UCI+IC-0001+5412345000013:14+4098765000016:14+4+13+UNZ'",
    );
  });

  test("is answered in its own syntax, service characters and groups", () => {
    const four = interchange("ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102", "UNS+S"], {
      syntax: "UNOY:4",
    });
    expect(answered(four)).toBe(
      "UNB+UNOY:4+MERIDIAN+ACME+20261121:1000+900'UNH+1+CONTRL:4:1:UN'UCI+77+ACME+MERIDIAN+7'UCM+1+ORDERS:D:96A:UN+7'UNT+4+1'UNZ+1+900'",
    );
    const grouped = four
      .replace("'UNH", "'UNG+ORDERS+A+B+20261121:0930+9+UN+D:96A'UNH")
      .replace("'UNZ", "'UNE+1+9'UNZ");
    expect(answered(grouped)).toContain("'UCF+9+A+B+7'UCM+1+ORDERS:D:96A:UN+7'");
    expect(
      answered(
        `UNA=*.? ~${ORDER.replace(/[:+'](?<!\?')/g, (mark) => ({ ":": "=", "+": "*", "'": "~" })[mark]!)}`,
      ),
    ).toContain("UCI*IC-0001*5412345000013=14*4098765000016=14*7~");
  });

  test("is refused after reading where the business would not have it", () => {
    const refused = new ContractBroken("This order came before.");
    expect(answered(ORDER, { outcomes: [refused] })).toContain("UCM+1+ORDERS:D:96A:UN:EAN008+4+18'");
    expect(answered(ORDER, { outcomes: [undefined] })).toContain("UCM+1+ORDERS:D:96A:UN:EAN008+7'");
  });

  test("is not answered where it is an answer itself", () => {
    expect(answered(answered(ORDER))).toBe("");
    const two = answered(`${ORDER}\n${ORDER}`);
    expect(two.match(/^UNB.*$/gm)?.map((line) => line.split("+").at(-1))).toEqual(["900'", "901'"]);
  });

  test("gives an answer that can be read, whatever it was", () => {
    for (const text of [
      ORDER,
      ORDER.replace("UNOC:3", ":"),
      "UNB+UNOC:3'UNZ+0'",
      ORDER.replace("ORDERS:D", ":"),
    ]) {
      const answer = answered(text);
      expect(problemsOf(parse(Buffer.from(answer))).map(({ message }) => message)).toEqual([]);
      expect(answered(text)).toBe(answer);
    }
  });
});

test("what a partner answers names our messages and what is wrong with them", () => {
  const text = interchange("CONTRL", [
    "UCI+501+MERIDIAN:14+ACME:14+7",
    "UCM+1+INVOIC:D:96A:UN+7",
    "UCM+2+INVOIC:D:96A:UN+4+29+UNT+2",
    "UCM+3+DESADV:D:96A:UN+4",
    "UCS+7+13",
    "UCS+9",
    "UCD+37+2:2",
  ]);
  const [part] = partsOf(parse(Buffer.from(text)));
  if (part === undefined || !("message" in part) || !("group" in part)) throw new Error("It was refused.");
  expect(readControl(part.message)).toEqual({
    interchange: "501",
    sender: "MERIDIAN",
    recipient: "ACME",
    action: "7",
    verdict: "accepted",
    errors: [],
    messages: [
      { reference: "1", type: "INVOIC", verdict: "accepted", errors: [] },
      { reference: "2", type: "INVOIC", verdict: "rejected", errors: [{ code: "29", element: "2" }] },
      {
        reference: "3",
        type: "DESADV",
        verdict: "rejected",
        errors: [
          { code: "13", position: "7" },
          { code: "37", position: "9", element: "2", component: "2" },
        ],
      },
    ],
  });
});
