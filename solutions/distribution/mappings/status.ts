/**
 * How far an order is, as CRM and web shop want to be told: one word, the part, the time.
 */
import type { operations } from "crossdock/canon";

type Reached = (typeof operations.MilestoneReached)["sample"];

/** `credit approved` → `Credit_Approved_At__c`, a field of its own for each milestone. */
const field = (milestone: string): string =>
  `${milestone
    .split(" ")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("_")}_At__c`;

export function toCrmStatus({ milestone, part, of, at }: Reached) {
  return {
    Status__c: milestone,
    Status_Part__c: part,
    Status_Parts__c: of,
    ...(at === undefined || part < of ? {} : { [field(milestone)]: at }),
  };
}

export const toShopStatus = ({ instance, milestone, part, of, at }: Reached) => ({
  orderId: instance,
  status: milestone,
  part,
  of,
  ...(at === undefined ? {} : { at }),
});
