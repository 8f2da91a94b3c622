/**
 * Freight bookings out, and what transport system and carrier report about them in, in one vocabulary of statuses.
 */
import { ContractBroken, type Message } from "crossdock";
import { decimals, type fulfilment, logistics } from "crossdock/canon";
import { toPiece } from "./pieces.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

export const toBooking = (about: Of<typeof fulfilment.BookFreight>) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    attempt: about.attempt,
    lines: about.lines.map(toPiece),
    ...(about.shipTo ? { shipTo: about.shipTo } : {}),
  },
});

export const toFreightCancellation = (about: Of<typeof fulfilment.CancelFreight>) => ({
  about,
  document: { orderId: about.salesOrderId, reason: about.reason },
});

export interface TmsWebhook {
  readonly type: string;
  readonly id: string;
  readonly occurredAt: string;
  readonly orderId: string;
  readonly bookingId?: string;
  readonly shipmentId?: string;
  readonly carrier?: string;
  readonly reason?: string;
  readonly trackingNumber?: string;
  readonly cost?: { readonly amount: string; readonly currency: string };
  readonly pickup?: string;
  readonly status?: string;
  readonly rawStatus?: string;
  readonly location?: string;
  readonly signedBy?: string;
}

const TOLD = ["freight.booked", "carrier.rejected", "shipment.status"];
export const saysSomething = ({ type }: TmsWebhook): boolean => TOLD.includes(type);

/** The carriers' words for what we call by one. A word that stands nowhere here is refused, not guessed. */
const STATUSES: Readonly<Record<string, Of<typeof logistics.ShipmentStatusChanged>["currentStatus"]>> = {
  planned: "planned",
  booked: "booked",
  "picked-up": "picked-up",
  collected: "picked-up",
  "in-transit": "in-transit",
  "out-for-delivery": "out-for-delivery",
  exception: "exception",
  delivered: "delivered",
  returned: "returned",
};

export function fromTms(told: TmsWebhook): Message[] {
  const { orderId: salesOrderId, bookingId, shipmentId, trackingNumber, occurredAt } = told;
  const known = {
    ...(bookingId === undefined ? {} : { bookingId }),
    ...(shipmentId === undefined ? {} : { shipmentId }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
  };
  switch (told.type) {
    case "freight.booked":
      return [
        logistics.FreightBooked.of({
          ...known,
          salesOrderId,
          bookingId: bookingId ?? told.id,
          carrier: told.carrier ?? "",
          ...(told.cost ? { cost: decimals.money(told.cost.amount, told.cost.currency) } : {}),
          ...(told.pickup ? { pickup: told.pickup } : {}),
          bookedAt: occurredAt,
        }),
      ];
    case "carrier.rejected":
      return [
        logistics.CarrierRejected.of({
          salesOrderId,
          ...(bookingId === undefined ? {} : { bookingId }),
          ...(told.carrier === undefined ? {} : { carrier: told.carrier }),
          reason: told.reason ?? "The carrier gave no reason.",
          rejectedAt: occurredAt,
        }),
      ];
    case "shipment.status":
      return status(told, known);
    default:
      throw new ContractBroken(`The transport system told a ${told.type}, which says nothing to us.`, {
        facts: { field: "type", expected: TOLD.join(", "), found: told.type },
      });
  }
}

function status(told: TmsWebhook, known: object): Message[] {
  const { orderId: salesOrderId, occurredAt, signedBy, location } = told;
  const currentStatus = STATUSES[told.status ?? ""];
  if (currentStatus === undefined) {
    throw new ContractBroken(`The carrier's status ${told.status} stands for none of ours.`, {
      facts: { field: "status", expected: Object.keys(STATUSES).join(", "), found: told.status ?? "" },
    });
  }
  const changed = logistics.ShipmentStatusChanged.of({
    ...known,
    salesOrderId,
    currentStatus,
    rawStatus: told.rawStatus ?? told.status ?? "",
    ...(location === undefined ? {} : { location }),
    changedAt: occurredAt,
  });
  if (currentStatus !== "delivered" || signedBy === undefined) return [changed];
  const { bookingId: _, ...of } = known as { bookingId?: string };
  return [
    changed,
    logistics.DeliveryProven.of({ ...of, salesOrderId, signedBy, exceptions: [], provenAt: occurredAt }),
  ];
}
