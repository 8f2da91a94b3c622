/**
 * How far an order is, as CRM and web shop want to be told: one word, the part, the time.
 */
import type { Message, Receipt } from "crossdock";
import {
  type costing,
  type finance,
  operations,
  type returns,
  type sales,
  type telling,
} from "crossdock/canon";

type Reached = (typeof operations.MilestoneReached)["sample"];

/** `credit approved` → `Credit_Approved_At__c`, a field of its own for each milestone. */
const field = (milestone: string, what: "At" | "Parts"): string =>
  `${milestone
    .split(" ")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("_")}_${what}__c`;

export function toCrmStatus(about: Reached) {
  const { milestone, part, of, at } = about;
  const document = {
    Status__c: milestone,
    Status_Part__c: part,
    Status_Parts__c: of,
    ...(of > 1 ? { [field(milestone, "Parts")]: `${part} of ${of}` } : {}),
    ...(at === undefined || part < of ? {} : { [field(milestone, "At")]: at }),
  };
  return { about, document };
}

export function toShopStatus(about: Reached) {
  const { instance, milestone, part, of, at } = about;
  return {
    about,
    document: { orderId: instance, status: milestone, part, of, ...(at === undefined ? {} : { at }) },
  };
}

type Tax = (typeof costing.TaxCalculated)["sample"];

export const toShopTax = (about: Tax) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    status: "taxed",
    ...about.taxAmount,
    at: about.asOf,
    ...(about.promisedFrom === undefined ? {} : { promisedFrom: about.promisedFrom }),
  },
});

type Told = (typeof telling.UpdateChannelOrderStatus)["sample"];

/** Where an order stands by our own word, with the day its buyer may count on. */
export const toShopPromise = (about: Told) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    status: about.status,
    part: about.part,
    of: about.of,
    at: about.at,
    ...(about.promisedDate === undefined ? {} : { promisedDate: about.promisedDate }),
  },
});

type Discrepancy = (typeof sales.PriceDiscrepancyFound)["sample"];

export const toCrmDiscrepancy = (about: Discrepancy) => ({
  about,
  document: {
    Quoted_Price__c: about.quoted.amount,
    Held_Price__c: about.billed.amount,
    Price_At_Risk__c: about.atRisk.amount,
    Price_Currency__c: about.atRisk.currency,
  },
});

type Credit = (typeof finance.CreditNoteIssued)["sample"];

/** A record of its own beside the order's: of two credit notes neither takes the other's place. */
export const toCrmCredit = (about: Credit) => ({
  about,
  document: {
    Number__c: about.creditNoteId,
    Order__r: { Crossdock_Id__c: about.salesOrderId },
    Invoice__c: about.billingReference,
    Amount__c: about.taxInclusiveAmount.amount,
    Currency__c: about.taxInclusiveAmount.currency,
    Reason__c: about.reason,
  },
});

export const toShopCredit = (about: Credit) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    status: "credited",
    creditNote: about.creditNoteId,
    invoice: about.billingReference,
    ...about.taxInclusiveAmount,
  },
});

/** What came back of an order: what it comes to in money is the credit note's. */
export const toShopReturn = (about: (typeof returns.GoodsReturned)["sample"]) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    status: "returned",
    returnId: about.returnId,
    at: about.returnedAt,
  },
});

/** Having taken it whole, the system holds the same opinion. A part of a milestone is no opinion yet. */
export const acknowledged = (_: Receipt, { about }: { about: Reached }): Message[] => {
  const { process, instance, milestone, part, of } = about;
  return part < of ? [] : [operations.MilestoneAcknowledged.of({ process, instance, milestone })];
};
