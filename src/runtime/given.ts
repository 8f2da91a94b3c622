/**
 * A fact of the journal as the input it is to a process: under which name it is known there, and what it says today.
 */
import type { Message } from "../contracts/contract.ts";
import type { Recorded } from "../journal/read.ts";
import type { Arranged } from "./arrangement.ts";

/** How an input is named in an instance and in the journal. */
export const causeOf = ({ position }: { readonly position: string }): string => `event:${position}`;

/** The fact as its contract reads it today. Throws what the contract throws. */
export function messageOf({ contract: name, ...fact }: Recorded, { contracts }: Arranged): Message {
  const contract = contracts.get(name);
  if (!contract) throw new Error(`This build has no contract named ${name}.`);
  const data = contract.read(JSON.parse(fact.data), fact.version);
  const { kind, key, correlation } = fact;
  return {
    kind,
    contract: name,
    version: contract.version,
    key,
    correlation,
    keys: contract.keysOf(data),
    data,
  };
}

/** A fact, and the instance it is given to. */
export interface Given {
  readonly position: string;
  readonly process: string;
  readonly key: string;
  readonly correlation: string;
}
