/** Tables among unknown files: text whose rows have the same number of fields under one of the usual delimiters. */
import { ContractBroken } from "../../std/errors.ts";
import type { Probe } from "../probe.ts";
import { readCsv } from "./codec.ts";
import { dialectOf } from "./dialect.ts";

/** What `recognises` is given of a file. */
const START_BYTES = 8_192;

export const probe: Probe = {
  codec: "csv",
  // What begins with an angle bracket is XML, if broken.
  recognises: (start) =>
    start.find((byte) => byte > 0x20) !== 0x3c && dialectOf(start, start.length < START_BYTES) !== undefined,
  async read(chunks) {
    const pieces: Uint8Array[] = [];
    let size = 0;
    const rest = chunks[Symbol.asyncIterator]();
    let ended = false;
    while (size < START_BYTES && !ended) {
      const { value, done = false } = await rest.next();
      ended = done;
      if (!ended) pieces.push(value);
      size += ended ? 0 : value.length;
    }
    const head = Buffer.concat(pieces);
    const settings = dialectOf(head.subarray(0, START_BYTES), head.length < START_BYTES);
    if (settings === undefined) {
      return {
        documents: 0,
        kinds: {},
        refused: { line: 1, reason: "The rows have no common number of fields." },
      };
    }
    async function* all() {
      yield head;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    }
    const kind = `table of ${settings.columns.length} columns`;
    try {
      for await (const _ of readCsv(all(), settings));
      return { documents: 1, kinds: { [kind]: 1 } };
    } catch (error) {
      if (!(error instanceof ContractBroken)) throw error;
      const { line } = error.facts;
      return {
        documents: 0,
        kinds: {},
        refused: { line: typeof line === "number" ? line : null, reason: error.message },
      };
    }
  },
};
