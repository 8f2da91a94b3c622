/** Rows that documents of several formats share, because what they say is not in the document but agreed or derived. */
import { sales, telling } from "../contracts/canon/index.ts";
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

/** Whose document it was, by what the acknowledgement calls it. */
export const orderOf = (path: string): Row =>
  given("salesOrderId", "the order our document was about", ({ around, data }) => {
    const about = String(at(data, path) ?? "");
    return around.orderOf?.(about.slice(about.lastIndexOf("/") + 1)) ?? null;
  });
