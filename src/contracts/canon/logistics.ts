/**
 * What moves: freight booked or refused, shipments leaving, their status on the way, proof that they arrived.
 *
 * Ordered by the order they serve. `currentStatus` is one vocabulary for every carrier; `rawStatus` keeps the carrier's own word.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { HandlingUnit, LineQuantity } from "./lines.ts";
import { BusinessDate, Id, Instant, Money, Words } from "./values.ts";

/** Transport status in our words, whatever the carrier calls it. */
export const TransportStatus = Type.Enum([
  "planned",
  "tendered",
  "tender-rejected",
  "booked",
  "picked-up",
  "in-transit",
  "exception",
  "out-for-delivery",
  "delivered",
  "returned",
]);

const ten = { value: "10", uom: "EA" };

/** @covers EVT-31, EVT-32 */
export const ShipmentDispatched = event({
  name: "logistics.shipment-dispatched",
  version: 1,
  owner: "warehouse",
  summary: "Goods have left; from now on the order can only go forward or be corrected.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Id,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    outstanding: Type.Optional(Type.Array(LineQuantity)),
    splitOf: Type.Optional(Id),
    handlingUnits: Type.Array(HandlingUnit),
    carrier: Type.Optional(Words),
    trackingNumber: Type.Optional(Id),
    warehouse: Type.Optional(Id),
    dispatchedAt: Instant,
  }),
  keys: {
    order: "salesOrderId",
    shipment: "shipmentId",
    sscc: "handlingUnits[].sscc",
    trackingNumber: "trackingNumber",
  },
  says: { milestone: "dispatched" },
  time: "dispatchedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    shipmentId: "SH-881",
    lines: [{ line: "1", item: "PUMP-100", quantity: ten }],
    handlingUnits: [{ sscc: "340123450000000018" }],
    trackingNumber: "TRK-55012",
    dispatchedAt: "2026-01-05T08:01:00Z",
  },
});

export const FreightBooked = event({
  name: "logistics.freight-booked",
  version: 1,
  owner: "logistics",
  summary: "A carrier will take the goods.",
  criticality: "C3",
  data: Type.Object({
    salesOrderId: Id,
    bookingId: Id,
    shipmentId: Type.Optional(Id),
    carrier: Words,
    cost: Type.Optional(Money),
    trackingNumber: Type.Optional(Id),
    pickup: Type.Optional(BusinessDate),
    bookedAt: Instant,
  }),
  keys: {
    order: "salesOrderId",
    booking: "bookingId",
    shipment: "shipmentId",
    trackingNumber: "trackingNumber",
  },
  time: "bookedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    bookingId: "FB-17",
    carrier: "Rhône Express",
    cost: { amount: "85.00", currency: "EUR" },
    bookedAt: "2026-01-05T08:00:30Z",
  },
});

/** @covers EVT-33 */
export const CarrierRejected = event({
  name: "logistics.carrier-rejected",
  version: 1,
  owner: "logistics",
  summary: "The carrier will not take the goods.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    bookingId: Type.Optional(Id),
    carrier: Type.Optional(Words),
    reason: Words,
    rejectedAt: Instant,
  }),
  keys: { order: "salesOrderId", booking: "bookingId" },
  time: "rejectedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    bookingId: "FB-17",
    carrier: "Rhône Express",
    reason: "No lorry is free that day.",
    rejectedAt: "2026-01-05T08:00:40Z",
  },
});

/** @covers EVT-33 */
export const ShipmentStatusChanged = event({
  name: "logistics.shipment-status-changed",
  version: 1,
  owner: "logistics",
  summary: "A shipment is somewhere else, or something happened to it on the way.",
  criticality: "C3",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Type.Optional(Id),
    bookingId: Type.Optional(Id),
    trackingNumber: Type.Optional(Id),
    currentStatus: TransportStatus,
    rawStatus: Words,
    location: Type.Optional(Words),
    changedAt: Instant,
  }),
  keys: {
    order: "salesOrderId",
    shipment: "shipmentId",
    booking: "bookingId",
    trackingNumber: "trackingNumber",
  },
  time: "changedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    shipmentId: "SH-881",
    trackingNumber: "TRK-55012",
    currentStatus: "in-transit",
    rawStatus: "in-transit",
    changedAt: "2026-01-05T09:00:00Z",
  },
});

/** @covers EVT-34 */
export const DeliveryProven = event({
  name: "logistics.delivery-proven",
  version: 1,
  owner: "logistics",
  summary: "Somebody signed for the goods.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Type.Optional(Id),
    trackingNumber: Type.Optional(Id),
    signedBy: Type.String({ maxLength: 120, personal: true }),
    exceptions: Type.Array(Words),
    provenAt: Instant,
  }),
  keys: { order: "salesOrderId", shipment: "shipmentId", trackingNumber: "trackingNumber" },
  time: "provenAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    shipmentId: "SH-881",
    trackingNumber: "TRK-55012",
    signedBy: "J. Martin",
    exceptions: [],
    provenAt: "2026-01-06T10:00:00Z",
  },
});

/** Every contract of this file. */
export const contracts = [
  ShipmentDispatched,
  FreightBooked,
  CarrierRejected,
  ShipmentStatusChanged,
  DeliveryProven,
];
