/** Every UBL document in canonical words and back. */
import { expect, test } from "vitest";
import { ubl as codec, type UblKind, type UblMessage, ublMessage } from "../../codecs/ubl/codec.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { ubl } from "./mapping.ts";

const documentOf = (text: string, kind: string): UblMessage => ublMessage(kind as UblKind, JSON.parse(text));

holds(ubl, FULL, documentOf, () => (draft) => codec().decode(codec().encode(draft)));

test("an order in another currency than its amounts, and one without its unit, are refused", () => {
  const { unit: _, ...nothingAgreed } = AROUND;
  const order = JSON.parse(FULL.Order!.text);
  const reads = (change: object) => () =>
    ubl.Order.read(ublMessage("Order", { ...order, ...change }), nothingAgreed);
  expect(reads({ currency: "USD" })).toThrow("An amount is in EUR and the document in USD.");
  const [first] = order.lines;
  const lines = [{ lineItem: { ...first.lineItem, quantity: { value: "1" } } }];
  expect(reads({ lines })).toThrow(/quantity.*\(lines\/lineItem\.quantity\.value\)/);
});
