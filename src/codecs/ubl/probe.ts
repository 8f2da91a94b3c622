/** UBL among unknown files: XML whose first element is one of our documents, bare or inside an SBDH envelope. */
import { type Probe, readWhole } from "../probe.ts";
import { firstElement } from "../xml/start.ts";
import { XML_LIMITS } from "../xml/tree.ts";
import { DOCUMENTS } from "./documents.ts";
import { readUbl, SCHEMA } from "./read.ts";

export const probe: Probe = {
  codec: "ubl",
  recognises: (start) => {
    const { name, text } = firstElement(start);
    if (!text.includes(SCHEMA)) return false;
    return Object.hasOwn(DOCUMENTS, name) || name === "StandardBusinessDocument";
  },
  read: (chunks) =>
    readWhole(chunks, XML_LIMITS.bytes, (body) => {
      const { kind } = readUbl(body);
      return { documents: 1, kinds: { [kind]: 1 } };
    }),
};
