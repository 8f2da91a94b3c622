/**
 * What machines, the quality system and suppliers tell, in canonical words.
 *
 * Each tells under ids of its own, which is how a report is told from its repetition. A word nobody knows is refused by
 * name, never passed through.
 */
import { ContractBroken, type Message } from "crossdock";
import { decimals, procurement, production, quality } from "crossdock/canon";

const pieces = (value: string) => ({ value: decimals.plain(value), uom: "EA" });

/** A field without which the report cannot be taken: nothing is put in its place. @throws {ContractBroken} */
export function need<Value>(value: Value | undefined, field: string, who: string): Value {
  if (value !== undefined && value !== "") return value;
  throw new ContractBroken(`${who} told something without ${field}. Have it sent again with it.`, {
    facts: { field, expected: "a value", found: "nothing" },
  });
}

const unknown = (who: string, type: string, expected: readonly string[]) =>
  new ContractBroken(`${who} told a ${type}, which says nothing to us.`, {
    facts: { field: "type", expected: expected.join(", "), found: type },
  });

export interface CycleWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly workCentre: string;
  readonly cycle: number;
  readonly plant: string;
  readonly item: string;
  readonly order: string;
  readonly good: number;
  readonly scrap: number;
}

export const fromEquipment = (told: CycleWebhook): Message => {
  if (told.type !== "cycle.completed") throw unknown("A machine", told.type, ["cycle.completed"]);
  return production.MachineCycleCompleted.of({
    workCentre: told.workCentre,
    plant: told.plant,
    item: told.item,
    cycle: told.cycle,
    good: told.good,
    scrap: told.scrap,
    productionOrderId: told.order,
    completedAt: told.occurredAt,
  });
};

export interface QmsWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly decisionId: string;
  readonly lot: string;
  readonly item: string;
  readonly plant: string;
  readonly productionOrderId: string;
  readonly quantity: string;
  readonly reason?: string;
  readonly reasonCode?: string;
  readonly action?: "rework" | "scrap" | "return-to-supplier";
}

const QMS = "The quality system";

export function fromQms(told: QmsWebhook): Message {
  const { lot, item, plant, decisionId, productionOrderId, occurredAt } = told;
  const head = { lot, item, plant, decisionId, productionOrderId };
  const quantity = pieces(told.quantity);
  if (told.type === "lot.held")
    return quality.LotHeld.of({
      ...head,
      quantity,
      reason: need(told.reason, "reason", QMS),
      heldAt: occurredAt,
    });
  if (told.type === "lot.released")
    return quality.LotReleased.of({ ...head, quantity, decision: "release", releasedAt: occurredAt });
  if (told.type === "lot.rejected") {
    return quality.LotRejected.of({
      ...head,
      quantity,
      rejectReasonCode: need(told.reasonCode, "reasonCode", QMS),
      rejectActionCode: need(told.action, "action", QMS),
      rejectedAt: occurredAt,
    });
  }
  throw unknown(QMS, told.type, ["lot.held", "lot.released", "lot.rejected"]);
}

interface Line {
  readonly line: string;
  readonly sku: string;
  readonly quantity: string;
}

export interface RequisitionWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly requisition: string;
  readonly supplier: string;
  readonly needBy: string;
  readonly approver: string;
  readonly lines: readonly (Line & { readonly price: string })[];
}

export function fromProcurement(currency: string): (told: RequisitionWebhook) => Message {
  return (told) => {
    if (told.type !== "requisition.approved")
      throw unknown("Procurement", told.type, ["requisition.approved"]);
    return procurement.RequisitionApproved.of({
      requisitionId: told.requisition,
      supplier: told.supplier,
      needBy: told.needBy,
      approver: told.approver,
      lines: told.lines.map(({ line, sku, quantity, price }) => ({
        line,
        item: sku,
        quantity: pieces(quantity),
        price: { amount: price, currency, per: { value: "1", uom: "EA" } },
      })),
      approvedAt: told.occurredAt,
    });
  };
}

export interface ScheduleWebhook {
  readonly type: string;
  readonly occurredAt: string;
  /** What planning calls this version. */
  readonly plan?: string;
  readonly order: string;
  readonly plant: string;
  readonly version: number;
  readonly oldStart: string;
  readonly newStart: string;
  readonly cause?: string;
  readonly salesOrder?: string;
  readonly purchaseOrders?: readonly (Line & {
    readonly purchaseOrderId: string;
    readonly supplier: string;
    readonly needBy: string;
  })[];
  readonly displaced?: readonly {
    readonly order: string;
    readonly start: string;
    readonly salesOrder?: string;
  }[];
  readonly expedite?: readonly { readonly driver: string; readonly amount: string }[];
}

export function fromScheduling(currency: string): (told: ScheduleWebhook) => Message {
  return (told) => {
    if (told.type !== "schedule.changed") throw unknown("Scheduling", told.type, ["schedule.changed"]);
    return production.ScheduleChanged.of({
      productionOrderId: told.order,
      plant: told.plant,
      scheduleVersion: told.version,
      ...(told.plan === undefined ? {} : { scheduleId: told.plan }),
      oldStart: told.oldStart,
      newStart: told.newStart,
      cause: told.cause ?? "Planning moved it.",
      ...(told.salesOrder === undefined ? {} : { salesOrderId: told.salesOrder }),
      purchaseOrders: (told.purchaseOrders ?? []).map(({ sku, quantity, ...one }) => ({
        ...one,
        item: sku,
        quantity: pieces(quantity),
      })),
      displaced: (told.displaced ?? []).map(({ order, start, salesOrder }) => ({
        productionOrderId: order,
        start,
        ...(salesOrder === undefined ? {} : { salesOrderId: salesOrder }),
      })),
      expedite: (told.expedite ?? []).map(({ driver, amount }) => ({
        driver,
        amount: decimals.money(amount, currency),
      })),
      changedAt: told.occurredAt,
    });
  };
}

export interface SupplierWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly purchaseOrderId: string;
  readonly supplier: string;
  readonly confirmationId?: string;
  readonly requestId?: string;
  readonly commitments?: readonly (Line & {
    readonly promisedDate: string;
    readonly status: "confirmed" | "changed" | "refused";
  })[];
  readonly deviations?: readonly string[];
  readonly noticeId?: string;
  readonly line?: string;
  readonly sku?: string;
  readonly oldDate?: string;
  readonly newDate?: string;
  readonly cause?: string;
  readonly despatchAdviceId?: string;
  readonly supplierInvoiceId?: string;
  readonly lines?: readonly (Line & { readonly amount?: string })[];
  readonly net?: string;
  readonly tax?: string;
  readonly gross?: string;
  readonly issueDate?: string;
}

/** What a supplier told, and the order of a customer its goods are bought for, where there is one. */
type SupplierTold = SupplierWebhook & { readonly order: string | null };

export function fromSupplier(currency: string): (told: SupplierTold) => Message {
  const money = (amount: string) => decimals.money(amount, currency);
  const given = <Value>(value: Value | undefined, field: string): Value => need(value, field, "The supplier");
  return (told) => {
    const head = { purchaseOrderId: told.purchaseOrderId, supplier: told.supplier };
    const at = told.occurredAt;
    const forOrder = told.order === null ? {} : { salesOrderId: told.order };
    switch (told.type) {
      case "order.confirmed":
        return procurement.PurchaseOrderConfirmed.of({
          ...head,
          ...forOrder,
          confirmationId: given(told.confirmationId, "confirmationId"),
          // We made the request's number ourselves; it begins with the production order it was asked for.
          ...(told.requestId === undefined
            ? {}
            : { requestId: told.requestId, productionOrderId: told.requestId.split("/")[0] ?? "" }),
          supplierCommitments: (told.commitments ?? []).map(
            ({ line, sku, quantity, promisedDate, status }) => ({
              line,
              item: sku,
              promisedDate,
              confirmedQuantity: pieces(quantity),
              status,
            }),
          ),
          deviations: [...(told.deviations ?? [])],
          confirmedAt: at,
        });
      case "delivery.delayed":
        return procurement.DeliveryDelayed.of({
          ...head,
          ...forOrder,
          line: given(told.line, "line"),
          item: given(told.sku, "sku"),
          noticeId: given(told.noticeId, "noticeId"),
          oldDate: given(told.oldDate, "oldDate"),
          newDate: given(told.newDate, "newDate"),
          cause: given(told.cause, "cause"),
          noticedAt: at,
        });
      case "shipment.notified":
        return procurement.ShipmentNotified.of({
          ...head,
          despatchAdviceId: given(told.despatchAdviceId, "despatchAdviceId"),
          lines: (told.lines ?? []).map(({ line, sku, quantity }) => ({
            line,
            item: sku,
            quantity: pieces(quantity),
          })),
          sscc: [],
          notifiedAt: at,
        });
      case "invoice.issued":
        return procurement.SupplierInvoiceReceived.of({
          ...head,
          supplierInvoiceId: given(told.supplierInvoiceId, "supplierInvoiceId"),
          lines: (told.lines ?? []).map(({ line, sku, quantity, amount }) => ({
            line,
            item: sku,
            quantity: pieces(quantity),
            amount: money(given(amount, "lines[].amount")),
          })),
          taxExclusiveAmount: money(given(told.net, "net")),
          taxAmount: money(given(told.tax, "tax")),
          taxInclusiveAmount: money(given(told.gross, "gross")),
          issueDate: given(told.issueDate, "issueDate"),
          receivedAt: at,
        });
      default:
        throw unknown("The supplier", told.type, [
          "order.confirmed",
          "delivery.delayed",
          "shipment.notified",
          "invoice.issued",
        ]);
    }
  };
}
