/**
 * UBL 2.0 to 2.3: orders, their answers, changes and cancellations, despatch and receipt advice, invoices, credit notes.
 *
 * A document is read into a typed value whose amounts and quantities are decimal text exactly as written. What the value
 * does not carry is listed beside it. `checkTotals` says whether the sums of an invoice hold.
 */
import type { Codec } from "../codec.ts";
import type { XmlLimits } from "../xml/tree.ts";
import type { UblMessage } from "./documents.ts";
import { readUbl } from "./read.ts";
import { writeUbl } from "./write.ts";

/** The UBL codec. @example ubl().decode(bytes).kind === "Invoice" */
export const ubl = (limits: Partial<XmlLimits> = {}): Codec<UblMessage> => ({
  name: "ubl",
  mediaType: "application/xml",
  decode: (body) => readUbl(body, limits),
  encode: writeUbl,
});

export type { UblItem, UblOrderLine, UblParty, UblTotal } from "./components.ts";
export type * from "./documents.ts";
export { type UblDraft, ublMessage } from "./draft.ts";
export { ublRecords } from "./records.ts";
export type { Amount, Coded, Embedded, Identifier, Measured } from "./shape.ts";
export { checkTotals, type TotalsProblem } from "./totals.ts";
