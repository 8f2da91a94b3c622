/**
 * X12 in canonical words and back: one table a transaction set.
 *
 * @example x12["850"].read(set, { partner: "C-ACME", orderNumber }).messages
 */
import type { SetDraft, X12Set } from "../../codecs/x12/codec.ts";
import { type Mappings, mappings } from "../mappings.ts";
import * as deliveries from "./deliveries.ts";
import * as logistics from "./logistics.ts";
import * as orders from "./orders.ts";
import * as schedule from "./schedule.ts";

type Sets =
  | (
      | "204"
      | "210"
      | "214"
      | "810"
      | "820"
      | "824"
      | "830"
      | "846"
      | "850"
      | "855"
      | "856"
      | "860"
      | "861"
      | "862"
    )
  | ("940" | "943" | "944" | "945" | "947" | "990" | "997" | "999");

/** By the number of the set. */
export const x12: Mappings<Sets, X12Set, SetDraft> = mappings({
  "204": logistics.loadTender,
  "210": logistics.freightBill,
  "214": logistics.shipmentStatus,
  "810": deliveries.invoices,
  "820": deliveries.remittance,
  "824": schedule.applicationAdvice,
  "830": schedule.planning,
  "846": logistics.inventoryAdvice,
  "850": orders.purchaseOrder,
  "855": orders.acknowledgement,
  "856": deliveries.shipNotice,
  "860": orders.purchaseOrderChange,
  "861": logistics.receivingAdvice,
  "862": schedule.shipping,
  "940": logistics.shippingOrder,
  "943": logistics.transferShipment,
  "944": logistics.transferReceipt,
  "945": logistics.shippingAdvice,
  "947": logistics.adjustment,
  "990": logistics.tenderResponse,
  "997": schedule.functionalAcknowledgement,
  "999": schedule.implementationAcknowledgement,
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
