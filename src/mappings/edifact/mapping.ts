/**
 * EDIFACT in canonical words and back: one table a message.
 *
 * @example edifact.ORDERS.read(message, { partner: "C-ACME", orderNumber }).messages
 */
import type { EdifactMessage, MessageDraft } from "../../codecs/edifact/codec.ts";
import { type Mappings, mappings } from "../mappings.ts";
import * as deliveries from "./deliveries.ts";
import * as orders from "./orders.ts";
import * as reports from "./reports.ts";

type Messages =
  | ("APERAK" | "CONTRL" | "DELFOR" | "DESADV" | "IFTSTA" | "INVOIC" | "INVRPT" | "ORDCHG")
  | ("ORDERS" | "ORDRSP" | "PRICAT" | "RECADV" | "REMADV");

/** By the type of the message. */
export const edifact: Mappings<Messages, EdifactMessage, MessageDraft> = mappings({
  APERAK: reports.applicationAcknowledgement,
  CONTRL: reports.syntaxReport,
  DELFOR: reports.deliverySchedule,
  DESADV: deliveries.despatchAdvice,
  IFTSTA: reports.transportStatus,
  INVOIC: deliveries.invoice,
  INVRPT: reports.inventoryReport,
  ORDCHG: orders.orderChange,
  ORDERS: orders.order,
  ORDRSP: orders.orderResponse,
  PRICAT: reports.catalogue,
  RECADV: reports.receivingAdvice,
  REMADV: deliveries.remittance,
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
