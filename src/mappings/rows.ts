/** Rows that documents of several formats share, because what they say is not in the document but agreed or derived. */
import { sales, telling } from "../contracts/canon/index.ts";
import { ContractBroken } from "../std/errors.ts";
import { at } from "./kinds.ts";
import { textOf } from "./place.ts";
import { field, given, type Row, type Scope, type Translation } from "./table.ts";

/** Our order by the number the partner gives it. */
export const ourOrder = given("salesOrderId", "our number of the customer's order", ({ around, data }) =>
  around.orderNumber?.(String(data.customerReference)),
);
export const byPartner = (path: string): Row =>
  given(path, "the partner who sends", ({ around }) => around.partner);
export const controlNumber: Row = given(
  "ediControlNumber",
  "the number of the interchange",
  ({ around }) => around.controlNumber,
);

/** What a customer cancels needs no more than its number. */
export const cancelled = (reference: string, when: NonNullable<Translation["when"]>): Translation => ({
  contract: sales.OrderCancelled,
  way: "in",
  when,
  rows: [
    field(reference, "salesOrderId", {
      name: "our number of the customer's order",
      read: (found, { around }) => around.orderNumber?.(textOf(found)),
      write: String,
    }),
    given("reason", "a sentence", () => "The customer cancelled the order."),
    byPartner("by"),
  ],
});

/** What a command to tell a partner says around the document it is told in. */
export const told = (
  type: telling.PartnerDocument["type"],
): Pick<Translation, "contract" | "of" | "needs"> & { rows: readonly Row[] } => ({
  contract: telling.SendDocument,
  of: ({ document }) => (document as telling.PartnerDocument).type === type,
  needs: ["salesOrderId"],
  rows: [
    byPartner("partner"),
    given("conversation", "the order", ({ data }) => data.salesOrderId),
    given("controlNumber", "the number of the interchange", ({ around }) => around.controlNumber),
    given("writtenAt", "when it is written", ({ around }) => around.at),
    given("document.type", type, () => type),
  ],
});

/** A document that names no currency is in the one agreed. */
export const DOCUMENT_CURRENCY = { otherwise: ({ around }: Scope) => around.currency };
/** `item/location`, by which a position keeps its order. */
export const position: Row = given("positionId", "item and location", ({ data }) =>
  data.item === undefined || data.location === undefined
    ? undefined
    : `${String(data.item)}/${String(data.location)}`,
);

/** One demand an item and plant; the latest word about a period counts. */
export const demand: Row = given("demandId", "item and plant", ({ data }) =>
  data.item === undefined || data.plant === undefined
    ? undefined
    : `${String(data.item)}/${String(data.plant)}`,
);

/** Master records carry no number of their state; the sender's count of messages is one that only grows. */
export const recordVersion: Row = given(
  "recordVersion",
  "the number of the message, which only grows",
  ({ around }) => countIn(around.controlNumber),
);
/** The digits a number of a message ends in, at least 1; undefined without one. */
export function countIn(controlNumber: string | undefined): number | undefined {
  const [, digits] = /(\d{1,15})$/.exec(controlNumber ?? "") ?? [];
  return digits === undefined ? undefined : Math.max(1, Number(digits));
}

/** What was paid of each document. One alone that does not say was paid by all of it; of several, each says. */
export const shares: Row = given(
  "invoices",
  "an only one without an amount was paid by all of it",
  ({ data }) => {
    const invoices = data.invoices as readonly { readonly invoiceId: string; readonly amount?: unknown }[];
    const silent = invoices.find(({ amount }) => amount === undefined);
    if (silent === undefined) return invoices;
    if (invoices.length === 1) return [{ ...silent, amount: data.amount }];
    throw new ContractBroken(`The advice does not say how much of it is for ${silent.invoiceId}.`, {
      facts: { field: "invoices.amount", expected: "an amount for each of several", found: "none" },
    });
  },
);

/** Whose document it was, by what the acknowledgement calls it. */
export const orderOf = (path: string): Row =>
  given("salesOrderId", "the order our document was about", ({ around, data }) => {
    const about = String(at(data, path) ?? "");
    return around.orderOf?.(about.slice(about.lastIndexOf("/") + 1)) ?? null;
  });
