/** JSON among unknown files: text that opens an object or a list. */
import { type Probe, readWhole } from "../probe.ts";
import { JSON_LIMITS, parseJson } from "./codec.ts";

export const probe: Probe = {
  codec: "json",
  recognises: (start) =>
    /^(?:\ufeff)?\s*[[{]\s*(?:["[\]{}\-\d]|true|false|null|$)/.test(new TextDecoder().decode(start)),
  read: (chunks) =>
    readWhole(chunks, JSON_LIMITS.bytes, (body) => {
      parseJson(body);
      return { documents: 1, kinds: { json: 1 } };
    }),
};
