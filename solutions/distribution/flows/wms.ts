/**
 * To the warehouse system by REST, from it by webhook.
 *
 * @covers EVT-05, EVT-06, EVT-08, EVT-13, EVT-31, EVT-32
 */
import { type Connection, type Flow, flow } from "crossdock";
import { fulfilment, inventory, logistics, returns, stock } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson, json } from "../formats.ts";
import * as mapping from "../mappings/wms.ts";
import { recipients } from "../recipients.ts";
import type { Filled } from "../settings.ts";
import { stageIn, turnOf } from "../turns.ts";

const shippers = (wms: Connection, houses: Filled["houses"]) =>
  recipients({ line: wms, write: mapping.toShipOrder }, houses);

export const wmsFlows = ({ wms, api }: Connections, { houses, receiptsMove }: Filled): Flow[] => [
  // A dispatch that is reported instead of told by webhook, in the shape of its contract.
  flow("api-shipment-confirmations")
    .from(api)
    .decode(json)
    .map((report) => report as (typeof logistics.ShipmentDispatched)["sample"])
    .publish(logistics.ShipmentDispatched),
  flow("wms-reports")
    .from(wms)
    .decode(json)
    .map((told) => told as mapping.WmsWebhook)
    .keep("the warehouse did this inside; no order is any further", mapping.saysSomething)
    .lookUp(
      "whose turn it is to book the goods",
      ({ type, purchaseOrderId }) =>
        type === "goods.received" && purchaseOrderId !== undefined ? turnOf(receiptsMove) : [],
      (told, [found]) => ({ ...told, ...stageIn(found) }),
      { optional: true },
    )
    .publishAs(
      [
        inventory.StockAllocated,
        inventory.OrderBackordered,
        inventory.ReservationReleased,
        inventory.GoodsPicked,
        logistics.ShipmentDispatched,
        stock.StockReserved,
        stock.StockAdjusted,
        stock.GoodsReceived,
        stock.GoodsUnassigned,
        returns.GoodsReturned,
        stock.StockStatusChanged,
        stock.StockTransferred,
      ],
      mapping.fromWms,
    ),

  flow("wms-allocations")
    .on(fulfilment.AllocateStock)
    .map(mapping.toAllocation)
    .deliver(wms, documentAsJson()),
  flow("wms-releases").on(fulfilment.ReleaseAllocation).map(mapping.toRelease).deliver(wms, documentAsJson()),
  flow("wms-ship-orders")
    .on(fulfilment.ShipOrder)
    .map(shippers(wms, houses).address)
    .deliver(shippers(wms, houses).routes, shippers(wms, houses).as),
  flow("wms-ship-order-cancellations")
    .on(fulfilment.CancelShipment)
    .map(mapping.toShipmentCancellation)
    .deliver(wms, documentAsJson()),
];
