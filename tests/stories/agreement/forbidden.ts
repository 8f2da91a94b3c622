/**
 * Orders of events that must never be inverted, planted in a running estate: each is shown at once, without any grace, with what it is
 * about; and nothing of it is carried out twice.
 */
import { expect } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

/** `heldLot` is a lot of pumps that quality holds. */
export async function forbiddenOrdersAreSeenAtOnce(world: World, heldLot: string): Promise<void> {
  const { act, settings } = world.estate;
  const { reached, order } = plantOf(() => world);
  const shown = (fingerprint: string) =>
    world.until(`${fingerprint} is shown`, 10_000, async () => {
      const { rows } = await world.pool.query(
        "select title, reason, at_risk from exception where resolved_at is null and fingerprint = $1",
        [fingerprint],
      );
      return rows.length === 1 && (rows[0] as { title: string; reason: string; at_risk: string | null });
    });

  // Machines make ten of an order nobody released.
  const record = { kind: "cost-centre", workCentre: "WC-3", plant: "LYO" };
  await act("mdm", "change", { kind: "account", id: "CC-300", record });
  await act("equipment", "run", { workCentre: "WC-3", order: "PR-EARLY", count: "10" });
  const early = await shown("production-order/output-before-release");
  expect(early.reason).toMatch(/^production.output-completed of productionOrder PR-EARLY was told by /);
  expect(JSON.parse(early.at_risk ?? "")).toEqual({ money: [], units: [{ value: "10", uom: "EA" }] });
  // Released afterwards it was made before all the same; what was made is booked then, once.
  await act("erp", "release-production", { order: "PR-EARLY", quantity: "10" });
  await world.until("the ten are booked", 10_000, async () => (await order("PR-EARLY"))?.produced === "10");
  expect(await shown("production-order/output-before-release")).toEqual(early);

  // The warehouse takes a pump from a lot on hold.
  await settings("wms", { takesFrom: { "PUMP-100": heldLot } });
  const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "1" }]);
  const taken = await shown("lot-quality/allocated-before-release");
  expect(taken.reason).toContain(`1 PUMP-100 of lot ${heldLot} were set aside for SO-NORTH-${number}`);
  expect(JSON.parse(taken.at_risk ?? "").money).toEqual([{ amount: "300.00", currency: "EUR" }]);
  await settings("wms", { takesFrom: {} });

  // Somebody pays a supplier at the bank's counter, and the bank's statement tells of it; we pay it no second time.
  const lines = [{ sku: "SEAL-9", quantity: "60", price: "5.00" }];
  await act("procurement", "approve", {
    requisition: "RQ-940",
    supplier: "V-310",
    needBy: "2026-12-20",
    lines,
  });
  const has = (milestone: string) =>
    world.until(`PO-940 is ${milestone}`, 10_000, async () =>
      (await reached("procure-to-pay", "PO-940")).includes(milestone),
    );
  await has("confirmed");
  await act("bank", "pay-by-hand", { paymentId: "PO-940/SI-940", creditor: "V-310", amount: "360.00" });
  const paid = await shown("procure-to-pay/paid-before-match");
  expect(paid.reason).toContain("360.00 EUR went to V-310 as PO-940/SI-940");
  await act("wms", "receive-goods", {
    purchaseOrderId: "PO-940",
    lines: [{ line: "1", sku: "SEAL-9", quantity: "60" }],
  });
  await act("supplier", "invoice", { purchaseOrderId: "PO-940", invoice: "SI-940" });
  await has("paid");
  const { paymentOrders } = await world.books("bank");
  expect(paymentOrders.filter(({ paymentId }: Row) => paymentId.startsWith("PO-940/"))).toHaveLength(1);
}
