/** What the ERP tells by itself: orders it released, periods, stock it valued, components at suppliers, receipts somebody entered. */
import { ContractBroken, type Message } from "crossdock";
import { costing, cutover, decimals, finance, production } from "crossdock/canon";
import type { Policy } from "../policy.ts";
import { goodsReceiptsOf } from "../processes/cut-over.ts";
import { given, PIECE } from "./erp-words.ts";

/** The ERP tells of an order that is released, and of periods. */
export interface ErpWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly order?: string;
  readonly item?: string;
  readonly quantity?: string;
  readonly plant?: string;
  readonly start?: string;
  readonly salesOrder?: string;
  readonly materials?: readonly { readonly sku: string; readonly quantity: string }[];
  readonly routing?: readonly {
    readonly operation: string;
    readonly workCentre: string;
    readonly costCentre?: string;
  }[];
  readonly purchaseOrder?: string;
  readonly supplier?: string;
  readonly report?: string;
  /** Of a goods receipt somebody entered at its screen. */
  readonly document?: string;
  readonly user?: string;
  readonly components?: Pieces;
  readonly used?: Pieces;
  readonly returned?: Pieces;
  readonly scrapped?: Pieces;
  readonly state?: "Running" | "Completed" | "Closed";
  readonly entity?: string;
  readonly period?: string;
  readonly status?: "open" | "soft-closed" | "closed";
  /** Of an invoice somebody took back at its screen. */
  readonly creditMemo?: string;
  readonly invoice?: string;
  readonly currency?: string;
  readonly net?: string;
  readonly tax?: string;
  readonly gross?: string;
  readonly postedOn?: string;
  readonly reason?: string;
  readonly lines?: readonly Record<"line" | "sku" | "quantity" | "amount", string>[];
  /** Of stock that was valued, in the currency of the books, and by which run. */
  readonly value?: string;
  readonly valuation?: string;
}

export function fromErp(told: ErpWebhook, ours?: Pick<Policy, "currency" | "entity" | "plant">): Message[] {
  const { currency } = ours ?? {};
  if (told.type === "goods-receipt.entered" && ours !== undefined)
    return [
      cutover.DirectlyPosted.of({
        cutoverId: goodsReceiptsOf({ ...ours, plant: given(told.plant, "plant") }),
        ledger: "legacy",
        document: given(told.document, "document"),
        purchaseOrderId: given(told.purchaseOrder, "purchaseOrder"),
        by: given(told.user, "user"),
        value: given(told.value, "value"),
        postedAt: told.occurredAt,
      }),
    ];
  if (told.type === "credit-memo.posted") return [creditNote(told)];
  if (told.type === "stock.valued" && currency !== undefined) {
    const [item, where] = [given(told.item, "item"), given(told.plant, "plant")];
    return [
      costing.InventoryValued.of({
        positionId: `${item}/${where}`,
        item,
        plant: where,
        method: "standard",
        ...(told.valuation === undefined ? {} : { valuationId: told.valuation }),
        quantity: { value: decimals.plain(given(told.quantity, "quantity")), uom: PIECE },
        value: { amount: decimals.quantise(given(told.value, "value"), currency), currency },
        asOf: told.occurredAt,
      }),
    ];
  }
  if (told.type === "period.changed") {
    const { entity = "", period = "", status, occurredAt } = told;
    return [
      costing.PeriodStatusChanged.of({
        periodId: `${entity}/${period}`,
        entity,
        fiscalPeriod: period,
        periodStatus: stated(status),
        changedAt: occurredAt,
      }),
    ];
  }
  if (told.type === "production-order.state") {
    return [
      production.ProductionStateChanged.of({
        productionOrderId: given(told.order, "order"),
        plant: given(told.plant, "plant"),
        responseState: stated(told.state),
        changedAt: told.occurredAt,
      }),
    ];
  }
  if (told.type === "subcontract.sent" || told.type === "subcontract.returned") return [subcontracted(told)];
  if (told.type !== "production-order.released") {
    throw new ContractBroken(`The ERP told a ${told.type}, which says nothing to us.`, {
      facts: { field: "type", expected: "production-order.released, period.changed …", found: told.type },
    });
  }
  const each = (value: string) => ({ value: decimals.plain(value), uom: PIECE });
  return [
    production.ProductionOrderReleased.of({
      productionOrderId: given(told.order, "order"),
      plant: given(told.plant, "plant"),
      item: given(told.item, "item"),
      quantity: each(told.quantity ?? ""),
      ...(told.salesOrder === undefined ? {} : { salesOrderId: told.salesOrder }),
      ...(told.start === undefined ? {} : { startTime: `${told.start}T06:00:00Z` }),
      materials: (told.materials ?? []).map(({ sku, quantity }) => ({ item: sku, quantity: each(quantity) })),
      routing: [...(told.routing ?? [])],
      releasedAt: told.occurredAt,
    }),
  ];
}

/** A word the ERP must say; where it does not, the contract names the missing field. */
const stated = <Word>(word: Word | undefined): Word => word as Word;

type Pieces = readonly { readonly sku: string; readonly quantity: string }[];
const materials = (pieces: Pieces = []) =>
  pieces.map(({ sku, quantity }) => ({
    item: sku,
    quantity: { value: decimals.plain(quantity), uom: PIECE },
  }));

function creditNote(told: ErpWebhook): Message {
  const currency = given(told.currency, "currency");
  const money = (field: "net" | "tax" | "gross") => decimals.money(given(told[field], field), currency);
  return finance.CreditNoteIssued.of({
    salesOrderId: given(told.order, "order"),
    creditNoteId: given(told.creditMemo, "creditMemo"),
    billingReference: given(told.invoice, "invoice"),
    reason: given(told.reason, "reason"),
    lines: given(told.lines, "lines").map(({ line, sku, quantity, amount }) => ({
      line,
      item: sku,
      quantity: { value: decimals.plain(quantity), uom: PIECE },
      amount: decimals.money(amount, currency),
    })),
    taxExclusiveAmount: money("net"),
    taxAmount: money("tax"),
    taxInclusiveAmount: money("gross"),
    issueDate: given(told.postedOn, "postedOn"),
    issuedAt: told.occurredAt,
  });
}

function subcontracted(told: ErpWebhook): Message {
  const head = {
    productionOrderId: given(told.order, "order"),
    purchaseOrderId: given(told.purchaseOrder, "purchaseOrder"),
    supplier: given(told.supplier, "supplier"),
    reportId: given(told.report, "report"),
  };
  if (told.type === "subcontract.sent")
    return production.SubcontractSent.of({
      ...head,
      components: materials(told.components),
      sentAt: told.occurredAt,
    });
  return production.SubcontractReturned.of({
    ...head,
    item: given(told.item, "item"),
    quantity: { value: decimals.plain(told.quantity ?? ""), uom: PIECE },
    used: materials(told.used),
    returned: materials(told.returned),
    scrapped: materials(told.scrapped),
    returnedAt: told.occurredAt,
  });
}
