/**
 * What the warehouse system is asked and what it tells, in canonical words and back.
 *
 * Every webhook has an id of its own, which is how a report is told from its repetition.
 */
import { ContractBroken, type Message } from "crossdock";
import {
  type CutoverStage,
  decimals,
  type fulfilment,
  inventory,
  logistics,
  returns,
  stock,
} from "crossdock/canon";
import { fromPiece, type Piece, toPiece } from "./pieces.ts";
import { receiptOf } from "./receipts.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

export const toAllocation = (about: Of<typeof fulfilment.AllocateStock>) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    lines: about.lines.map(toPiece),
    ...(about.shipsFrom === undefined ? {} : { shipsFrom: about.shipsFrom }),
  },
});

export const toRelease = (about: Of<typeof fulfilment.ReleaseAllocation>) => ({
  about,
  document: { orderId: about.salesOrderId, reason: about.reason, lines: about.lines.map(toPiece) },
});

export const toShipOrder = (about: Of<typeof fulfilment.ShipOrder>) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    customer: about.customer,
    lines: about.lines.map(toPiece),
    ...(about.shipTo ? { shipTo: about.shipTo } : {}),
    ...(about.requestedDate ? { requestedDate: about.requestedDate } : {}),
  },
});

export const toShipmentCancellation = (about: Of<typeof fulfilment.CancelShipment>) => ({
  about,
  document: { orderId: about.salesOrderId, reason: about.reason },
});

export const toExpectedReturn = (about: Of<typeof returns.ReturnAuthorised>) => ({
  about,
  document: {
    returnId: about.returnId,
    orderId: about.salesOrderId,
    rmaId: about.rmaId,
    lines: about.lines.map(toPiece),
    ...(about.validUntil ? { validUntil: about.validUntil } : {}),
  },
});

/** A line of a webhook; `shortfall` is what could not be set aside. */
interface ReportedPiece extends Piece {
  readonly shortfall?: string;
}

export interface WmsWebhook {
  readonly type: string;
  readonly id: string;
  /** Looked up, and not the warehouse's word. */
  readonly stage?: CutoverStage;
  readonly occurredAt: string;
  readonly orderId: string;
  readonly allocationId?: string;
  readonly shipmentId?: string;
  readonly lines: readonly ReportedPiece[];
  readonly outstanding?: readonly Piece[];
  readonly handlingUnits?: readonly { readonly sscc: string }[];
  /** Of goods received, of a lot whose status changed, and of what is set aside by lot. */
  readonly receiptId?: string;
  readonly purchaseOrderId?: string;
  readonly productionOrderId?: string;
  readonly warehouse?: string;
  readonly lot?: string;
  readonly sku?: string;
  readonly quantity?: string;
  readonly from?: StockType;
  readonly to?: StockType;
  readonly decisionId?: string;
  /** Of components set aside for a production order, and the order it is for. */
  readonly reservationId?: string;
  readonly salesOrder?: string;
  /** Of goods that came back. */
  readonly returnId?: string;
  readonly rmaId?: string;
  readonly condition?: string;
  readonly decision?: Of<typeof returns.GoodsReturned>["restockDecision"];
  /** Of stock that is more or less than the books said. */
  readonly adjustmentId?: string;
  readonly delta?: string;
  readonly reason?: string;
  /** Of an order that leaves from another warehouse; and of goods sent there. */
  readonly shipsFrom?: string;
  readonly transferId?: string;
  readonly movementId?: string;
  readonly toWarehouse?: string;
}

type StockType = Of<typeof stock.StockStatusChanged>["from"];

/** The webhooks that say something about an order, a purchase or a lot; all others only say what the warehouse did inside. */
export const TOLD = [
  "stock.allocated",
  "components.reserved",
  "order.backordered",
  "allocation.released",
  "goods.picked",
  "shipment.dispatched",
  "goods.received",
  "goods.returned",
  "stock.status-changed",
  "stock.adjusted",
  "stock.transferred",
] as const;

export const saysSomething = ({ type }: WmsWebhook): boolean => (TOLD as readonly string[]).includes(type);

/** The site, where it is another than the warehouse's own first one. */
const from = ({ warehouse }: WmsWebhook) => (warehouse === undefined ? {} : { warehouse });
const short = (line: ReportedPiece): Piece => ({ ...line, quantity: line.shortfall ?? "0" });
const isShort = ({ shortfall }: ReportedPiece) => shortfall !== undefined && shortfall !== "0";

export function fromWms(told: WmsWebhook): Message[] {
  const { id, orderId: salesOrderId, occurredAt, lines, shipmentId } = told;
  const handlingUnits = (told.handlingUnits ?? []).map(({ sscc }) => ({ sscc }));
  switch (told.type) {
    case "stock.allocated":
      return [
        inventory.StockAllocated.of({
          salesOrderId,
          allocationId: told.allocationId ?? id,
          reportId: id,
          allocations: lines.map(fromPiece),
          shortfall: lines.filter(isShort).map((line) => fromPiece(short(line))),
          ...from(told),
          ...(told.lot === undefined ? {} : { lot: told.lot }),
          allocatedAt: occurredAt,
        }),
      ];
    case "components.reserved":
      return lines.map((line) =>
        stock.StockReserved.of({
          positionId: `${line.sku}/${told.warehouse ?? ""}`,
          item: line.sku,
          location: told.warehouse ?? "",
          reservationId: told.reservationId ?? id,
          quantity: fromPiece(line).quantity,
          productionOrderId: told.orderId,
          ...(told.salesOrder === undefined ? {} : { salesOrderId: told.salesOrder }),
          reservedAt: occurredAt,
        }),
      );
    case "order.backordered":
      return lines.map((line) =>
        inventory.OrderBackordered.of({
          salesOrderId,
          orderLine: `${salesOrderId}/${line.line}`,
          line: String(line.line),
          item: line.sku,
          backorderQuantity: fromPiece(short(line)).quantity,
          reason: `${short(line).quantity} of ${line.quantity} are out of stock.`,
          ...(told.shipsFrom === undefined ? {} : { shipsFrom: told.shipsFrom }),
          backorderedAt: occurredAt,
        }),
      );
    case "allocation.released":
      return [
        inventory.ReservationReleased.of({
          salesOrderId,
          releaseId: id,
          lines: lines.map(fromPiece),
          reason: "The warehouse released it.",
          releasedAt: occurredAt,
        }),
      ];
    case "goods.picked":
      return [
        inventory.GoodsPicked.of({
          salesOrderId,
          ...(shipmentId === undefined ? {} : { shipmentId }),
          lines: lines.map(fromPiece),
          handlingUnits,
          pickedAt: occurredAt,
        }),
      ];
    case "shipment.dispatched":
      return [
        logistics.ShipmentDispatched.of({
          salesOrderId,
          shipmentId: shipmentId ?? "",
          lines: lines.map(fromPiece),
          outstanding: (told.outstanding ?? []).map(fromPiece),
          ...from(told),
          handlingUnits,
          dispatchedAt: occurredAt,
        }),
      ];
    case "goods.received":
      return [
        receiptOf(
          {
            receiptAdviceId: told.receiptId ?? id,
            ...(told.purchaseOrderId === undefined ? {} : { purchaseOrderId: told.purchaseOrderId }),
            warehouse: told.warehouse ?? "",
            lines: lines.map((line) => ({
              line: String(line.line),
              item: line.sku,
              receivedQuantity: fromPiece(line).quantity,
              ...("lot" in line && typeof line.lot === "string" ? { lot: line.lot } : {}),
            })),
            receivedAt: occurredAt,
            ...(told.stage === undefined ? {} : { stage: told.stage }),
          },
          told.productionOrderId !== undefined,
        ),
      ];
    case "goods.returned":
      return [
        returns.GoodsReturned.of({
          returnId: told.returnId ?? "",
          salesOrderId,
          receiptAdviceId: told.receiptId ?? id,
          ...(told.rmaId === undefined ? {} : { rmaId: told.rmaId }),
          lines: lines.map(fromPiece),
          condition: told.condition ?? "",
          // Where the warehouse does not say, the contract names the missing field.
          restockDecision: told.decision!,
          ...(told.warehouse === undefined ? {} : { warehouse: told.warehouse }),
          returnedAt: occurredAt,
        }),
      ];
    case "stock.adjusted":
      return [
        stock.StockAdjusted.of({
          positionId: `${told.sku}/${told.warehouse}`,
          item: told.sku ?? "",
          location: told.warehouse ?? "",
          adjustmentId: told.adjustmentId ?? id,
          delta: decimals.plain(told.delta ?? ""),
          uom: "EA",
          reasonCode: told.reason ?? "",
          adjustedAt: occurredAt,
        }),
      ];
    case "stock.transferred":
      return lines.map((line) =>
        stock.StockTransferred.of({
          // Where the warehouse does not say, the contract names the missing field.
          transferId: told.transferId!,
          movementId: told.movementId ?? id,
          item: line.sku,
          quantity: fromPiece(line).quantity,
          from: told.warehouse!,
          to: told.toWarehouse!,
          stage: "sent",
          salesOrderId,
          line: String(line.line),
          transferredAt: occurredAt,
        }),
      );
    case "stock.status-changed":
      return [
        stock.StockStatusChanged.of({
          lot: told.lot ?? "",
          item: told.sku ?? "",
          quantity: { value: decimals.plain(told.quantity ?? ""), uom: "EA" },
          // Where the warehouse does not say, the contract names the missing field.
          from: told.from!,
          to: told.to!,
          ...(told.decisionId === undefined ? {} : { decisionId: told.decisionId }),
          changeId: id,
          changedAt: occurredAt,
        }),
      ];
    default:
      throw new ContractBroken(`The warehouse told a ${told.type}, which says nothing to us.`, {
        facts: { field: "type", expected: TOLD.join(", "), found: told.type },
      });
  }
}
