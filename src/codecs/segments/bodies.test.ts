/** Large documents of X12 and EDIFACT whose sets and messages are made again when they are looked at. */
import { expect, test } from "vitest";
import { type EdifactMessage, edifact, readEdifact } from "../edifact/codec.ts";
import { readX12, type X12Set, x12 } from "../x12/codec.ts";

/** Enough of them that most are beyond what is kept as it was read. */
const PIECES = 400;
const some = <Thing>(thing: (n: number) => Thing): Thing[] =>
  Array.from({ length: PIECES }, (_, index) => thing(index + 1));

/** Wide and Latin-1 characters, wrapped lines, composites, faults, binary content, a set that lacks its end. */
const sets = some((n) => {
  const lines = `BEG*00*NE*PO-${n}**20261121~\r\nREF*CO*${n % 7 === 0 ? "Zürich" : "plain"}~\n${n % 11 === 0 ? "N1*ST*A very long\r\n name~" : "N1*ST*ACME~"}\nPO1*1*${n % 13 === 0 ? "x" : n}*EA*1.5~\nPO4***:KG~\nBIN*5*a~b*c~\nNTE*****~`;
  const count = lines.split("~").length + 1 - (lines.includes("a~b") ? 1 : 0);
  const end = n % 17 === 0 ? "" : `SE*${count}*${n}~`;
  return `ST*850*${n}~${lines}${end}\n`;
});
const interchange = (body: string, control: string) =>
  `ISA*00*          *00*          *ZZ*ACME           *ZZ*MERIDIAN       *261121*0900*U*00401*${control}*0*P*:~\nGS*PO*ACME*MERIDIAN*20261121*0900*12*X*004010~\n${body}GE*${PIECES}*12~\nIEA*1*${control}~\n`;
const X12 = Buffer.from(
  `${interchange(sets.join(""), "000000001")}${interchange(sets.join("").replaceAll("~", "\x1d"), "000000002").replaceAll("\x1d", "~")}`,
  "latin1",
);

const messages = some(
  (n) =>
    `UNH+${n}+ORDERS:D:96A:UN'\nBGM+220+PO-${n}+9'\nDTM+137:20261121:102'NAD+BY+1::9++${n % 5 === 0 ? "Zürich" : "Lyon ?+ Ca"}'\nLIN+1++4098765100013:EN'QTY+21:${n % 13 === 0 ? "x" : n}:PCE'\nUNS+S'CNT+2:1'${n % 17 === 0 ? "" : `UNT+9+${n}'`}\n`,
);
const EDIFACT = Buffer.from(
  `UNA:+.? '\nUNB+UNOC:3+1:14+2:14+261121:0930+I-1'\n${messages.join("")}UNZ+${PIECES}+I-1'\n` +
    `UNB+UNOC:3+1:14+2:14+261121:0930+I-2'\n${messages.join("")}UNZ+${PIECES}+I-2'\n`,
  "latin1",
);

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

test("a large X12 document has the same sets as its stream, in any order and as often as they are looked at", async () => {
  const streamed: X12Set[] = [];
  for await (const event of readX12(once(X12))) if (event.kind === "set") streamed.push(event.set);
  const read = x12()
    .decode(X12)
    .interchanges.flatMap(({ groups }) => groups.flatMap((group) => group.sets));
  expect(read.length).toBe(2 * PIECES);
  expect(read.toReversed().map((set) => JSON.stringify(set))).toEqual(
    streamed.toReversed().map((set) => JSON.stringify(set)),
  );
  const last = read.at(-1)!;
  expect(last.body).toBe(last.body);
  expect({ ...last, body: structuredClone(last).body }).toEqual(streamed.at(-1));
});

test("a large EDIFACT document has the same messages as its stream", async () => {
  const streamed: EdifactMessage[] = [];
  for await (const event of readEdifact(once(EDIFACT)))
    if (event.kind === "message") streamed.push(event.message);
  const read = edifact()
    .decode(EDIFACT)
    .interchanges.flatMap(({ groups }) => groups.flatMap((group) => group.messages));
  expect(read.length).toBe(2 * PIECES);
  expect(read.toReversed().map((message) => JSON.stringify(message))).toEqual(
    streamed.toReversed().map((message) => JSON.stringify(message)),
  );
});
