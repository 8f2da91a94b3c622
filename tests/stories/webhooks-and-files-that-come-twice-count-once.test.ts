/** Every report of warehouse, carrier and payment platform comes twice, every file of partner and bank too. */
import { ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "duplicate-webhooks",
  systems: ["wms", "tms", "payments", "acme", "bank"],
});
