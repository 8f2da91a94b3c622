/** Every EDIFACT message in canonical words and back. */
import { expect, test } from "vitest";
import {
  type EdifactMessage,
  envelope,
  generate,
  type MessageDraft,
  parse,
  problemsOf,
} from "../../codecs/edifact/codec.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { edifact } from "./mapping.ts";

const only = (document: ReturnType<typeof parse>): EdifactMessage => {
  expect(problemsOf(document).map(({ message }) => message)).toEqual([]);
  return document.interchanges[0]!.groups[0]!.messages[0]!;
};
const about = {
  sender: { id: "ACME" },
  recipient: { id: "MERIDIAN" },
  date: "2026-01-05",
  time: "0800",
  reference: "101",
};
const travelled = (draft: MessageDraft): EdifactMessage => only(parse(generate(envelope(about, [draft]))));
const messageOf = (text: string, type: string): EdifactMessage => {
  const segments = text.split("'");
  const whole = [
    "UNB+UNOC:3+ACME+MERIDIAN+260105:0800+101",
    `UNH+1+${type}:D:96A:UN`,
    ...segments,
    `UNT+${segments.length + 2}+1`,
    "UNZ+1+101'",
  ];
  return only(parse(new TextEncoder().encode(whole.join("'"))));
};

holds(edifact, FULL, messageOf, () => travelled);

test("a document that lost lines, and one of a function nobody agreed on, are refused", () => {
  const reads = (text: string) => () => edifact.ORDERS.read(messageOf(text, "ORDERS"), AROUND);
  const line = "LIN+1'PIA+5+A:SA'QTY+21:1'";
  expect(reads(`BGM+220+PO-1+9'DTM+137:20260105:102'${line}UNS+S'CNT+2:3`)).toThrow(
    "The document counts 3 lines and has 1.",
  );
  expect(reads(`BGM+220+PO-1+5'DTM+137:20260105:102'${line}UNS+S`)).toThrow(
    "A ORDERS whose BGM.3 is 5 is none we agreed on.",
  );
});

test("what a despatch advice means depends on who sends it, and nobody's means nothing", () => {
  const advice = messageOf(FULL.DESADV!.text, "DESADV");
  const from = (role?: "warehouse") =>
    edifact.DESADV.read(advice, { partner: "W-1", ...(role ? { role } : {}) });
  expect(from("warehouse").messages).toMatchObject([
    { contract: "logistics.shipment-dispatched", data: { salesOrderId: "PO-501", shipmentId: "ASN-1" } },
  ]);
  expect(() => from()).toThrow("Nobody has said what a DESADV of this partner means.");
});

test("quantities below a schedule are read as directories since D.96B have them", () => {
  const text =
    "BGM+241+F-17+9'DTM+137:20260105:102'NAD+DP+LYO'GIS+37'LIN+1'PIA+5+SEAL-9:SA'SCC+1'QTY+113:60:PCE'DTM+2:20260112:102";
  const document = only(
    parse(
      new TextEncoder().encode(
        `UNB+UNOC:3+ACME+MERIDIAN+260105:0800+101'UNH+1+DELFOR:D:97A:UN'${text}'UNT+11+1'UNZ+1+101'`,
      ),
    ),
  );
  expect(edifact.DELFOR.read(document, AROUND).messages).toMatchObject([
    { data: { item: "SEAL-9", quantity: { value: "60" }, cause: "firm", period: "2026-01-12" } },
  ]);
});
