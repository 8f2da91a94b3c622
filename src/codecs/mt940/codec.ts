/**
 * Bank statements in the SWIFT formats MT940, MT942 and MT950: the door.
 *
 * One shape for the dialects of the banks; what they do differently stands in the notes of each message. Reading and
 * writing are pure.
 */
import type { Codec } from "../codec.ts";
import type { Mt940Document } from "./document.ts";
import { LIMITS, type Mt940Limits } from "./limits.ts";
import { readDocument } from "./reader.ts";
import { writeDocument } from "./write.ts";

/** The MT940 codec. @example mt940().decode(bytes).messages[0]?.statement.entries */
export const mt940 = (limits: Partial<Mt940Limits> = {}): Codec<Mt940Document> => ({
  name: "mt940",
  mediaType: "text/plain",
  decode: (body) => readDocument(body, { ...LIMITS, ...limits }),
  encode: writeDocument,
});

export * from "./document.ts";
export type { Mt940Limits } from "./limits.ts";
export { type Mt940Event, readMt940 } from "./reader.ts";
export { mt940Records } from "./records.ts";
export { draftMessage } from "./write.ts";
