/** JSON among unknown files: text that opens an object or a list. */
import { type Probe, readWhole } from "../probe.ts";
import { JSON_LIMITS, parseJson } from "./codec.ts";

/**
 * An object with a key or none, or lists until a value: `[[anchor]]` and `[cols=2]` begin text documents, `{1:` messages of SWIFT,
 * `{-` programs.
 */
const BEGINS = /^(?:\ufeff)?\s*(?:\{\s*(?:["}]|$)|\[[\s[]*(?:["\]{]|-?\d|true\b|false\b|null\b|$))/;

export const probe: Probe = {
  codec: "json",
  recognises: (start) => BEGINS.test(new TextDecoder().decode(start)),
  read: (chunks) =>
    readWhole(chunks, JSON_LIMITS.bytes, (body) => {
      parseJson(body);
      return { documents: 1, kinds: { json: 1 } };
    }),
};
