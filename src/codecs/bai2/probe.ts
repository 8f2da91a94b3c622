/** BAI2 among unknown files: a file header 01 of eight fields. */
import { ContractBroken } from "../../std/errors.ts";
import type { Probe } from "../probe.ts";
import { readBai2 } from "./reader.ts";

/** Or what was meant to be one: a first record of eight fields that ends in version 2. */
const MEANT = /^\d\d,(?:[^,\r\n]*,){7,8}2\s*\/\s*(?:[\r\n]|$)/;
const HEADER = /^(?:\xef\xbb\xbf)?\s*01,[^,\r\n]*,[^,\r\n]*,\d{6,8},\d{0,4},[^,\r\n]*(?:,|\/?\s*[\r\n]+88,)/;

export const probe: Probe = {
  codec: "bai2",
  recognises: (start) => [HEADER, MEANT].some((header) => header.test(Buffer.from(start).toString("latin1"))),
  async read(chunks) {
    const kinds: Record<string, number> = {};
    let documents = 0;
    try {
      for await (const event of readBai2(chunks)) {
        if (event.kind !== "account") continue;
        kinds.account = (kinds.account ?? 0) + 1;
        documents += 1;
      }
      return { documents, kinds };
    } catch (error) {
      if (!(error instanceof ContractBroken)) throw error;
      const { line } = error.facts;
      return {
        documents,
        kinds,
        refused: { line: typeof line === "number" ? line : null, reason: error.message },
      };
    }
  },
};
