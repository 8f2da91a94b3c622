/** Every X12 set in canonical words and back. */
import { expect, test } from "vitest";
import { envelope, generate, parse, problemsOf, type SetDraft, type X12Set } from "../../codecs/x12/codec.ts";
import type { Message } from "../../contracts/contract.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { type Carrying, watched } from "../witness.ts";
import { FULL } from "./full.fixtures.ts";
import { x12 } from "./mapping.ts";

const side = (id: string) => ({ qualifier: "ZZ", id });
const about = {
  sender: side("ACME"),
  receiver: side("MERIDIAN"),
  date: "2026-01-05",
  time: "0800",
  controlNumber: 101,
};

const travelled = (draft: SetDraft): X12Set => {
  const document = parse(generate(envelope(about, [draft])));
  expect(problemsOf(document).map(({ message }) => message)).toEqual([]);
  return document.interchanges[0]!.groups[0]!.sets[0]!;
};
const setOf = (text: string, type: string): X12Set =>
  travelled({
    type,
    segments: text.split("~").map((line) => {
      const [id = "", ...elements] = line.split("*");
      return { id, elements };
    }),
  });

holds(x12, FULL, setOf, () => travelled);

test("an order that cancels is a cancellation, and one of a purpose nobody agreed on is refused", () => {
  const [message] = x12["850"].read(
    setOf("BEG*01*NE*PO-4711**20260105~PO1**1*EA***VN*A", "850"),
    AROUND,
  ).messages;
  expect(message).toMatchObject({
    contract: "sales.order-cancelled",
    data: { salesOrderId: "SO-ACME-PO-4711", reason: "The customer cancelled the order.", by: "C-ACME" },
  });
  expect(() => x12["850"].read(setOf("BEG*05*NE*PO-4711**20260105~PO1**1*EA***VN*A", "850"), AROUND)).toThrow(
    "A 850 whose BEG.1 is 05 is none we agreed on.",
  );
});

test("what is missing is named as the document names it", () => {
  const order = setOf("BEG*00*NE*PO-4711**20260105~PO1*1*1*EA***ZZ*A", "850");
  expect(() => x12["850"].read(order, AROUND)).toThrow(/850: .*item \(PO1\/6\(VN\|/);
});

test("whoever watches is told which row carried which value, both ways, and nobody else is", () => {
  const carried: Carrying[] = [];
  const watch = <Result>(work: () => Result) => watched(work, (one) => void carried.push(one));
  const about = (path: string) =>
    carried.filter((one) => one.path === path).map(({ message: _, path: __, ...rule }) => rule);
  const order = setOf("BEG*00*NE*PO-4711**20260105~PO1*1*2*EA***VN*A~PO1*2*8*EA***VN*B", "850");
  const [message] = watch(() => x12["850"].read(order, AROUND)).messages;
  expect([about("issueDate"), about("lines[1].quantity"), about("lines[1].item")]).toEqual([
    [{ document: "850", kind: "date CCYYMMDD", place: "BEG.5", values: ["20260105"] }],
    [{ document: "850", kind: "quantity and unit", place: "PO1[2].2", values: ["8", "EA"] }],
    [{ document: "850", kind: "text", place: "PO1[2].7", values: ["B"] }],
  ]);
  carried.length = 0;
  watch(() => x12["850"].write(message as Message, AROUND));
  expect([about("issueDate"), about("lines[1].item")]).toEqual([
    [{ document: "850", kind: "date CCYYMMDD", place: "BEG.5", values: ["20260105"] }],
    [{ document: "850", kind: "text", place: "6(VN)", values: ["B"] }],
  ]);
  carried.length = 0;
  x12["850"].read(order, AROUND);
  expect(carried).toEqual([]);
});
