/**
 * X12: the door.
 *
 * Purchase orders, acknowledgements, ship notices, invoices, remittances and functional acknowledgements as plain
 * business data, and the document they stand in. Reading and writing are pure: control numbers, dates and times are
 * arguments.
 */
export * from "./acknowledgement.ts";
export * from "./document.ts";
export * from "./draft.ts";
export * from "./functional.ts";
export * from "./invoice.ts";
export type { ItemNumbers, TradeParty, TradeReference } from "./parties.ts";
export * from "./purchase-order.ts";
export * from "./remittance.ts";
export * from "./ship-notice.ts";
