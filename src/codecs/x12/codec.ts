/**
 * X12: the door.
 *
 * Purchase orders, acknowledgements, ship notices, invoices, remittances and functional acknowledgements as plain
 * business data, and the document they stand in. Reading and writing are pure: control numbers, dates and times are
 * arguments.
 */
import type { Codec } from "../codec.ts";
import type { X12Document } from "./document.ts";
import { LIMITS, type X12Limits } from "./limits.ts";
import { readDocument } from "./whole.ts";
import { writeDocument } from "./write.ts";

/**
 * The X12 codec.
 *
 * Refused sets stay in the decoded document with their findings, so that the good ones go on (`partsOf`) and an
 * acknowledgement can be written; `decode` throws only when no interchange can be read at all.
 */
export function x12(limits: Partial<X12Limits> = {}): Codec<X12Document> {
  const bounds = { ...LIMITS, ...limits };
  return {
    name: "x12",
    mediaType: "application/edi-x12",
    decode: (body) => readDocument(body, bounds),
    encode: writeDocument,
  };
}

export { type Answer, acknowledge997, acknowledge999, acknowledgeTA1 } from "./acknowledge.ts";
export * from "./acknowledgement.ts";
export * from "./document.ts";
export * from "./draft.ts";
export * from "./envelope.ts";
export * from "./functional.ts";
export * from "./invoice.ts";
export type { X12Limits } from "./limits.ts";
export type { ItemNumbers, TradeParty, TradeReference } from "./parties.ts";
export { partsOf, type X12Part } from "./parts.ts";
export { problemsOf, refusalOf } from "./problems.ts";
export * from "./purchase-order.ts";
export { readX12, type X12Event } from "./reader.ts";
export { x12Records } from "./records.ts";
export * from "./remittance.ts";
export * from "./ship-notice.ts";
export { knownSets } from "./table.ts";
export { readDocument as parse } from "./whole.ts";
export { writeDocument as generate } from "./write.ts";
