/**
 * The words order-to-cash speaks in: its milestones, reviews and timers, and the kind of decision its reactions return.
 */
import type { Decision, Message } from "crossdock";
import { type Money, operations } from "crossdock/canon";
import type { OrderState } from "./order-state.ts";

export type Milestone = "accepted" | "credit approved" | "allocated" | "dispatched" | "invoiced" | "paid";
export type Review =
  | "price review"
  | "credit review"
  | "carrier review"
  | "invoice release"
  | "payment back"
  | "customer balance";
export type Timer = "shortage" | "payment due";

export type Step = Decision<OrderState, { milestone: Milestone; approval: Review; timer: Timer }>;

/** A milestone reached whole, or one of its parts. */
export type Reached =
  | Milestone
  | { readonly milestone: Milestone; readonly part: number; readonly of: number };

/** What has one part only is reached whole. */
export const reached = (milestone: Milestone, part: number, of: number): Reached =>
  of <= 1 ? milestone : { milestone, part, of };

/** Tells the owner of something that a rule cannot settle. */
export function raised(
  state: OrderState,
  cause: string,
  told: { title: string; reason: string; owner: string; class?: Raised["class"]; valueAtRisk?: Money },
): Message {
  const { salesOrderId } = state.order;
  const { title, reason, owner, valueAtRisk } = told;
  return operations.ExceptionRaised.of({
    subject: `order/${salesOrderId}`,
    fingerprint: `order-to-cash/${cause}`,
    class: told.class ?? "business hold",
    state: "held",
    title,
    reason,
    owner,
    salesOrderId,
    ...(valueAtRisk ? { valueAtRisk } : {}),
  });
}
type Raised = (typeof operations.ExceptionRaised)["sample"];
