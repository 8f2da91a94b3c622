/** A refusal names line and tag, what was expected and what was found. */
import { ContractBroken } from "../../std/errors.ts";

export function broken(line: number, tag: string, expected: string, found: string): ContractBroken {
  const told = found.length > 80 ? `${found.slice(0, 80)}…` : found;
  const where = tag === "" ? `Line ${line}` : `Line ${line}, :${tag}:`;
  return new ContractBroken(`${where}: expected ${expected}, found ${told === "" ? "nothing" : told}.`, {
    facts: { line, ...(tag === "" ? {} : { tag }), expected, found: told },
  });
}
