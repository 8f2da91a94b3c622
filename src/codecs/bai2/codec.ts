/**
 * Cash management reports of banks in the United States and Canada: BAI2, the door.
 *
 * Files, groups, accounts and transactions, continuations put together and control totals checked. Reading and writing are
 * pure.
 */
import type { Codec } from "../codec.ts";
import type { Bai2Document } from "./document.ts";
import { type Bai2Limits, LIMITS } from "./limits.ts";
import { readDocument } from "./reader.ts";
import { writeDocument } from "./write.ts";

/** The BAI2 codec. @example bai2().decode(bytes).files[0]?.groups */
export const bai2 = (limits: Partial<Bai2Limits> = {}): Codec<Bai2Document> => ({
  name: "bai2",
  mediaType: "text/plain",
  decode: (body) => readDocument(body, { ...LIMITS, ...limits }),
  encode: writeDocument,
});

export type { Bai2Event, EntryPlace } from "./builder.ts";
export * from "./document.ts";
export type { Bai2Limits } from "./limits.ts";
export { readBai2 } from "./reader.ts";
export { bai2Records } from "./records.ts";
export { draftDocument } from "./write.ts";
