/** MT940, MT942 and MT950 among unknown files: a field :20: at the beginning of a line, or a statement line. */

import { ContractBroken } from "../../std/errors.ts";
import type { Probe } from "../probe.ts";
import { readMt940 } from "./reader.ts";

const STATEMENT =
  /(?:^|[\r\n])(?::20:[\s\S]*[\r\n]:(?:25P?|28C?|60[FM]):|:61:\d{6}|:62[FM]:[CD]\d{6}[A-Z]{3})/;

export const probe: Probe = {
  codec: "mt940",
  recognises: (start) => STATEMENT.test(Buffer.from(start).toString("latin1")),
  async read(chunks) {
    const kinds: Record<string, number> = {};
    let documents = 0;
    try {
      for await (const event of readMt940(chunks)) {
        if (event.kind !== "message") continue;
        const name = `MT${event.message.type}`;
        kinds[name] = (kinds[name] ?? 0) + 1;
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
