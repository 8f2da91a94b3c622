/**
 * Contradictions about more than orders, planted in a running estate among sound business of the same kinds: production orders, purchase
 * orders, components at a supplier, lots, returns and periods.
 */
import { expect } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { compared, contradictions, found } from "./kit.ts";

const SEALS = [{ sku: "SEAL-9", quantity: "60", price: "5.00" }];

/** Sound business of every kind; returns how it is looked whether all of it has come to rest. */
async function business(world: World): Promise<void> {
  const { act, fault } = world.estate;
  const { release, atMes, until, reached, order } = plantOf(() => world);
  const made = async (id: string, ...parts: readonly string[]) => {
    await release(id, "20");
    await atMes(id);
    for (const [index, quantity] of parts.entries())
      await act("mes", "complete", {
        order: id,
        item: "PUMP-100",
        quantity,
        report: `OC-${id}-${index}`,
        ...(id.startsWith("PR-L") ? { lot: `L-${id}` } : {}),
      });
  };
  const bought = async (number: string) => {
    await act("procurement", "approve", {
      requisition: `RQ-${number}`,
      supplier: "V-310",
      needBy: "2026-12-20",
      lines: SEALS,
    });
    const id = `PO-${number}`;
    await until(`${id} is confirmed`, async () =>
      (await reached("procure-to-pay", id)).includes("confirmed"),
    );
    const lines = (quantity: string) => [{ line: "1", sku: "SEAL-9", quantity }];
    if (number === "915") await fault("wms", "lose-webhooks", { path: "goods.received", times: 1 });
    await act("wms", "receive-goods", { purchaseOrderId: id, lines: lines("20") });
    await act("wms", "receive-goods", { purchaseOrderId: id, lines: lines("40") });
    if (number === "915") return;
    await act("supplier", "invoice", { purchaseOrderId: id, invoice: `SI-${number}` });
    await until(`${id} is paid`, async () => (await reached("procure-to-pay", id)).includes("paid"));
  };
  const housings = (quantity: string) => [{ sku: "HOUS-4", quantity }];
  const worked = async (number: string) => {
    const head = { purchaseOrder: `PO-${number}`, order: "PR-7020", supplier: "V-310" };
    await act("erp", "send-components", { ...head, report: `SS-${number}`, components: housings("40") });
    await until(`PO-${number} is known`, async () =>
      (await reached("subcontract", `PO-${number}`)).includes("provided"),
    );
    await act("erp", "receive-subcontract", {
      ...head,
      report: `SR-${number}`,
      item: "PUMP-100",
      quantity: "40",
      used: housings("40"),
    });
  };
  const cameBack = async (returnId: string) => {
    const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "2" }]);
    await world.reached(number, "invoiced");
    const { line, keys } = (await world.story(number))!;
    const lines = [{ line: "1", item: "PUMP-100", quantity: { value: "1", uom: "EA" } }];
    const invoiceId = keys.find(({ type }) => type === "invoice")?.value;
    const head = {
      returnId,
      salesOrderId: line.number,
      customer: "C-NORTH",
      reasonCode: "damaged",
      invoiceId,
    };
    await world.post("/v1/returns", { ...head, lines }, returnId);
    await until(`${returnId} is expected`, async () =>
      (await world.books("wms")).expectedReturns.some(
        (one: { returnId: string }) => one.returnId === returnId,
      ),
    );
    await act("wms", "return-goods", { returnId, condition: "as new", decision: "restock" });
    await until(`${returnId} is over`, async () => (await reached("returns", returnId)).includes("settled"));
  };
  await Promise.all([
    ...["RT-S", "RT-C", "RT-G", "RT-T"].map(cameBack),
    ...["PR-S1", "PR-S2", "PR-E1", "PR-E2"].map((id) => made(id, "12", "8")),
    ...["PR-LS", "PR-LW", "PR-LE", "PR-LQ"].map((id) => made(id, "20")),
    ...["911", "912", "913", "914"].map(bought),
    worked("921"),
  ]);
  // The warehouse tells of what it puts away in the same words; only a purchase is to be lost.
  await until("all that was made is put away", async () => {
    const { goodsReceipts } = await world.books("wms");
    return goodsReceipts.filter((one: { productionOrderId?: string }) => one.productionOrderId).length === 12;
  });
  await bought("915");
  await fault("erp", "lose-webhooks", { path: "subcontract.returned", times: 1 });
  await worked("922");
  for (const id of ["PR-LS", "PR-LW", "PR-LE", "PR-LQ"]) {
    const lot = `L-${id}`;
    await act("qms", "hold", { lot, order: id, quantity: "20" });
    await until(`${lot} is held`, async () => (await reached("lot-quality", lot)).includes("contained"));
  }
  await until("all is booked", async () =>
    (await Promise.all(["PR-S1", "PR-S2", "PR-E1", "PR-E2"].map(order))).every(
      ({ produced }) => produced === "20",
    ),
  );
}

export async function contradictionsOfEveryKind(world: World): Promise<void> {
  const { act, fault } = world.estate;
  const { reached } = plantOf(() => world);
  await business(world);
  const expected: Record<string, string[]> = {
    "production-orders": [],
    "purchase-orders": [],
    lots: [],
    returns: [],
    stock: [],
    periods: [],
  };
  const plant = (kind: string, what: string) => expected[kind]?.push(what);

  await act("erp", "lose-document", { set: "A_PlantMovement", reference: "OC-PR-E1-1" });
  plant("production-orders", "PR-E1 completed: figures of made; send again at erp");
  await act("wms", "by-hand", { lot: "L-PR-LW", from: "quality-hold", to: "available", quantity: "5" });
  plant("lots", "L-PR-LW stock corrected: figures of on hold; correct by hand at wms");
  const { documents } = await world.books("erp");
  const change = documents.A_StockStatusChange.find(({ Batch }: { Batch: string }) => Batch === "L-PR-LE");
  await act("erp", "lose-document", { set: "A_StockStatusChange", reference: change.ExternalReference });
  plant("lots", "L-PR-LE stock corrected: figures of on hold; send again at erp");
  await act("qms", "by-hand", { lot: "L-PR-LQ", held: "18" });
  plant("lots", "L-PR-LQ held: figures of held; correct by hand at qms");
  plant("lots", "L-PR-LQ stock corrected: figures of on hold; correct by hand at qms");

  const receipt = documents.A_GoodsReceipt.find(
    ({ PurchaseOrder }: { PurchaseOrder: string }) => PurchaseOrder === "PO-912",
  );
  await act("erp", "lose-document", { set: "A_GoodsReceipt", reference: receipt.ExternalReference });
  plant("purchase-orders", "PO-912 received: figures of line 1; send again at erp");
  await act("erp", "lose-document", { set: "A_SupplierInvoice", reference: "V-310/SI-913" });
  plant("purchase-orders", "PO-913 invoiced: figures of gross; send again at erp");
  await act("bank", "by-hand", { paymentId: "PO-914/SI-914", amount: "306.00" });
  plant("purchase-orders", "PO-914 paid: figures of paid; correct by hand at treasury");
  plant("purchase-orders", "PO-915 received: figures of line 1; take its report at wms");
  await act("supplier", "by-hand", {
    purchaseOrderId: "PO-914",
    lines: [{ ...SEALS[0], line: "1", quantity: "50" }],
  });
  plant("purchase-orders", "PO-914 ordered: figures of line 1; correct by hand at supplier");
  plant("purchase-orders", "PO-922 components at the supplier: figures of HOUS-4; correct by hand at erp");

  await act("erp", "lose-document", { set: "A_CreditMemo", reference: "RT-C/credit" });
  plant("returns", "RT-C credited: erp lacks; send again at erp");
  await act("erp", "lose-document", { set: "A_CustomerReturn", reference: "RT-G/goods" });
  plant("returns", "RT-G on the shelf: figures of line 1; send again at erp");
  await act("tax", "by-hand", { documentCode: "RT-T/credit", voided: true });
  plant("returns", "RT-T credited: figures of tax; send as new at tax");

  // What is set aside on its way to the ERP is shown there, and is no contradiction of stock.
  await fault("erp", "refuse", { path: "A_StockAdjustment", times: 1 });
  await act("wms", "adjust-stock", { sku: "HOUS-4", delta: "5", reason: "count" });
  await world.until("a movement is set aside", 10_000, async () => {
    const { rows } = await world.pool.query(
      "select 1 from delivery where contract = 'inventory.stock-adjusted' and connection = 'erp' and status in ('parked', 'held')",
    );
    return rows.length === 1;
  });
  await act("wms", "by-hand", { sku: "VALVE-20", delta: "-7" });
  const STOCK = "counted: figures of on hand, with what is on its way; correct by hand at erp";
  await world.estate.settings("wms", { stock: { "MOTOR-7": "300" } });
  plant("stock", `VALVE-20/WH-LYO ${STOCK}`);
  plant("stock", `MOTOR-7/WH-LYO ${STOCK}`);
  // What the ERP lost of documents is missing in its stock as well.
  plant("stock", `SEAL-9/WH-LYO ${STOCK}`);
  plant("stock", `PUMP-100/WH-LYO ${STOCK}`);

  for (const period of ["2026-08", "2026-09"]) {
    await act("erp", "set-period", { period, status: "soft-closed" });
    await world.until(`${period} closes`, 10_000, async () =>
      (await reached("period-end", `ME-01/${period}`)).includes("closing"),
    );
  }
  await act("erp", "set-period", { period: "2026-08", status: "closed" });
  await world.until("August is closed", 10_000, async () =>
    (await reached("period-end", "ME-01/2026-08")).includes("closed"),
  );
  await fault("erp", "lose-webhooks", { path: "period.changed", times: 1 });
  await act("erp", "set-period", { period: "2026-09", status: "closed" });
  plant("periods", "ME-01/2026-09 closed: crossdock lacks; correct by hand at erp");

  const sums: Record<string, unknown> = {};
  const seen: Record<string, string[]> = {};
  for (const kind of Object.keys(expected)) {
    sums[kind] = await compared(world, kind, "0s");
    seen[kind] = found(await contradictions(world, kind));
  }
  expect(seen).toEqual(Object.fromEntries(Object.entries(expected).map(([k, all]) => [k, all.toSorted()])));
  const outcome = (agreed: number, differing: number) => ({
    documents: agreed + differing,
    agreed,
    settling: 0,
    untold: 0,
    differing,
  });
  expect(sums).toEqual({
    "production-orders": outcome(7, 1),
    "purchase-orders": outcome(2, 5),
    lots: outcome(1, 3),
    returns: outcome(1, 3),
    stock: outcome(1, 4),
    periods: outcome(1, 1),
  });
}
