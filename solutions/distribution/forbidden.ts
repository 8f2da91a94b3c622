/**
 * Orders of events that must never be inverted, and quantities that must never be exceeded.
 *
 * Data: what people are shown, and whose business it is. The process holds every report against them as it takes it, without any
 * grace; the quantity ledger (`quantities.ts`) says what of a report goes beyond a line. What is forbidden is shown and never booked.
 */
import type { Message } from "crossdock";
import { type Money, operations } from "crossdock/canon";
import type { OrderState } from "./order-state.ts";
import { raised } from "./order-words.ts";

export const FORBIDDEN = {
  "dispatched before credit": {
    title: "Goods left before credit was approved.",
    owner: "warehouse",
    class: "business hold",
  },
  "shipped beyond order": { title: "More left than was ordered.", owner: "warehouse", class: "data" },
  "invoiced before dispatch": {
    title: "The ERP invoiced a shipment nobody dispatched.",
    owner: "finance",
    class: "data",
  },
  "invoice differs": {
    title: "The ERP invoiced another amount than left.",
    owner: "finance",
    class: "data",
  },
  "service started early": {
    title: "Billing started a service before proof of delivery.",
    owner: "finance",
    class: "business hold",
  },
  "service billed early": {
    title: "Billing invoiced before proof of delivery.",
    owner: "finance",
    class: "business hold",
  },
  "returned beyond shipped": {
    title: "More came back than had left.",
    owner: "warehouse",
    class: "data",
  },
  "credited beyond invoice": {
    title: "More was credited than was invoiced.",
    owner: "finance",
    class: "data",
  },
} as const;

export const fingerprintOf = (cause: string): string => `order-to-cash/${cause}`;

/** Says that it happened: what exactly, and the money it is about. */
export function forbidden(
  state: OrderState,
  cause: keyof typeof FORBIDDEN,
  reason: string,
  valueAtRisk?: Money,
): Message {
  const { title, owner, class: of } = FORBIDDEN[cause];
  return raised(state, cause, { title, reason, owner, class: of, ...(valueAtRisk ? { valueAtRisk } : {}) });
}

/** What happened was taken back, or has become right since: nobody has to look at it any more. */
export const forgiven = ({ order }: OrderState, cause: keyof typeof FORBIDDEN, reason: string): Message =>
  operations.ExceptionResolved.of({
    subject: `order/${order.salesOrderId}`,
    fingerprint: fingerprintOf(cause),
    how: "by itself",
    reason,
    salesOrderId: order.salesOrderId,
  });
