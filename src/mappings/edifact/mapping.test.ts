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
const messageOf = (text: string, type: string, guide = ":EAN008"): EdifactMessage => {
  const segments = text.split("'");
  const whole = [
    "UNB+UNOC:3+ACME+MERIDIAN+260105:0800+101",
    `UNH+1+${type}:D:96A:UN${guide}`,
    ...segments,
    `UNT+${segments.length + 2}+1`,
    "UNZ+1+101'",
  ];
  return only(parse(new TextEncoder().encode(whole.join("'"))));
};

holds(
  edifact,
  FULL,
  (text, type) => messageOf(text, type),
  () => travelled,
);

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

test("a unit nobody states is the piece in EANCOM, elsewhere the one agreed on, and never guessed", () => {
  const { unit: _, ...nothingAgreed } = AROUND;
  const text = "BGM+220+PO-1+9'DTM+137:20260105:102'LIN+1'PIA+5+A:SA'QTY+21:1'UNS+S";
  const quantity = (guide: string, unit?: string) => {
    const around = { ...nothingAgreed, ...(unit === undefined ? {} : { unit }) };
    const [order] = edifact.ORDERS.read(messageOf(text, "ORDERS", guide), around).messages;
    return (order as { data: { lines: { quantity: unknown }[] } }).data.lines[0]?.quantity;
  };
  expect(quantity(":EAN008")).toEqual({ value: "1", uom: "PCE" });
  expect(quantity("", "KGM")).toEqual({ value: "1", uom: "KGM" });
  expect(() => quantity("")).toThrow(/quantity/);
});

test("an advice is for its only document; of several, one without an amount refuses it", () => {
  const advice = (documents: string) => {
    const text = `BGM+481+RA-1+9'DTM+138:20260120:102'CUX+2:EUR:11'${documents}UNS+S'MOA+12:500.00`;
    return edifact.REMADV.read(messageOf(text, "REMADV"), AROUND).messages;
  };
  expect(advice("DOC+380+INV-1'")).toMatchObject([
    { data: { invoices: [{ invoiceId: "INV-1", amount: { amount: "500.00", currency: "EUR" } }] } },
  ]);
  expect(() => advice("DOC+380+INV-1'MOA+12:200.00'DOC+380+INV-2'")).toThrow(
    "The advice does not say how much of it is for INV-2.",
  );
});
