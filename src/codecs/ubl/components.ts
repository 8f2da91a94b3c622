/**
 * The components UBL documents share.
 *
 * Elements stand in the order of the UBL 2.3 schemas, which is also valid for 2.0 to 2.2 where the element exists. Only
 * what trading partners act on is laid out; the reader lists everything else it meets.
 */
export * from "./goods.ts";
export * from "./lines.ts";
export * from "./parties.ts";
export * from "./references.ts";
export * from "./settlement.ts";
