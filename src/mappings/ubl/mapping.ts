/**
 * UBL in canonical words and back: one table a document.
 *
 * @example ubl.Order.read(message, { partner: "C-ACME", orderNumber }).messages
 */
import type { UblMessage } from "../../codecs/ubl/codec.ts";
import { type Mappings, mappings } from "../mappings.ts";
import * as trade from "./trade.ts";

type Documents =
  | ("CreditNote" | "DespatchAdvice" | "Invoice" | "Order")
  | ("OrderCancellation" | "OrderChange" | "OrderResponse" | "ReceiptAdvice");

/** By the name of the document. */
export const ubl: Mappings<Documents, UblMessage, UblMessage> = mappings({
  CreditNote: trade.creditNote,
  DespatchAdvice: trade.despatchAdvice,
  Invoice: trade.invoice,
  Order: trade.order,
  OrderCancellation: trade.orderCancellation,
  OrderChange: trade.orderChange,
  OrderResponse: trade.orderResponse,
  ReceiptAdvice: trade.receiptAdvice,
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
