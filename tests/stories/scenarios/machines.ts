/**
 * A customer's and a supplier's machine ask, report and read back at the gateway, by the addresses the answers give.
 *
 * What must stay true: the synchronous capabilities are one coherent set. From an order one comes to its customer, product,
 * shipment, invoice and payment by links alone, and what a machine reported is found again under its own number.
 */
import { expect } from "vitest";
import { inquiries } from "../../../src/contracts/canon/index.ts";
import type { World } from "../kit/world.ts";

interface Related {
  readonly type: string;
  readonly number: string;
  readonly href: string;
}

/** Order, stock, customer, shipment, invoice, payment: asked before, placed, and followed by links. */
export async function anOrderIsFollowedByLinks(world: World): Promise<void> {
  const ask = async (path: string, question: unknown) => {
    const { status, body } = await world.request("POST", path, question);
    expect(status, `${path}: ${JSON.stringify(body)}`).toBe(200);
    return body.answer as Record<string, unknown>;
  };
  const follow = async (path: string) => {
    const { status, body } = await world.request("GET", path);
    expect(status, `${path}: ${JSON.stringify(body)}`).toBe(200);
    return body;
  };

  const lines = [{ line: "1", sku: "PUMP-100", quantity: "2", price: "500.00" }];
  const order = { customer: "C-NORTH", currency: "EUR", lines };
  expect(await ask("/v1/order-validations", order)).toMatchObject({ valid: true, reasons: [] });
  expect(
    await ask("/v1/order-validations", { ...order, customer: "C-NOBODY", paymentTerms: "NET90" }),
  ).toMatchObject({ valid: false, reasons: ["Customer C-NOBODY is not known."] });
  expect((await world.request("GET", "/v1/customers/C-NOBODY")).status).toBe(404);
  const before = await ask("/v1/inventory", { skus: ["PUMP-100", "HAT-1"] });
  expect(before).toMatchObject({ items: [{ sku: "PUMP-100" }], unknown: ["HAT-1"] });

  await world.estate.settings("wms", { autoShip: true });
  const number = await world.orderByApi("C-NORTH", lines);
  await world.reached(number, "invoiced");
  const invoice = (await world.books("erp")).documents.A_BillingDocument.at(-1).BillingDocument as string;
  await world.estate.act("bank", "receive", {
    amount: "1200.00",
    currency: "EUR",
    debtor: "North Pumps",
    remittance: invoice,
  });
  await world.reached(number, "paid");

  const found = await follow(`/v1/sales-orders?customerReference=${number}`);
  const [status] = found.orders as { related: Related[]; links: { self: string } }[];
  const at = (type: string) => {
    const one = status!.related.find((related) => related.type === type);
    if (!one) throw new Error(`The order leads to no ${type}: ${JSON.stringify(status!.related)}`);
    return one;
  };
  expect(await follow(at("customer").href)).toMatchObject({
    answer: { customer: "C-NORTH", paymentTerms: "NET30", blocked: false },
  });
  expect(await follow(at("item").href)).toMatchObject({ answer: { sku: "PUMP-100", kind: "goods" } });
  for (const type of ["shipment", "invoice", "payment"]) {
    const { href, number: own } = at(type);
    const document = await follow(href);
    expect(document).toMatchObject({
      type,
      number: own,
      status: "done",
      links: { order: status!.links.self },
    });
    // And back again.
    expect(await follow((document.links as { order: string }).order)).toMatchObject({ type: "order" });
  }
  const after = await ask("/v1/inventory", { skus: ["PUMP-100"] });
  const onHand = (answer: Record<string, unknown>) =>
    Number((answer.items as { onHand: string }[])[0]!.onHand);
  expect(onHand(after)).toBe(onHand(before) - 2);
}

/** A supplier confirms and delivers by API, changes its own record, and finance posts an accrual. */
export async function factsAreReportedAndFoundAgain(world: World): Promise<void> {
  await world.estate.settings("supplier", { answers: { "PO-801": { confirm: "silent" } } });
  await world.estate.act("procurement", "approve", {
    requisition: "RQ-801",
    supplier: "V-310",
    needBy: "2027-01-12",
    lines: [{ sku: "SEAL-9", quantity: "10", price: "5.00" }],
  });
  const state = async (path: string) => {
    const { status, body } = await world.request("GET", path);
    return status === 200
      ? (body as { milestones: { milestone: string; state: string }[]; status: string })
      : undefined;
  };
  const reached = (path: string, milestone: string) =>
    world.until(`${path} is ${milestone}`, 20_000, async () =>
      (await state(path))?.milestones.some((one) => one.milestone === milestone && one.state === "reached"),
    );
  await reached("/v1/purchase-orders/PO-801", "ordered");

  const each = (value: string) => ({ value, uom: "EA" });
  const confirmation = {
    purchaseOrderId: "PO-801",
    supplier: "V-310",
    confirmationId: "API-CF-1",
    supplierCommitments: [
      {
        line: "1",
        item: "SEAL-9",
        promisedDate: "2027-01-12",
        confirmedQuantity: each("10"),
        status: "confirmed",
      },
    ],
    deviations: [],
  };
  const post = async (path: string, body: unknown, key: string) => {
    const answer = await world.post(path, body, key);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return answer.body.receipt;
  };
  const receipt = await post("/v1/purchase-order-confirmations", confirmation, "cf-801");
  // The same again is the same receipt; a wrong field is named.
  const again = await world.post("/v1/purchase-order-confirmations", confirmation, "cf-801");
  expect(again).toMatchObject({ status: 200, body: { receipt, duplicate: true } });
  expect(
    await world.post("/v1/purchase-order-confirmations", { ...confirmation, deviations: "none" }, "cf-802"),
  ).toMatchObject({ status: 422, body: { field: "deviations" } });
  await reached("/v1/purchase-orders/PO-801", "confirmed");
  await post(
    "/v1/goods-receipts",
    {
      receiptAdviceId: "API-GR-801",
      purchaseOrderId: "PO-801",
      warehouse: "WH-LYO",
      lines: [{ line: "1", item: "SEAL-9", receivedQuantity: each("10") }],
      receivedAt: "2026-01-12T08:00:00Z",
    },
    "gr-801",
  );
  await reached("/v1/purchase-orders/PO-801", "received");
  expect(await state("/v1/goods-receipts/API-GR-801")).toMatchObject({
    type: "goodsReceipt",
    related: expect.arrayContaining([
      { type: "purchaseOrder", number: "PO-801", href: "/v1/purchase-orders/PO-801" },
    ]),
  });

  await world.estate.act("erp", "release-production", { order: "PR-801", quantity: "1" });
  await reached("/v1/production-orders/PR-801", "released");

  expect((await world.request("GET", "/v1/suppliers/V-310")).body).toMatchObject({
    answer: { id: "V-310", fields: { partyName: "Seals and Sons" } },
  });
  await post(
    "/v1/supplier-updates",
    { supplier: "V-310", partyName: "Seals and Daughters", recordVersion: 2 },
    "v-310-2",
  );
  const references = [
    { kind: "supplier", id: "V-310" },
    { kind: "item", id: "HAT-1" },
  ];
  expect((await world.request("POST", "/v1/reference-checks", { references })).body.answer).toMatchObject({
    valid: false,
    references: [{ known: true }, { known: false }],
  });

  // Dry run, posting, and what became of it.
  const postingDate = new Date().toISOString().slice(0, 10);
  const dry = { ...inquiries.ValidatePosting.sample.question, postingDate };
  expect((await world.request("POST", "/v1/posting-validations", dry)).body.answer).toMatchObject({
    valid: true,
  });
  await world.estate.settings("erp", { periods: { "2019-12": "closed" } });
  expect(
    (await world.request("POST", "/v1/posting-validations", { ...dry, postingDate: "2019-12-31" })).body
      .answer,
  ).toMatchObject({
    valid: false,
    reasons: ["Period 2019-12 is closed; the next open day is 2020-01-01."],
  });
  const eur = (amount: string) => ({ amount, currency: "EUR" });
  const entry = {
    postingId: "ACC-801",
    ledger: "ME-03",
    postingDate,
    memo: "Accrual of freight",
    lines: [
      { account: "Freight", debit: eur("450.00"), credit: eur("0.00") },
      { account: "Accruals", debit: eur("0.00"), credit: eur("450.00") },
    ],
  };
  await world.estate.fault("finance", "lose-answer", { times: 1, path: "journalEntry" });
  await post("/v1/postings", entry, "acc-801");
  const lame = { ...entry, postingId: "ACC-802", lines: [entry.lines[0], entry.lines[0]] };
  expect(await world.post("/v1/postings", lame, "acc-802")).toMatchObject({
    status: 422,
    body: { field: "lines" },
  });
  await world.until("the ledger has the entry", 20_000, async () => {
    const known = await state("/v1/postings/ACC-801");
    return known?.status === "done" && JSON.stringify(known).includes("ledgerEntry");
  });
  const { journalEntries } = (await world.books("finance")) as { journalEntries: { memo: string }[] };
  expect(journalEntries.filter(({ memo }) => memo.includes("ACC-80"))).toHaveLength(1);
}

/** A warehouse whose webhooks do not come reports its dispatch by API; its own word later changes nothing. */
export async function aDispatchIsReported(world: World): Promise<void> {
  await world.estate.settings("wms", { autoShip: false });
  const number = await world.orderByApi("C-NORTH", [{ sku: "VALVE-20", quantity: "3", price: "50.00" }], {
    fate: "invoiced",
  });
  await world.reached(number, "allocated");
  const story = await world.story(number);
  const salesOrderId = story!.line.number;
  await world.until("the warehouse has the shipping order", 20_000, async () =>
    (await world.books("wms")).shipOrders?.some((one: { orderId: string }) => one.orderId === salesOrderId),
  );
  await world.estate.fault("wms", "hold-webhooks");
  await world.estate.act("wms", "dispatch", { orderId: salesOrderId });
  const shipmentId = await world.until("the goods have left", 20_000, async () => {
    const { shipOrders } = (await world.books("wms")) as {
      shipOrders: { orderId: string; shipments: { shipmentId: string; dispatchedAt: string | null }[] }[];
    };
    const [left] = shipOrders.find((one) => one.orderId === salesOrderId)?.shipments ?? [];
    return left?.dispatchedAt ? left.shipmentId : undefined;
  });
  const report = {
    salesOrderId,
    shipmentId,
    lines: [{ line: "1", item: "VALVE-20", quantity: { value: "3", uom: "EA" } }],
    handlingUnits: [],
    dispatchedAt: new Date().toISOString(),
  };
  const { status } = await world.post("/v1/shipment-confirmations", report, `sc-${number}`);
  expect(status).toBe(202);
  await world.reached(number, "invoiced");
  await world.estate.clear("wms", "hold-webhooks");
  await world.estate.settings("wms", { autoShip: true });
  await world.until(
    "the warehouse's own word has come",
    20_000,
    async () => (await world.estate.describe()).wms?.webhooksWaiting === 0,
  );
  expect((await world.request("GET", `/v1/shipments/${shipmentId}`)).body).toMatchObject({
    type: "shipment",
    orderId: salesOrderId,
  });
  const billed = (await world.books("erp")).documents.A_BillingDocument.filter(
    ({ DeliveryDocument }: { DeliveryDocument: string }) => DeliveryDocument === shipmentId,
  );
  expect(billed).toHaveLength(1);
}
