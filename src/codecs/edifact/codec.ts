/**
 * EDIFACT: the door.
 *
 * Orders, their answers and changes, despatch and receiving advices, invoices, remittances, inventory, schedules,
 * catalogues, transport status and acknowledgements as plain business data, and the document they stand in. Reading and
 * writing are pure: references, dates and times are arguments.
 */
import type { Codec } from "../codec.ts";
import type { EdifactDocument } from "./document.ts";
import { type EdifactLimits, LIMITS } from "./limits.ts";
import { readDocument } from "./whole.ts";
import { writeDocument } from "./write.ts";

/**
 * The EDIFACT codec, syntax versions 1 to 4.
 *
 * Refused messages stay in the decoded document with their findings, so that the good ones go on (`partsOf`) and a CONTRL
 * can be written; `decode` throws only when no interchange can be read at all.
 */
export function edifact(limits: Partial<EdifactLimits> = {}): Codec<EdifactDocument> {
  const bounds = { ...LIMITS, ...limits };
  return {
    name: "edifact",
    mediaType: "application/edifact",
    decode: (body) => readDocument(body, bounds),
    encode: writeDocument,
  };
}

export * from "./application.ts";
export * from "./catalogue.ts";
export {
  type Answer,
  acknowledge,
  type Control,
  type ControlError,
  type ControlledMessage,
  readControl,
} from "./contrl.ts";
export * from "./despatch.ts";
export * from "./document.ts";
export * from "./draft.ts";
export * from "./envelope.ts";
export type { EdifactLimits } from "./limits.ts";
export * from "./order.ts";
export { type EdifactPart, partsOf } from "./parts.ts";
export { problemsOf, refusalOf } from "./problems.ts";
export { type EdifactEvent, readEdifact } from "./reader.ts";
export { edifactRecords } from "./records.ts";
export * from "./remittance.ts";
export * from "./schedule.ts";
export * from "./stock.ts";
export { knownMessages } from "./table.ts";
export type {
  ItemNumbers,
  TradeAmount,
  TradeCharge,
  TradeContact,
  TradeControl,
  TradeDate,
  TradeParty,
  TradePlace,
  TradePrice,
  TradeQuantity,
  TradeReference,
  TradeTax,
  TradeTerms,
  TradeText,
  TradeTransport,
} from "./trade.ts";
export { itemOf, partyIn, qualified } from "./trade-read.ts";
export * from "./transport-status.ts";
export { readDocument as parse } from "./whole.ts";
export { writeDocument as generate } from "./write.ts";
