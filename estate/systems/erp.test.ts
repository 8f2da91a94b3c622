/** The ERP keeps one document per reference, a ledger that balances, stock that adds up, and speaks OData. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestEstate, type TestEstate } from "../testing/receiver.ts";

const BASE = "/sap/opu/odata4/meridian";
let world: TestEstate;
let session: Record<string, string> = {};
beforeAll(async () => {
  world = await openTestEstate(["erp"]);
  await signIn();
});
afterAll(() => world.close());

async function signIn() {
  const answer = await world.call("erp", "GET", `${BASE}/`, undefined, { "x-csrf-token": "fetch" });
  session = {
    "x-csrf-token": answer.headers.get("x-csrf-token") ?? "",
    cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "",
  };
}
const create = (set: string, body: unknown) => world.call("erp", "POST", `${BASE}/${set}`, body, session);
const item = (Quantity: string, Material = "PUMP-100", SalesOrderItem = "1") => ({
  SalesOrderItem,
  Material,
  Quantity,
});
let count = 0;
async function order(quantity = "10", customer = "C-ACME") {
  const ExternalReference = `O-${++count}`;
  const answer = await create("A_SalesOrder", {
    ExternalReference,
    SoldToParty: customer,
    PurchaseOrderByCustomer: `PO-${count}`,
    TransactionCurrency: "EUR",
    Items: [{ ...item(quantity), NetPrice: "500.00" }],
  });
  return { ExternalReference, number: answer.body.SalesOrder as string, answer };
}
const issue = (SalesOrder: string, quantity: string, DeliveryDocument: string) =>
  create("A_GoodsIssue", {
    ExternalReference: `GI-${DeliveryDocument}`,
    SalesOrder,
    DeliveryDocument,
    Items: [item(quantity)],
  });
const bill = (SalesOrder: string, quantity: string, DeliveryDocument: string, TaxAmount: string) =>
  create("A_BillingDocument", {
    ExternalReference: `BD-${DeliveryDocument}`,
    SalesOrder,
    DeliveryDocument,
    Items: [item(quantity)],
    TaxAmount,
    TaxDocument: "TX-1",
  });

test("a write without a fetched CSRF token is refused with the header that says what is missing", async () => {
  const refused = await world.call("erp", "POST", `${BASE}/A_SalesOrder`, {});
  expect([refused.status, refused.headers.get("x-csrf-token")]).toEqual([403, "Required"]);
  const before = session;
  await world.estate.act("erp", "expire-csrf");
  expect((await world.call("erp", "POST", `${BASE}/A_SalesOrder`, {}, before)).status).toBe(403);
  await signIn();
});

test("a second document under one reference is refused, names the first, and can be found", async () => {
  const { ExternalReference, number, answer } = await order();
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ SalesOrder: number, TotalNetAmount: "5000.00", OverallStatus: "open" });
  const again = await create("A_SalesOrder", {
    ExternalReference,
    SoldToParty: "C-ACME",
    TransactionCurrency: "EUR",
    Items: [{ ...item("10"), NetPrice: "500.00" }],
  });
  expect(again.status).toBe(400);
  expect(again.body.error).toMatchObject({ code: "V1/311", innererror: { existing: number } });
  const filter = encodeURIComponent(`ExternalReference eq '${ExternalReference}'`);
  const found = await world.call("erp", "GET", `${BASE}/A_SalesOrder?$filter=${filter}`);
  expect(found.body.value).toMatchObject([{ SalesOrder: number, ExternalReference }]);
  expect((await world.call("erp", "GET", `${BASE}/A_SalesOrder('${number}')`)).body.SalesOrder).toBe(number);
  const none = encodeURIComponent("ExternalReference eq 'it''s none'");
  expect((await world.call("erp", "GET", `${BASE}/A_SalesOrder?$filter=${none}`)).body.value).toEqual([]);
});

test("shipping and billing in two parts posts cost, revenue and tax, and never bills beyond what was issued", async () => {
  const stockBefore = (await world.estate.books("erp")).stock["PUMP-100"];
  const { number } = await order("10");
  expect((await bill(number, "1", "SH-0", "100.00")).body.error.code).toBe("VF/062");
  expect((await issue(number, "4", "SH-1")).body).toMatchObject({ CostAmount: "1200.00" });
  expect((await bill(number, "5", "SH-1x", "500.00")).body.error.code).toBe("VF/062");
  const invoice = await bill(number, "4", "SH-1", "400.00");
  expect(invoice.body).toMatchObject({
    TotalNetAmount: "2000.00",
    TaxAmount: "400.00",
    TotalGrossAmount: "2400.00",
  });
  expect(invoice.body.BillingDocument).toMatch(/^INV-9\d{7}$/);
  expect((await issue(number, "7", "SH-2x")).body.error.code).toBe("VL/150");
  await issue(number, "6", "SH-2");
  await bill(number, "6", "SH-2", "600.00");

  const books = await world.estate.books("erp");
  const own = books.ledger.filter((entry: { order: string }) => entry.order === number);
  expect(own.map(({ lines }: { lines: unknown }) => lines)).toEqual([
    [
      { account: "Cost of sales", debit: "1200.00", credit: "0.00" },
      { account: "Finished goods", debit: "0.00", credit: "1200.00" },
    ],
    [
      { account: "Cost of sales", debit: "1800.00", credit: "0.00" },
      { account: "Finished goods", debit: "0.00", credit: "1800.00" },
    ],
    [
      { account: "Receivables", debit: "2400.00", credit: "0.00" },
      { account: "Revenue", debit: "0.00", credit: "2000.00" },
      { account: "Tax", debit: "0.00", credit: "400.00" },
    ],
    [
      { account: "Receivables", debit: "3600.00", credit: "0.00" },
      { account: "Revenue", debit: "0.00", credit: "3000.00" },
      { account: "Tax", debit: "0.00", credit: "600.00" },
    ],
  ]);
  expect(books.trialBalance.debit).toBe(books.trialBalance.credit);
  expect(Number(books.stock["PUMP-100"].onHand)).toBe(Number(stockBefore.onHand) - 10);
  expect(
    books.documents.A_SalesOrder.find((one: { number: string }) => one.number === number).OverallStatus,
  ).toBe("billed");
});

test("a change replaces the items but not below what has left, and a cancellation comes before goods leave", async () => {
  const { number } = await order("10");
  await issue(number, "4", "SH-3");
  const change = (ExternalReference: string, quantity: string) =>
    create("A_SalesOrderChange", {
      ExternalReference,
      SalesOrder: number,
      Items: [{ ...item(quantity), NetPrice: "500.00" }],
    });
  expect((await change("CH-1", "3")).body.error.code).toBe("V1/499");
  expect((await change("CH-2", "12")).body).toMatchObject({ SalesOrder: number, TotalNetAmount: "6000.00" });
  expect((await issue(number, "8", "SH-4")).status).toBe(201);
  const refused = await create("A_SalesOrderCancellation", { ExternalReference: "CA-1", SalesOrder: number });
  expect(refused.body.error.code).toBe("V1/847");

  const other = await order("2");
  const cancel = { ExternalReference: "CA-2", OrderReference: other.ExternalReference, Reason: "customer" };
  expect((await create("A_SalesOrderCancellation", cancel)).body).toMatchObject({
    SalesOrder: other.number,
    Status: "cancelled",
  });
  expect((await issue(other.number, "1", "SH-5")).body.error.code).toBe("VL/046");
});

test("cancelling an order that never came does nothing and keeps it from coming", async () => {
  const cancel = { ExternalReference: "CA-3", OrderReference: "O-never", Reason: "gave up" };
  expect((await create("A_SalesOrderCancellation", cancel)).body).toMatchObject({
    SalesOrder: null,
    Status: "nothing-to-cancel",
  });
  const late = await create("A_SalesOrder", {
    ExternalReference: "O-never",
    SoldToParty: "C-ACME",
    TransactionCurrency: "EUR",
    Items: [{ ...item("1"), NetPrice: "500.00" }],
  });
  expect(late.body.error.code).toBe("V1/045");
});

test("a reversed goods issue gives back stock and cost, unless it is billed", async () => {
  const { number } = await order("5");
  const before = (await world.estate.books("erp")).stock["PUMP-100"].onHand;
  const issued = await issue(number, "5", "SH-6");
  const MaterialDocument = issued.body.MaterialDocument;
  const reversed = await create("A_MovementReversal", {
    ExternalReference: "MR-1",
    MaterialDocument,
    Reason: "undo",
  });
  expect(reversed.body).toMatchObject({ MaterialDocument, Status: "reversed" });
  expect((await world.estate.books("erp")).stock["PUMP-100"].onHand).toBe(before);
  const unknown = { ExternalReference: "MR-2", IssueReference: "GI-none" };
  expect((await create("A_MovementReversal", unknown)).body.Status).toBe("nothing-to-reverse");

  const second = await issue(number, "5", "SH-7");
  await bill(number, "5", "SH-7", "500.00");
  const refused = await create("A_MovementReversal", {
    ExternalReference: "MR-3",
    MaterialDocument: second.body.MaterialDocument,
  });
  expect(refused.body.error.code).toBe("M7/061");
});

test("a credit memo and a payment lower what is owed, never below zero", async () => {
  const { number } = await order("2", "C-PAYER");
  const exposure = async () => (await world.estate.books("erp")).credit["C-PAYER"].exposure;
  expect(await exposure()).toBe("1200.00");
  await issue(number, "2", "SH-8");
  const { BillingDocument } = (await bill(number, "2", "SH-8", "200.00")).body;
  const memo = {
    ExternalReference: "CM-1",
    BillingDocument,
    NetAmount: "100.00",
    TaxAmount: "20.00",
    Reason: "damaged",
  };
  expect((await create("A_CreditMemo", memo)).body).toMatchObject({ TotalGrossAmount: "120.00" });
  expect(await exposure()).toBe("1080.00");
  const pay = (ExternalReference: string, Amount: string) =>
    create("A_IncomingPayment", {
      ExternalReference,
      TransactionCurrency: "EUR",
      Items: [{ BillingDocument, Amount }],
    });
  expect((await pay("IP-1", "1080.01")).body.error.code).toBe("F5/263");
  expect((await pay("IP-2", "1080.00")).status).toBe(201);
  expect(await exposure()).toBe("0.00");
  const back = (PaymentReference: string) =>
    create("A_IncomingPaymentReversal", { ExternalReference: `${PaymentReference}/back`, PaymentReference });
  expect((await back("IP-2")).body).toMatchObject({ Status: "reversed" });
  expect(await exposure()).toBe("1080.00");
  expect((await back("IP-1")).body).toMatchObject({ Status: "nothing-to-reverse" });
  expect((await pay("IP-3", "1080.00")).status).toBe(201);
  await world.estate.act("erp", "lose-document", { set: "A_IncomingPayment", reference: "IP-3" });
  expect(await exposure()).toBe("1080.00");
});

describe("credit", () => {
  const check = async (customer: string, amount: string) =>
    (
      await world.call(
        "erp",
        "GET",
        `${BASE}/CreditCheck(Customer='${customer}',Amount=${amount},Currency='EUR')`,
      )
    ).body;

  test("compares the amount with the limit, or the exposure too when set so", async () => {
    expect(await check("C-BAKER", "8000.00")).toMatchObject({
      Decision: "approved",
      Limit: "8000.00",
      Exposure: "0.00",
    });
    expect(await check("C-BAKER", "8000.01")).toMatchObject({
      Decision: "held",
      Reason: "8000.01 asked is over the limit of 8000.00.",
    });
    expect(await check("C-OVER", "600.00")).toMatchObject({ Decision: "held" });
    await order("10", "C-BAKER");
    expect(await check("C-BAKER", "5000.00")).toMatchObject({ Decision: "approved", Exposure: "6000.00" });
    await world.estate.settings("erp", { creditMode: "exposure" });
    expect(await check("C-BAKER", "5000.00")).toMatchObject({ Decision: "held" });
    await world.estate.settings("erp", { creditMode: "amount", creditLimits: { "C-BAKER": "1.00" } });
    expect(await check("C-BAKER", "2.00")).toMatchObject({ Decision: "held" });
  });

  test("a blocked customer gets no order", async () => {
    await world.estate.settings("erp", { blockedCustomers: ["C-BLOCKED"] });
    expect((await order("1", "C-BLOCKED")).answer.body.error.code).toBe("VK/008");
  });
});

test("a closed period takes no posting, an opened one does", async () => {
  const { number } = await order("1");
  const posting = {
    ExternalReference: "GI-period",
    SalesOrder: number,
    DeliveryDocument: "SH-9",
    PostingDate: "2025-03-15",
    Items: [item("1")],
  };
  await world.estate.settings("erp", { periods: { "2025-03": "closed" } });
  expect((await create("A_GoodsIssue", posting)).body.error.code).toBe("F5/201");
  await world.estate.settings("erp", { periods: { "2025-03": "open" } });
  expect((await create("A_GoodsIssue", posting)).status).toBe(201);
});

test("what is not there cannot be issued", async () => {
  await world.estate.settings("erp", { stock: { "PUMP-100": "3" } });
  const { number } = await order("4");
  expect((await issue(number, "4", "SH-10")).body.error.code).toBe("M7/021");
  await world.estate.act("erp", "receive-stock", { sku: "PUMP-100", quantity: "1" });
  expect((await issue(number, "4", "SH-10")).status).toBe(201);
});

test("a crash keeps documents, references, stock and ledger, and drops a torn last line", async () => {
  const { ExternalReference, number } = await order("1");
  const before = await world.estate.books("erp");
  await world.estate.kill();
  const { appendFileSync } = await import("node:fs");
  appendFileSync(
    `${world.data}/erp/books.ndjson`,
    '{"at":"2026-01-01T00:00:00.000Z","entries":[{"kind":"docu',
  );
  await world.restart("kill");
  const { faults: _, refusedDuplicates: __, ...after } = await world.estate.books("erp");
  expect(before).toMatchObject(after);
  await signIn();
  const again = await create("A_SalesOrder", {
    ExternalReference,
    SoldToParty: "X",
    TransactionCurrency: "EUR",
    Items: [],
  });
  expect(again.body.error.innererror.existing).toBe(number);

  // What is written after the torn line is read back like anything else.
  const next = await order("1");
  await world.restart("kill");
  const { documents } = await world.estate.books("erp");
  expect(documents.A_SalesOrder.map((one: { number: string }) => one.number).slice(-2)).toEqual([
    number,
    next.number,
  ]);
  await signIn();
});
