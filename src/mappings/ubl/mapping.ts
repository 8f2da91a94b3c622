/**
 * UBL in canonical words and back: one table a document.
 *
 * @example ubl.Order.read(message, { partner: "C-ACME", orderNumber }).messages
 */
import type { UblMessage } from "../../codecs/ubl/codec.ts";
import { type Mappings, mappings } from "../mappings.ts";
import * as deliveries from "./deliveries.ts";
import * as orders from "./orders.ts";

type Documents =
  | ("CreditNote" | "DespatchAdvice" | "Invoice" | "Order")
  | ("OrderCancellation" | "OrderChange" | "OrderResponse" | "ReceiptAdvice");

/** By the name of the document. */
export const ubl: Mappings<Documents, UblMessage, UblMessage> = mappings({
  CreditNote: deliveries.creditNote,
  DespatchAdvice: deliveries.despatchAdvice,
  Invoice: deliveries.invoice,
  Order: orders.order,
  OrderCancellation: orders.orderCancellation,
  OrderChange: orders.orderChange,
  OrderResponse: orders.orderResponse,
  ReceiptAdvice: deliveries.receiptAdvice,
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
