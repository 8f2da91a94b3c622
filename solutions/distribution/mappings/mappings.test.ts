/** What mappings refuse and what they keep: units, order numbers, prices a piece, orders that cannot be taken. */
import { decimals, sales } from "crossdock/canon";
import fc from "fast-check";
import { expect, test } from "vitest";
import { controlNumber } from "../control-number.ts";
import { problemsOf } from "../order-capture.ts";
import { standardPolicy } from "../policy.ts";
import { orderNumber } from "./orders-api.ts";
import { fromPiece, perPiece, toPiece } from "./pieces.ts";
import { inPieces } from "./units.ts";
import { fromWms } from "./wms.ts";

const units = [
  { item: "VALVE-20", from: "PK", to: "EA", numerator: 12, denominator: 1 },
  { item: "WIRE-1", from: "M", to: "EA", numerator: 1, denominator: 3 },
];

test("packs become pieces by the item's own ratio", () => {
  expect(inPieces(units, "VALVE-20", { value: "2", uom: "PK" })).toEqual({ value: "24", uom: "EA" });
  expect(inPieces(units, "VALVE-20", { value: "2", uom: "PCE" })).toEqual({ value: "2", uom: "EA" });
});

test("a conversion that does not come out whole is refused, and so is a unit nobody named", () => {
  expect(() => inPieces(units, "WIRE-1", { value: "1", uom: "M" })).toThrow("no whole number of pieces");
  expect(inPieces(units, "WIRE-1", { value: "3", uom: "M" })).toEqual({ value: "1", uom: "EA" });
  expect(() => inPieces(units, "PUMP-100", { value: "1", uom: "PK" })).toThrow(
    "Nobody has said how many pieces of PUMP-100 are one PK.",
  );
});

test("a line comes back from the warehouse as it went there", () => {
  const line = { line: "1", item: "PUMP-100", quantity: { value: "10", uom: "EA" } };
  expect(fromPiece(toPiece(line))).toEqual(line);
  expect(() => toPiece({ ...line, quantity: { value: "1", uom: "PK" } })).toThrow("counts pieces");
});

test("a price on a base of twelve is written per piece when nothing is lost by it", () => {
  const price = (amount: string) => ({ amount, currency: "EUR", per: { value: "12", uom: "EA" } });
  expect(perPiece("VALVE-20", price("600.00"))).toBe("50.00");
  expect(() => perPiece("VALVE-20", price("599.95"))).toThrow("without losing part of it");
});

test("different references never give one order number", () => {
  expect(orderNumber("C-ACME", "PO-4711")).toBe("SO-ACME-PO-4711");
  expect(orderNumber("C-ACME", "PO 4711/A")).toBe("SO-ACME-PO_20_4711_2f_A");
  const reference = fc.string({ minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(reference, reference, (one, other) => {
      expect(orderNumber("C-1", one) === orderNumber("C-1", other)).toBe(one === other);
    }),
    { examples: [["A 1", "A_20_1"]] },
  );
});

test("control numbers have nine digits, are never zero and follow from what is sent", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (identity) => {
      const number = controlNumber(...identity);
      expect(number).toMatch(/^(?!0{9})\d{9}$/);
      expect(controlNumber(...identity)).toBe(number);
    }),
  );
});

test("every reason against an order is named", () => {
  const { sample } = sales.OrderCaptured;
  const [line] = sample.lines;
  const wrong = {
    ...sample,
    currency: "USD",
    lines: [
      { ...line!, price: { amount: "500.00", currency: "EUR", per: { value: "0", uom: "PK" } } },
      { ...line!, quantity: { value: "0", uom: "EA" }, price: undefined as never },
    ],
  };
  expect(problemsOf(wrong, standardPolicy)).toEqual([
    "We trade in EUR, not in USD.",
    "Line 1 is priced in EUR, the order in USD.",
    "Line 1 is ordered in EA and priced per PK.",
    "The price of line 1 has no base quantity.",
    "Line 1 stands twice.",
    "Line 1 orders nothing.",
  ]);
  const total = decimals.money("4999.00", "EUR");
  expect(problemsOf({ ...sample, total }, standardPolicy)).toEqual([
    "The order states a total of 4999.00 EUR, its lines come to 5000.00 EUR.",
  ]);
  expect(problemsOf(sample, standardPolicy)).toEqual([]);
});

test("goods that came are received for their order, or by what a plant made; what names neither is nobody's yet", () => {
  const came = {
    type: "goods.received",
    id: "W-1",
    occurredAt: "2026-01-12T08:00:00Z",
    orderId: "GR-1",
    receiptId: "GR-1",
    warehouse: "WH-LYO",
    lines: [{ line: 1, sku: "SEAL-9", quantity: "20" }],
  };
  const as = (more: object) => fromWms({ ...came, ...more }).map(({ contract }) => contract);
  expect(as({ purchaseOrderId: "PO-412" })).toEqual(["inventory.goods-received"]);
  expect(as({ productionOrderId: "PR-7005" })).toEqual(["inventory.goods-received"]);
  expect(as({})).toEqual(["inventory.goods-unassigned"]);
});
