/** The scoreboard counts what stands in the books, whatever anybody says. */
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { type Books, scoreboard } from "./scoreboard.ts";
import { Score } from "./shapes-demonstration.ts";

const books = (sales: readonly string[], more: Partial<Books> = {}): Books => ({
  acme: { orders: [{ poNumber: "PO-1" }, { poNumber: "PO-2" }, { poNumber: "PO-3" }] },
  shop: { orders: [{ orderNumber: "WEB-1" }] },
  erp: {
    documents: { A_SalesOrder: sales.map((PurchaseOrderByCustomer) => ({ PurchaseOrderByCustomer })) },
    trialBalance: { debit: "600.00", credit: "600.00" },
  },
  wms: { allocations: [{ reference: "a" }], shipOrders: [{ reference: "a" }] },
  finance: { trialBalance: { debit: "10.00", credit: "10.00" } },
  ...more,
});

test("once, twice, under way and lost are told apart", () => {
  const score = scoreboard(books(["PO-1", "PO-2", "PO-2"]), (number) => number === "PO-3");
  expect([...Compile(Score).Errors({ ...score, asOf: "2026-01-05T08:00:00Z" })]).toEqual([]);
  expect(score).toEqual({
    placed: 4,
    once: 1,
    twice: ["PO-2"],
    underWay: 1,
    lost: ["WEB-1"],
    ledgerDifference: "0.00",
  });
});

test("a second posting under one reference at the warehouse, and a ledger that does not balance, are seen", () => {
  const odd = books(["PO-1"], {
    wms: { allocations: [{ reference: "a" }, { reference: "a" }] },
    finance: { trialBalance: { debit: "10.00", credit: "9.25" } },
  });
  expect(scoreboard(odd, () => true)).toMatchObject({ twice: ["a (warehouse)"], ledgerDifference: "0.75" });
});
