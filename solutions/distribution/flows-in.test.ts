/** Every inbound flow is walked with sample arrivals: webhooks, gateway requests, X12 files, bank statements. */
import type { Message } from "crossdock";
import { finance, logistics, returns, telling } from "crossdock/canon";
import { camt053 } from "crossdock/codecs/camt053";
import {
  acknowledge997,
  envelope,
  generate,
  parse,
  type SetDraft,
  writePurchaseOrder850,
  writePurchaseOrderChange860,
  writeRemittance820,
} from "crossdock/codecs/x12";
import { walkArrival } from "crossdock/testing";
import { expect, test } from "vitest";
import { arrive, bytes, flow, leave, text, told, unwalked } from "./flow-walks.ts";

// In ------------------------------------------------------------------------------------------------------------

const hook = { id: "msg_1", occurredAt: "2026-01-05T08:00:00Z", orderId: "SO-1" };
const pumps = { line: "1", sku: "PUMP-100", quantity: "10" };
const tenPumps = { line: "1", item: "PUMP-100", quantity: { value: "10", uom: "EA" } };

test("an order of the gateway becomes a captured order, its number following from customer and reference", () => {
  const body = {
    customer: "C-SHOP",
    customerReference: "WEB 7",
    currency: "EUR",
    payment: { method: "card", token: "AUTH-7" },
    lines: [
      { sku: "PUMP-100", quantity: "10", price: "500.00" },
      { sku: "SEAL-9", quantity: "2" },
    ],
  };
  expect(told(arrive("api-orders", body))).toEqual([
    [
      "sales.order-captured",
      {
        salesOrderId: "SO-SHOP-WEB_20_7",
        customerReference: "WEB 7",
        customer: "C-SHOP",
        channel: "shop",
        currency: "EUR",
        payment: { method: "card", token: "AUTH-7" },
        lines: [
          { ...tenPumps, price: { amount: "500.00", currency: "EUR", per: { value: "1", uom: "EA" } } },
          { line: "2", item: "SEAL-9", quantity: { value: "2", uom: "EA" } },
        ],
      },
    ],
  ]);
});

test("changes and cancellations of the gateway are told about the order they name", () => {
  const change = { orderId: "SO-1", changeNumber: "CH-3", lines: [{ line: "1", quantity: "0" }] };
  expect(told(arrive("api-order-changes", change))).toEqual([
    [
      "sales.order-changed",
      {
        salesOrderId: "SO-1",
        sequenceNumberId: 3,
        reason: "The customer changed the order.",
        lines: [{ line: "1", quantity: { value: "0", uom: "EA" } }],
      },
    ],
  ]);
  expect(told(arrive("api-order-cancellations", { orderId: "SO-1", reason: "Twice." }))).toEqual([
    ["sales.order-cancelled", { salesOrderId: "SO-1", reason: "Twice.", by: "the customer" }],
  ]);
});

test("what the warehouse tells about an order becomes facts; what it does inside is passed over", () => {
  const names = (type: string, more: object) =>
    arrive("wms-reports", { ...hook, type, lines: [pumps], ...more }).map(({ contract }) => contract);
  expect(names("stock.allocated", { allocationId: "AL-1" })).toEqual(["inventory.stock-allocated"]);
  const short = { lines: [pumps, { ...pumps, line: "2" }].map((line) => ({ ...line, shortfall: "4" })) };
  expect(names("order.backordered", short)).toEqual([
    "inventory.order-backordered",
    "inventory.order-backordered",
  ]);
  expect(names("allocation.released", {})).toEqual(["inventory.reservation-released"]);
  expect(names("goods.picked", { shipmentId: "SH-1", handlingUnits: [{ sscc: "1" }] })).toEqual([
    "inventory.goods-picked",
  ]);
  expect(names("shipment.dispatched", { shipmentId: "SH-1", handlingUnits: [] })).toEqual([
    "logistics.shipment-dispatched",
  ]);
  expect(names("shipment.cancelled", {})).toEqual([]);
});

test("a shipment the warehouse gives no number is refused", () => {
  const body = bytes(JSON.stringify({ ...hook, type: "shipment.dispatched", lines: [pumps] }));
  expect(walkArrival(flow("wms-reports"), body).refused[0]?.error.message).toContain("field shipmentId");
});

test("carriers' words become one vocabulary, and a signature proves delivery", () => {
  const names = (more: object) => arrive("tms-reports", { ...hook, ...more }).map(({ contract }) => contract);
  expect(names({ type: "freight.booked", bookingId: "FB-1", carrier: "Alpin" })).toEqual([
    "logistics.freight-booked",
  ]);
  expect(names({ type: "carrier.rejected", bookingId: "FB-1", reason: "No." })).toEqual([
    "logistics.carrier-rejected",
  ]);
  expect(names({ type: "shipment.status", status: "in-transit" })).toEqual([
    "logistics.shipment-status-changed",
  ]);
  expect(names({ type: "shipment.status", status: "delivered", signedBy: "J.", shipmentId: "SH-1" })).toEqual(
    ["logistics.shipment-status-changed", "logistics.delivery-proven"],
  );
  const lost = bytes(JSON.stringify({ ...hook, type: "shipment.status", status: "teleported" }));
  expect(walkArrival(flow("tms-reports"), lost).refused[0]?.error.message).toBe(
    "The carrier's status teleported stands for none of ours.",
  );
});

test("card payments and payouts are told", () => {
  const captured = { ...hook, type: "payment.captured", captureId: "CAP-1", amount: "120", currency: "EUR" };
  expect(told(arrive("payments-reports", captured))).toEqual([
    [
      "finance.payment-captured",
      {
        salesOrderId: "SO-1",
        paymentId: "CAP-1",
        amount: { amount: "120.00", currency: "EUR" },
        capturedAt: hook.occurredAt,
      },
    ],
  ]);
  const payout = {
    ...hook,
    type: "payout.settled",
    payoutId: "PO-1",
    currency: "EUR",
    net: "118.32",
    fee: "1.68",
    captures: [{ captureId: "CAP-1" }],
  };
  expect(arrive("payments-reports", payout).map(({ contract }) => contract)).toEqual([
    "finance.payment-settled",
  ]);
});

// EDI -----------------------------------------------------------------------------------------------------------

const interchange = (drafts: SetDraft[], controlNumber = 101) =>
  generate(
    envelope(
      {
        sender: { qualifier: "ZZ", id: "ACME" },
        receiver: { qualifier: "ZZ", id: "MERIDIAN" },
        date: "2026-01-05",
        time: "0800",
        controlNumber,
      },
      drafts,
    ),
  );
const order850 = writePurchaseOrder850({
  purpose: "00",
  orderType: "NE",
  poNumber: "PO-4711",
  date: "2026-01-05",
  currency: "EUR",
  parties: [{ role: "ST", name: "ACME PLANT 1", idQualifier: "92", id: "P1", city: "LYON", country: "FR" }],
  lines: [{ line: "1", quantity: "2", uom: "PK", price: "600.00", sku: "VALVE-20" }],
  total: "1200.00",
});

test("an 850 is acknowledged and becomes an order in pieces, its price kept on a base of twelve", () => {
  const { messages, acknowledgements, refused, notCarried } = walkArrival(
    flow("acme-in"),
    interchange([order850]),
  );
  expect(refused).toEqual([]);
  expect(notCarried).toEqual([
    { message: 0, place: "N1+ST.3", value: "92" },
    { message: 0, place: "N1+ST.4", value: "P1" },
  ]);
  expect(told(messages)).toEqual([
    [
      "sales.order-captured",
      {
        salesOrderId: "SO-ACME-PO-4711",
        customerReference: "PO-4711",
        customer: "C-ACME",
        channel: "edi",
        issueDate: "2026-01-05",
        currency: "EUR",
        payment: { method: "invoice" },
        shipTo: { name: "ACME PLANT 1", city: "LYON", country: "FR" },
        lines: [
          {
            line: "1",
            item: "VALVE-20",
            quantity: { value: "24", uom: "EA" },
            price: { amount: "600.00", currency: "EUR", per: { value: "12", uom: "EA" } },
          },
        ],
        total: { amount: "1200.00", currency: "EUR" },
        ediControlNumber: "000000101",
      },
    ],
  ]);
  const [answer] = acknowledgements;
  expect(answer).toMatchObject({ contract: "partner.send-document", key: "conversation/C-ACME/000000101" });
  const sent = text(leave("acme-out", answer!).body);
  expect(sent).toMatch(/^ISA.*ZZ\*MERIDIAN +\*ZZ\*ACME /);
  expect(sent).toContain("AK5*A");
});

test("of two orders in a file the sound one is taken, the other refused by name, and the 997 says so", () => {
  const unknown = writePurchaseOrder850({
    purpose: "00",
    orderType: "NE",
    poNumber: "PO-9",
    date: "2026-01-05",
    lines: [{ line: "1", quantity: "1", uom: "BX", sku: "PUMP-100" }],
  });
  const { messages, acknowledgements, refused } = walkArrival(
    flow("acme-in"),
    interchange([order850, unknown]),
  );
  expect(messages).toHaveLength(1);
  expect(refused.map(({ part, error }) => [part, error.message])).toEqual([
    [1, "Nobody has said how many pieces of PUMP-100 are one BX."],
  ]);
  const [answer] = acknowledgements as (Message & { data: { document: { written: string } } })[];
  expect(answer?.data.document.written.match(/AK5\*[AR]/g)).toEqual(["AK5*A", "AK5*R"]);
});

test("a file that is mended and sent again is answered under a number of its own, not as a repetition", () => {
  const lines = [{ line: "1", quantity: "1", uom: "BX", price: "1.00", sku: "PUMP-100" }];
  const unknown = writePurchaseOrder850({
    purpose: "00",
    orderType: "NE",
    poNumber: "PO-9",
    date: "2026-01-05",
    lines,
  });
  const files = [interchange([order850, unknown]), interchange([order850])];
  const [first, second] = files.flatMap(
    (file) => walkArrival(flow("acme-in"), file).acknowledgements as (Message & { data: Acknowledgement })[],
  );
  expect([first, second].map((one) => one?.data.document.status)).toEqual([
    "accepted-with-errors",
    "accepted",
  ]);
  expect(first?.data.controlNumber).not.toBe(second?.data.controlNumber);
});
interface Acknowledgement {
  readonly controlNumber: string;
  readonly document: { readonly status: string };
}

test("an 860 changes or cancels the order it names", () => {
  const change = (purpose: string, lines: Parameters<typeof writePurchaseOrderChange860>[0]["lines"]) =>
    writePurchaseOrderChange860({
      purpose,
      orderType: "SA",
      poNumber: "PO-4711",
      changeNumber: "2",
      date: "2026-01-05",
      lines,
    });
  const lines = [
    { line: "1", change: "QI", quantity: "3", uom: "PK", price: "600.00", sku: "VALVE-20" },
    { line: "2", change: "DI", quantity: "1", uom: "EA", sku: "SEAL-9" },
  ];
  const changed = walkArrival(flow("acme-in"), interchange([change("04", lines)]));
  expect(told(changed.messages)).toEqual([
    [
      "sales.order-changed",
      {
        salesOrderId: "SO-ACME-PO-4711",
        customerReference: "PO-4711",
        sequenceNumberId: 2,
        reason: "The customer changed the order.",
        lines: [
          {
            line: "1",
            item: "VALVE-20",
            quantity: { value: "36", uom: "EA" },
            price: { amount: "600.00", per: { value: "12", uom: "EA" } },
          },
          { line: "2", item: "SEAL-9", quantity: { value: "0", uom: "EA" } },
        ],
        ediControlNumber: "000000101",
      },
    ],
  ]);
  const cancelled = walkArrival(flow("acme-in"), interchange([change("01", [])]));
  expect(cancelled.messages.map(({ contract }) => contract)).toEqual(["sales.order-cancelled"]);
});

test("an 820 announces money; a 997 is told about the order whose document it acknowledges", () => {
  const remittance = writeRemittance820({
    handling: "I",
    amount: "6000.00",
    creditDebit: "C",
    method: "NON",
    date: "2026-01-20",
    trace: "ACME-INV-1",
    items: [{ qualifier: "IV", number: "INV-1", paid: "6000.00" }],
  });
  const advised = walkArrival(flow("acme-in"), interchange([remittance]));
  expect(advised.messages.map(({ contract, key }) => [contract, key])).toEqual([
    ["finance.remittance-advised", "remittance/ACME-INV-1"],
  ]);
  const ours = leave("acme-out", telling.SendDocument.of(telling.SendDocument.sample)) as {
    body: Uint8Array;
  };
  const theirs = acknowledge997(parse(ours.body!), { date: "2026-01-05", time: "0900", controlNumber: 7 });
  const heard = walkArrival(flow("acme-in"), generate(theirs!), (reference) =>
    "key" in reference && reference.key.value === "000012345" ? "SO-ACME-PO-4711" : null,
  );
  expect(told(heard.messages)).toEqual([
    [
      "operations.acknowledgement-received",
      {
        partner: "C-ACME",
        ackOf: "856/000012345",
        ackType: "syntax",
        status: "accepted",
        errors: [],
        ediControlNumber: "000000007",
        partnerDocument: "000012345",
        salesOrderId: "SO-ACME-PO-4711",
      },
    ],
  ]);
  expect(heard.acknowledgements).toEqual([]);
});

test("a stranger's order is refused", () => {
  const from = text(interchange([order850])).replaceAll("ACME  ", "OTHER ");
  expect(walkArrival(flow("acme-in"), bytes(from)).refused[0]?.error.message).toBe(
    "OTHER is no partner of ours.",
  );
});

// Bank ----------------------------------------------------------------------------------------------------------

const statement = camt053().encode({
  messageType: "camt.053.001.08",
  messageId: "M-1",
  createdAt: "2026-01-20T18:00:00Z",
  statements: [
    {
      id: "ST-1",
      account: { iban: "FR7630006000011234567890189", currency: "EUR" },
      balances: [
        { type: "OPBD", amount: "0.00", currency: "EUR", creditDebit: "credit", date: "2026-01-20" },
        { type: "CLBD", amount: "6077.00", currency: "EUR", creditDebit: "credit", date: "2026-01-20" },
      ],
      entries: [
        ["BK-1", "6000.00", "Payment of INV-90000001, thank you"],
        ["BK-2", "77.00", "No idea"],
      ].map(([bankReference = "", amount = "", remittance = ""]) => ({
        amount,
        currency: "EUR",
        creditDebit: "credit" as const,
        reversal: false,
        status: "BOOK",
        bookedOn: "2026-01-20",
        valueOn: "2026-01-20",
        bankReference,
        transactions: [{ endToEndId: `E2E-${bankReference}`, remittance: [remittance], structured: [] }],
      })),
    },
  ],
});

test("a statement's payments find the invoices they name, and those that name none are told unmatched", () => {
  const { messages, refused } = walkArrival(flow("bank-statements"), statement, (reference) =>
    "key" in reference && reference.key.value === "INV-90000001" ? "SO-ACME-PO-4711" : null,
  );
  expect(refused).toEqual([]);
  expect(messages.map(({ contract, correlation }) => [contract, correlation])).toEqual([
    ["finance.bank-entry-received", "order/SO-ACME-PO-4711"],
    ["finance.bank-entry-received", "bankReference/BK-2"],
    ["finance.payment-unmatched", "payment/BK-2"],
  ]);
  expect(messages[0]?.data).toMatchObject({ invoiceId: "INV-90000001", bankReference: "BK-1" });
});

test("facts reported at the gateway come in as their contract has them, and an entry that does not balance does not", () => {
  const { sample } = logistics.ShipmentDispatched;
  expect(told(arrive("api-shipment-confirmations", sample))).toEqual([
    ["logistics.shipment-dispatched", sample],
  ]);
  const entry = finance.PostingSubmitted.sample;
  expect(told(arrive("api-postings", entry))).toEqual([["finance.posting-submitted", entry]]);
  const [debit, credit] = entry.lines;
  const lame = { ...entry, lines: [debit, { ...credit, credit: { amount: "449.99", currency: "EUR" } }] };
  expect(() => arrive("api-postings", lame)).toThrow("does not balance");
  const mixed = { ...entry, lines: [debit, { ...credit, credit: { amount: "450.00", currency: "USD" } }] };
  expect(() => arrive("api-postings", mixed)).toThrow("mixes currencies");
});

test("a return is asked for with its invoice, settled as the customer paid, and comes back by webhook", () => {
  const { sample } = returns.ReturnRequested;
  expect(() => arrive("api-returns", sample)).toThrow("names no invoice");
  const asked = { ...sample, invoiceId: "INV-1" };
  expect(told(arrive("api-returns", asked))).toEqual([
    ["sales.return-requested", { ...asked, settleBy: "credit" }],
  ]);
  expect(arrive("api-returns", { ...asked, customer: "C-SHOP" })[0]?.data).toMatchObject({
    settleBy: "card",
  });
  const back = { ...hook, type: "goods.returned", returnId: "RT-1", rmaId: "RMA-RT-1", receiptId: "RR-1" };
  expect(
    told(arrive("wms-reports", { ...back, lines: [pumps], condition: "cracked", decision: "scrap" })),
  ).toEqual([
    [
      "inventory.goods-returned",
      {
        returnId: "RT-1",
        salesOrderId: "SO-1",
        receiptAdviceId: "RR-1",
        rmaId: "RMA-RT-1",
        lines: [tenPumps],
        condition: "cracked",
        restockDecision: "scrap",
        returnedAt: hook.occurredAt,
      },
    ],
  ]);
});

test("no inbound flow is left unwalked", () => {
  expect(unwalked("in")).toEqual([]);
});
