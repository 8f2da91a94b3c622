/** A refusal names line and record, what was expected and what was found. */
import { ContractBroken } from "../../std/errors.ts";

export function broken(line: number, record: string, expected: string, found: string): ContractBroken {
  const told = found === "" ? "nothing" : found.length > 80 ? `${found.slice(0, 80)}…` : found;
  const where = record === "" ? `Line ${line}` : `Line ${line}, record ${record}`;
  return new ContractBroken(`${where}: expected ${expected}, found ${told}.`, {
    facts: { line, ...(record === "" ? {} : { segment: record }), expected, found: told },
  });
}
