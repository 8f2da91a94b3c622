/**
 * To the transport system by REST, from it and its carriers by webhook.
 *
 * @covers EVT-33, EVT-34
 */
import { type Flow, flow } from "crossdock";
import { fulfilment, logistics } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson, json } from "../formats.ts";
import * as mapping from "../mappings/tms.ts";

export const tmsFlows = ({ tms }: Connections): Flow[] => [
  flow("tms-reports")
    .from(tms)
    .decode(json)
    .map((told) => told as mapping.TmsWebhook)
    .keep("the transport system did this inside; no order is any further", mapping.saysSomething)
    .publishAs(
      [
        logistics.FreightBooked,
        logistics.CarrierRejected,
        logistics.ShipmentStatusChanged,
        logistics.DeliveryProven,
      ],
      mapping.fromTms,
    ),

  flow("tms-bookings").on(fulfilment.BookFreight).map(mapping.toBooking).deliver(tms, documentAsJson()),
  flow("tms-cancellations")
    .on(fulfilment.CancelFreight)
    .map(mapping.toFreightCancellation)
    .deliver(tms, documentAsJson()),
];
