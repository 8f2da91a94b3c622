/** The day a customer may count on, as the CRM wants to be told: one field of the order's record, the latest word wins. */
import type { inventory, telling } from "crossdock/canon";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

/** Where the CRM finds the order: a field of ours, for its own key may not stand in a record it is asked to change. */
const named = (salesOrderId: string) => ({ Order_Number__c: salesOrderId });

/** A production order moved, and the customer's day with it. */
export const toMovedPromise = (about: Of<typeof telling.UpdateCrmOrderStatus>) => ({
  about,
  document: { ...named(about.salesOrderId), Promised_Date__c: about.promisedDate },
});

export const isAboutADay = ({ promisedDate }: Of<typeof telling.UpdateCrmOrderStatus>): boolean =>
  promisedDate !== undefined;

/** What is short has a day. */
export const toBackorderPromise = (about: Of<typeof inventory.OrderBackordered>) => ({
  about,
  document: { ...named(about.salesOrderId), Promised_Date__c: about.newPromise },
});

export const hasADay = ({ newPromise }: Of<typeof inventory.OrderBackordered>): boolean =>
  newPromise !== undefined;
