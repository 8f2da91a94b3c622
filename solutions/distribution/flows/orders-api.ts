/**
 * Orders, changes and cancellations the gateway took, from whoever calls it: shop, customers, sales.
 *
 * @covers EVT-01
 */
import { type Flow, flow } from "crossdock";
import { sales } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { json } from "../formats.ts";
import * as mapping from "../mappings/orders-api.ts";
import type { Filled } from "../settings.ts";

export const orderFlows = ({ api }: Connections, { shopCustomers }: Filled): Flow[] => [
  flow("api-orders")
    .from(api)
    .decode(json)
    .map((request) => mapping.toOrder(shopCustomers)(request as mapping.OrderRequest))
    .publish(sales.OrderCaptured),
  flow("api-order-changes")
    .from(api)
    .decode(json)
    .publishAs([sales.OrderChanged], (request) => mapping.toChange(request as mapping.ChangeRequest)),
  flow("api-order-cancellations")
    .from(api)
    .decode(json)
    .publishAs([sales.OrderCancelled], (request) =>
      mapping.toCancellation(request as { orderId: string; reason: string }),
    ),
];
