/** UBL in canonical words and back, with everything that has no place on the other side told. */
import { telling } from "crossdock/canon";
import { checkTotals, type UblDraft, ubl, ublMessage } from "crossdock/codecs/ubl";
import { expect, test } from "vitest";
import { toOrder, toOrderCancellation, toOrderChange } from "./in.ts";
import { toUbl } from "./out.ts";

const acme = {
  customer: "C-ACME",
  currency: "EUR",
  units: [{ item: "VALVE-20", from: "PK", to: "EA", numerator: 12, denominator: 1 }],
};
const party = (name: string) => ({ party: { names: [{ name }] } });
const eur = (amount: string) => ({ amount, currency: "EUR" });
const line = (id: string, sku: string, value: string, uom: string, price: string) => ({
  lineItem: {
    id,
    quantity: { value, uom },
    price: { amount: eur(price) },
    item: { name: "Pump", keywords: ["cold"], sellersId: { id: { id: sku } } },
  },
});
const order: UblDraft<"Order"> = {
  id: "PO-4711",
  issueDate: "2026-01-05Z",
  currency: "EUR",
  notes: ["Gate 3"],
  buyer: party("ACME"),
  seller: party("Meridian"),
  deliveries: [
    {
      requestedPeriod: { endDate: "2026-01-12" },
      party: { names: [{ name: "ACME Lyon" }] },
      address: { street: "Quai 3", city: "Lyon", postalZone: "69002", country: { code: "FR" } },
    },
  ],
  total: { payableAmount: eur("6200.00") },
  lines: [line("1", "PUMP-100", "10", "C62", "500.00"), line("2", "VALVE-20", "2", "PK", "600.00")],
};

test("an order is captured in pieces, and what has no field is told", () => {
  const { message, notCarried } = toOrder(ublMessage("Order", order), acme);
  expect(message.data).toEqual({
    salesOrderId: "SO-ACME-PO-4711",
    customerReference: "PO-4711",
    customer: "C-ACME",
    channel: "edi",
    currency: "EUR",
    issueDate: "2026-01-05",
    requestedDate: "2026-01-12",
    payment: { method: "invoice" },
    shipTo: { name: "ACME Lyon", street: "Quai 3", city: "Lyon", postalCode: "69002", country: "FR" },
    lines: [
      {
        line: "1",
        item: "PUMP-100",
        description: "Pump",
        quantity: { value: "10", uom: "EA" },
        price: { amount: "500.00", currency: "EUR", per: { value: "1", uom: "EA" } },
      },
      {
        line: "2",
        item: "VALVE-20",
        description: "Pump",
        quantity: { value: "24", uom: "EA" },
        price: { amount: "600.00", currency: "EUR", per: { value: "12", uom: "EA" } },
      },
    ],
    total: eur("6200.00"),
  });
  expect(notCarried).toEqual([
    { place: "notes[0]", value: "Gate 3" },
    { place: "buyer.party.names[0].name", value: "ACME" },
    { place: "seller.party.names[0].name", value: "Meridian" },
    { place: "lines[0].lineItem.item.keywords[0]", value: "cold" },
    { place: "lines[1].lineItem.item.keywords[0]", value: "cold" },
  ]);
});

test("an order in another currency than its amounts, without unit or without item is refused", () => {
  const refused = (change: object) => () => toOrder(ublMessage("Order", { ...order, ...change }), acme);
  expect(refused({ currency: "USD" })).toThrow("An amount is in EUR and the order in USD.");
  const [first] = order.lines!;
  const changed = (lineItem: object) => ({ lines: [{ lineItem: { ...first!.lineItem, ...lineItem } }] });
  expect(refused(changed({ quantity: { value: "1" } }))).toThrow("has no quantity unitCode");
  expect(refused(changed({ item: { name: "x" } }))).toThrow("has no item.sellersId");
  expect(() => toOrder(toUbl(telling.documents[2]!, "SO-1", ourselves).message, acme)).toThrow("no Order");
});

test("changes and cancellations find their order", () => {
  const change = toOrderChange(
    ublMessage("OrderChange", {
      id: "CH-1",
      issueDate: "2026-01-06",
      sequenceNumber: "2",
      currency: "EUR",
      orderReference: { id: "PO-4711" },
      buyer: party("ACME"),
      seller: party("Meridian"),
      lines: [
        line("1", "PUMP-100", "12", "C62", "500.00"),
        { lineItem: { ...line("2", "VALVE-20", "1", "PK", "1").lineItem, statusCode: "2" } },
      ],
    }),
    acme,
  );
  expect(change.message.data).toEqual({
    salesOrderId: "SO-ACME-PO-4711",
    customerReference: "PO-4711",
    sequenceNumberId: 2,
    reason: "The customer changed the order.",
    lines: [
      {
        line: "1",
        item: "PUMP-100",
        quantity: { value: "12", uom: "EA" },
        price: { amount: "500.00", per: { value: "1", uom: "EA" } },
      },
      { line: "2", item: "VALVE-20", quantity: { value: "0", uom: "EA" } },
    ],
  });
  const cancelled = toOrderCancellation(
    ublMessage("OrderCancellation", {
      id: "CX-1",
      issueDate: "2026-01-06",
      reasons: ["Ordered twice."],
      orderReferences: [{ id: "PO-4711" }],
      buyer: party("ACME"),
      seller: party("Meridian"),
    }),
    acme,
  );
  expect(cancelled.message.data).toEqual({
    salesOrderId: "SO-ACME-PO-4711",
    reason: "Ordered twice.",
    by: "C-ACME",
  });
});

const ourselves = {
  ourselves: { name: "Meridian", endpoint: { id: "3000001000006", scheme: "0088" } },
  partner: { name: "ACME" },
};

test("what a partner is told is a sound UBL document that says the same", () => {
  const written = telling.documents
    .filter(({ type }) => type !== "functional-acknowledgement")
    .map((document) => toUbl(document, "SO-ACME-PO-4711", ourselves));
  expect(written.map(({ message, notCarried }) => [message.kind, notCarried])).toEqual([
    ["OrderResponse", []],
    ["DespatchAdvice", []],
    ["Invoice", []],
  ]);
  for (const { message } of written) expect(ubl().decode(ubl().encode(message))).toEqual(message);
  const [response, despatch, invoice] = written.map(({ message }) => message);
  expect(response?.body).toMatchObject({
    responseCode: "AP",
    lines: [{ lineItem: { id: "1", quantity: { value: "10", uom: "EA" } } }],
  });
  expect(despatch?.body).toMatchObject({
    shipment: { handlingUnits: [{ id: { id: "340123450000000018" } }] },
    lines: [{ deliveredQuantity: { value: "10", uom: "EA" } }],
  });
  if (invoice?.kind !== "Invoice") throw new Error("no invoice");
  expect(invoice.body.total.payableAmount).toEqual(eur("6000.00"));
  expect(checkTotals(invoice.body)).toEqual([]);
  expect(() => toUbl(telling.documents[3]!, "SO-1", ourselves)).toThrow(
    "UBL has no acknowledgement of syntax.",
  );
});
