/** Decimal arithmetic is exact where it says so and rounds half up where it says so. */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as decimals from "./decimals.ts";

/** A decimal of up to 12 digits before and 6 behind the point. */
const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.nat({ max: 999_999 }), fc.boolean())
  .map(([whole, fraction, minus]) => `${minus ? "-" : ""}${whole}.${String(fraction).padStart(6, "0")}`);

test("tenths add up, as floats do not", () => {
  expect(decimals.add("0.1", "0.2")).toBe("0.3");
  expect(decimals.subtract("1", "0.9")).toBe("0.1");
  expect(decimals.multiply("3", "33.33")).toBe("99.99");
});

test("what is added can be taken off again", () => {
  fc.assert(
    fc.property(decimal, decimal, (left, right) => {
      const back = decimals.subtract(decimals.add(left, right), right);
      expect(decimals.compare(back, left)).toBe(0);
    }),
  );
});

test("amounts are quantised to their currency, half up", () => {
  expect(decimals.quantise("1.005", "EUR")).toBe("1.01");
  expect(decimals.quantise("-1.005", "EUR")).toBe("-1.01");
  expect(decimals.quantise("1.5", "JPY")).toBe("2");
  expect(decimals.quantise("1.2345", "BHD")).toBe("1.235");
  expect(decimals.quantise("10", "EUR")).toBe("10.00");
});

test("a price base other than one is honoured", () => {
  const price = { amount: "49.95", currency: "EUR", per: { value: "100", uom: "EA" } };
  expect(decimals.priceOf({ value: "7", uom: "EA" }, price)).toEqual({ amount: "3.50", currency: "EUR" });
});

test("a price per pack cannot value pieces", () => {
  const price = { amount: "600.00", currency: "EUR", per: { value: "1", uom: "PK" } };
  expect(() => decimals.priceOf({ value: "12", uom: "EA" }, price)).toThrow(
    "A price per PK cannot value a quantity in EA.",
  );
});

test("two currencies are never added", () => {
  const both = [
    { amount: "1.00", currency: "EUR" },
    { amount: "1.00", currency: "USD" },
  ];
  expect(() => decimals.total(both, "EUR")).toThrow("An amount in USD cannot be added to amounts in EUR.");
});

test("large and small numbers are written without an exponent", () => {
  expect(decimals.multiply("1000000000000", "1000000000000")).toBe("1000000000000000000000000");
  expect(decimals.multiply("0.0000001", "0.1")).toBe("0.00000001");
  expect(decimals.plain("007.50")).toBe("7.5");
});
