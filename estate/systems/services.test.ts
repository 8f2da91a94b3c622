/** CRM, pricing, tax, payments, finance and shop: each keeps the promise its connector relies on. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestEstate, type TestEstate, until } from "../testing/receiver.ts";

let world: TestEstate;
beforeAll(async () => {
  world = await openTestEstate(["crm", "pricing", "tax", "payments", "finance", "shop", "bank"]);
});
afterAll(() => world.close());

const keyed = (key: string) => ({ "idempotency-key": key });

describe("keys", () => {
  const capture = (key: string, amount: string) =>
    world.call(
      "payments",
      "POST",
      "/captures",
      { orderId: `SO-${key}`, amount, currency: "EUR" },
      keyed(key),
    );

  test("the same key gives the same answer, also after a crash, and never a second capture", async () => {
    const first = await capture("K-1", "120.00");
    expect(first.status).toBe(201);
    await world.restart("kill");
    const again = await capture("K-1", "120.00");
    expect([again.status, again.body]).toEqual([201, first.body]);
    const { captures } = await world.estate.books("payments");
    expect(captures.filter(({ orderId }: { orderId: string }) => orderId === "SO-K-1")).toHaveLength(1);
  });

  test("the same key with another body is refused", async () => {
    await capture("K-2", "10.00");
    const other = await capture("K-2", "11.00");
    expect([other.status, other.body.title]).toEqual([422, "KEY_REUSED"]);
  });

  test("a missing key is refused, an unknown one has no outcome", async () => {
    const none = await world.call("payments", "POST", "/captures", {
      orderId: "SO",
      amount: "1.00",
      currency: "EUR",
    });
    expect([none.status, none.body.title]).toEqual([400, "KEY_MISSING"]);
    expect((await world.call("payments", "GET", "/outcomes/never")).status).toBe(404);
    expect((await capture("K-3", "5.00")).body).toEqual(
      (await world.call("payments", "GET", "/outcomes/K-3")).body,
    );
  });
});

test("captures are told, paid out once, and fees and refunds add up", async () => {
  const post = (path: string, body: unknown, key: string) =>
    world.call("payments", "POST", path, body, keyed(key));
  await post("/captures", { orderId: "SO-P", amount: "1800.00", currency: "EUR", invoice: "INV-1" }, "P-1");
  await until("told", () =>
    world.listener.events("payment.captured").find(({ orderId }) => orderId === "SO-P"),
  );
  const payout = await until("paid out", () =>
    world.listener
      .events("payout.settled")
      .flatMap(({ captures }) => captures)
      .find(({ orderId }) => orderId === "SO-P"),
  );
  expect(payout).toMatchObject({ invoice: "INV-1", amount: "1800.00", fee: "25.20" });

  expect(
    (await post("/refunds", { orderId: "SO-P", amount: "120.00", reason: "damaged" }, "P-2")).body.status,
  ).toBe("succeeded");
  expect((await post("/refunds", { orderId: "SO-P", amount: "1680.01" }, "P-3")).body.title).toBe(
    "REFUND_TOO_LARGE",
  );
  expect((await post("/refunds", { orderId: "SO-none" }, "P-4")).body.status).toBe("nothing-to-refund");
  await post("/captures", { orderId: "SO-Q", amount: "200.00", currency: "EUR" }, "P-5");
  await until("all is paid out", async () =>
    (await world.estate.books("payments")).captures.every(
      ({ payoutId }: { payoutId: string }) => payoutId !== null,
    ),
  );
  const { captures, refunds, payouts } = await world.estate.books("payments");
  const cents = (text: string) => Math.round(Number(text) * 100);
  const sum = (texts: string[]) => texts.reduce((total, text) => total + cents(text), 0);
  expect(sum(payouts.map(({ gross }: { gross: string }) => gross))).toBe(
    sum(captures.map(({ amount }: { amount: string }) => amount)),
  );
  expect(sum(payouts.map((one: { refunds: string }) => one.refunds))).toBe(
    sum(refunds.map(({ amount }: { amount: string }) => amount)),
  );
  for (const { gross, refunds: back, fee, net } of payouts)
    expect(cents(gross) - cents(back) - cents(fee)).toBe(cents(net));
});

test("the CRM writes one record per external id: 201 first, 200 later", async () => {
  const path = "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/SO-1%2F2";
  const first = await world.call("crm", "PATCH", path, { Status__c: "accepted", Amount__c: "500.00" });
  const second = await world.call("crm", "PATCH", path, { Status__c: "shipped" });
  expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id]);
  expect((await world.call("crm", "GET", path)).body).toMatchObject({
    Id: first.body.id,
    Crossdock_Id__c: "SO-1/2",
    Status__c: "shipped",
    Amount__c: "500.00",
  });
  const missing = await world.call(
    "crm",
    "GET",
    "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/none",
  );
  expect([missing.status, missing.body[0].errorCode]).toEqual([404, "NOT_FOUND"]);
  expect((await world.estate.books("crm")).records).toMatchObject([{ externalId: "SO-1/2", writes: 2 }]);
});

test("pricing answers customer prices, and an unknown item is a problem", async () => {
  await world.estate.settings("pricing", { customerPrices: { "C-NORTH": { "PUMP-100": "480" } } });
  const ask = (customer: string, sku: string) =>
    world.call("pricing", "POST", "/price-checks", {
      customer,
      currency: "EUR",
      lines: [{ line: 1, sku, quantity: "2" }],
    });
  expect((await ask("C-NORTH", "PUMP-100")).body.lines).toEqual([
    { line: 1, sku: "PUMP-100", price: "480.00" },
  ]);
  expect((await ask("C-ACME", "PUMP-100")).body.lines).toEqual([
    { line: 1, sku: "PUMP-100", price: "500.00" },
  ]);
  const unknown = await ask("C-ACME", "GHOST");
  expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
});

test("tax is exact to the cent, committed once per document code, and voided without a trace lost", async () => {
  const commit = (documentCode: string, customer: string, amounts: string[], key: string, keep = true) =>
    world.call(
      "tax",
      "POST",
      "/v2/transactions",
      {
        documentCode,
        customer,
        currency: "EUR",
        commit: keep,
        lines: amounts.map((amount, line) => ({ line, sku: "X", amount })),
      },
      keyed(key),
    );
  await world.estate.settings("tax", { rates: { "C-LOW": "0.055" } });
  expect((await commit("D-1", "C-ACME", ["1000.00", "0.10"], "T-1")).body).toMatchObject({
    taxableAmount: "1000.10",
    taxAmount: "200.02",
    rate: "0.20",
    committed: true,
  });
  expect((await commit("D-2", "C-LOW", ["0.10"], "T-2")).body.taxAmount).toBe("0.01");
  expect((await commit("D-1", "C-ACME", ["1.00"], "T-3")).status).toBe(409);
  expect((await commit("D-3", "C-ACME", ["1.00"], "T-4", false)).body).toMatchObject({ committed: false });
  const undo = (code: string, key: string) =>
    world.call("tax", "POST", "/v2/voids", { documentCode: code }, keyed(key));
  expect((await undo("D-1", "T-5")).body.voided).toBe(true);
  expect((await undo("D-none", "T-6")).body.voided).toBe(false);
  const { documents } = await world.estate.books("tax");
  expect(
    documents.map(({ documentCode, voided }: { documentCode: string; voided: boolean }) => [
      documentCode,
      voided,
    ]),
  ).toEqual([
    ["D-1", true],
    ["D-2", false],
  ]);
});

describe("finance", () => {
  const put = (type: string, id: string, body: unknown) =>
    world.call("finance", "PUT", `/services/rest/record/v1/${type}/eid:${id}`, body);
  const entry = (debit: string, credit: string, tranDate = "2026-11-21") => ({
    tranDate,
    memo: "SH-1",
    line: {
      items: [
        { account: "Cost of sales", debit },
        { account: "Finished goods", credit },
      ],
    },
  });

  test("keeps one entry per external id whatever its case, and refuses what does not balance", async () => {
    const first = await put("journalEntry", "JE-1", entry("300.00", "300.00"));
    const again = await put("journalEntry", "je-1", entry("300.00", "300.00"));
    expect([first.status, again.status]).toEqual([204, 204]);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    const wrong = await put("journalEntry", "JE-2", entry("300.00", "299.99"));
    expect(wrong.body["o:errorDetails"]).toEqual([
      { detail: "The entry does not balance: debit 300.00, credit 299.99.", "o:errorCode": "USER_ERROR" },
    ]);
    const read = await world.call("finance", "GET", "/services/rest/record/v1/journalEntry/eid:jE-1");
    expect(read.body.line.items).toEqual([
      { account: "Cost of sales", debit: "300.00", credit: "0.00" },
      { account: "Finished goods", debit: "0.00", credit: "300.00" },
    ]);
    expect((await world.estate.books("finance")).journalEntries).toMatchObject([
      { externalId: "JE-1", writes: 2, changes: 0 },
    ]);
  });

  test("posts a customer payment to bank and receivables", async () => {
    const payment = { customer: "C-ACME", payment: "6000.00", currency: "EUR", tranDate: "2026-11-21" };
    const apply = (amount: string) => ({ apply: { items: [{ doc: "INV-90000001", amount }] } });
    expect((await put("customerPayment", "CP-1", { ...payment, ...apply("6000.01") })).status).toBe(400);
    expect((await put("customerPayment", "CP-1", { ...payment, ...apply("6000.00") })).status).toBe(204);
    const { trialBalance, customerPayments } = await world.estate.books("finance");
    expect(trialBalance.accounts.Bank).toEqual({ debit: "6000.00", credit: "0.00", balance: "6000.00" });
    expect(trialBalance.debit).toBe(trialBalance.credit);
    expect(customerPayments[0].payment.applied).toEqual([{ doc: "INV-90000001", amount: "6000.00" }]);
  });

  test("takes nothing into a closed period, also not a change of what is in it", async () => {
    await put("journalEntry", "JE-3", entry("1.00", "1.00", "2025-01-31"));
    await world.estate.settings("finance", { periods: { "2025-01": "closed" } });
    const code = async (id: string, date: string) =>
      (await put("journalEntry", id, entry("2.00", "2.00", date))).body?.["o:errorDetails"][0]["o:errorCode"];
    expect(await code("JE-4", "2025-01-15")).toBe("PERIOD_CLOSED");
    expect(await code("JE-3", "2025-02-01")).toBe("PERIOD_CLOSED");
    // The same content again is not a posting.
    expect((await put("journalEntry", "JE-3", entry("1.00", "1.00", "2025-01-31"))).status).toBe(204);
    await world.estate.settings("finance", { periods: { "2025-01": "open" } });
    expect((await put("journalEntry", "JE-4", entry("2.00", "2.00", "2025-01-15"))).status).toBe(204);
  });
});

describe("the shop", () => {
  const sent = (key: string) =>
    world.listener.heard.filter(({ headers }) => headers["idempotency-key"] === key);

  test("sends an order again with the same key and bytes until it is answered, over a restart too", async () => {
    world.listener.respond(({ path }) => ({ status: path === "/v1/sales-orders" ? 503 : 202 }));
    const { orderNumber, key } = await world.estate.act("shop", "place-order", {
      lines: [{ sku: "PUMP-100", quantity: "2" }],
    });
    await until("it was tried twice", () => sent(key).length >= 2);
    await world.restart("kill");
    world.listener.respond(() => ({ status: 201, body: { orderId: "SO-77" } }));
    const order = await until("it is accepted", async () =>
      (await world.estate.books("shop")).orders.find((one: { state: string }) => one.state === "accepted"),
    );
    expect(order).toMatchObject({ orderNumber, orderId: "SO-77" });
    expect(new Set(sent(key).map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(sent(key)[0]!.headers.authorization).toBe("Bearer key-of-the-shop");
    expect(sent(key)[0]!.body).toMatchObject({
      customerReference: orderNumber,
      customer: "C-SHOP",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "2", unit: "EA", price: "500.00" }],
      payment: { method: "card", token: `AUTH-${orderNumber}` },
    });
  });

  test("takes a final refusal as the answer", async () => {
    world.listener.respond(() => ({ status: 422, body: { title: "no" } }));
    const { orderNumber } = await world.estate.act("shop", "place-order", {
      lines: [{ sku: "PUMP-100", quantity: "1" }],
    });
    const order = await until("it is refused", async () =>
      (await world.estate.books("shop")).orders.find(
        (one: { orderNumber: string; state: string }) =>
          one.orderNumber === orderNumber && one.state === "refused",
      ),
    );
    expect(order.answer.status).toBe(422);
    world.listener.respond(() => ({ status: 202 }));
  });

  test("is told statuses, also before it knows the order's id", async () => {
    const tell = (id: string, status: string) =>
      world.call(
        "shop",
        "PUT",
        `/orders/${id}/status`,
        { status, at: "2026-11-21T10:00:00Z" },
        keyed(`${id}-${status}`),
      );
    expect((await tell("SO-88", "accepted")).status).toBe(200);
    world.listener.respond(() => ({ status: 201, body: { orderId: "SO-88" } }));
    await world.estate.act("shop", "place-order", {
      orderNumber: "WEB-88",
      lines: [{ sku: "SEAL-9", quantity: "1" }],
    });
    await until(
      "it is accepted",
      async () => (await world.call("shop", "GET", "/orders/SO-88")).status === 200,
    );
    await tell("SO-88", "dispatched");
    await tell("SO-88", "dispatched");
    const { body } = await world.call("shop", "GET", "/orders/WEB-88");
    expect(body.statuses.map(({ status }: { status: string }) => status)).toEqual(["accepted", "dispatched"]);
  });
});
