/** B2MML among unknown files: XML whose first element is in one of its namespaces; schemas of it are none. */
import { type Probe, readWhole } from "../probe.ts";
import { firstElement } from "../xml/start.ts";
import { XML_LIMITS } from "../xml/tree.ts";
import { b2mml } from "./codec.ts";

export const probe: Probe = {
  codec: "b2mml",
  recognises: (start) => /^http:\/\/www\.(?:mesa|wbf)\.org\/xml\/b2mml/i.test(firstElement(start).namespace),
  read: (chunks) =>
    readWhole(chunks, XML_LIMITS.bytes, (body) => {
      const { noun } = b2mml().decode(body);
      return { documents: 1, kinds: { [noun]: 1 } };
    }),
};
