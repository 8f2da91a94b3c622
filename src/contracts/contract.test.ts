/** A contract keeps its promise to whoever writes, reads late, or searches by a number. */
import Type from "typebox";
import { expect, test } from "vitest";
import { ContractBroken } from "../std/errors.ts";
import { earlier, event } from "./contract.ts";

const Text = Type.String({ minLength: 1 });
const Money = Type.Object({
  amount: Type.String({ pattern: "^-?\\d+(\\.\\d+)?$", description: "a decimal with a point" }),
  currency: Type.String({ minLength: 3, maxLength: 3 }),
});
const Shipped = event({
  name: "logistics.shipment-dispatched",
  version: 3,
  owner: "logistics",
  summary: "Goods left.",
  criticality: "C1",
  data: Type.Object({
    shipmentId: Text,
    salesOrderId: Text,
    value: Money,
    units: Type.Array(Type.Object({ sscc: Text })),
  }),
  keys: { shipment: { path: "shipmentId", system: "wms" }, order: "salesOrderId", sscc: "units[].sscc" },
  belongsTo: "order",
  sample: {
    shipmentId: "SH-1",
    salesOrderId: "SO-1",
    value: { amount: "10.00", currency: "EUR" },
    units: [],
  },
  earlier: earlier({
    version: 2,
    data: Type.Object({ shipmentId: Text, salesOrderId: Text, value: Money }),
    upgrade: (old) => ({ ...old, units: [] }),
    earlier: earlier({
      version: 1,
      data: Type.Object({ shipmentId: Text, salesOrderId: Text, cents: Type.Integer() }),
      // Version one knew only euros, and only cents.
      upgrade: ({ cents, ...rest }) => ({
        ...rest,
        value: { amount: (cents / 100).toFixed(2), currency: "EUR" },
      }),
    }),
  }),
});

test("a sound message carries its ordering key, its business transaction and every number it names, each once", () => {
  const data = { ...Shipped.sample, units: [{ sscc: "A" }, { sscc: "B" }, { sscc: "A" }] };
  expect(Shipped.of(data)).toEqual({
    kind: "event",
    contract: "logistics.shipment-dispatched",
    version: 3,
    key: "shipment/SH-1",
    correlation: "order/SO-1",
    keys: [
      { type: "shipment", value: "SH-1", system: "wms" },
      { type: "order", value: "SO-1" },
      { type: "sscc", value: "A" },
      { type: "sscc", value: "B" },
    ],
    data,
  });
});

test("what does not keep the contract never becomes a message; the error names field and expectation, not the value", () => {
  const broken = () => Shipped.of({ ...Shipped.sample, value: { amount: "12,5", currency: "EUR" } });
  expect(broken).toThrow(ContractBroken);
  try {
    broken();
  } catch (error) {
    expect((error as ContractBroken).facts).toMatchObject({
      contract: "logistics.shipment-dispatched",
      version: 3,
      field: "value.amount",
      expected: "must be a decimal with a point",
      found: "text",
    });
    expect((error as Error).message).not.toContain("12,5");
  }
});

test("data written under version one is read in today's shape, climbing one step at a time", () => {
  expect(Shipped.read({ shipmentId: "SH-1", salesOrderId: "SO-1", cents: 1050 }, 1)).toEqual({
    shipmentId: "SH-1",
    salesOrderId: "SO-1",
    value: { amount: "10.50", currency: "EUR" },
    units: [],
  });
});

test("old data that was never sound, and data from a newer build, are refused", () => {
  expect(() => Shipped.read({ shipmentId: "SH-1", salesOrderId: "SO-1", cents: "10" }, 1)).toThrow(
    ContractBroken,
  );
  expect(() => Shipped.read({}, 4)).toThrow("newer than the v3 this build knows");
});
