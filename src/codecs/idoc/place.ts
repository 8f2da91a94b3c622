/** How errors of IDocs name their place: line and segment. */
import { ContractBroken } from "../../std/errors.ts";

export function brokenIn(
  line: number | undefined,
  segment: string,
  expected: string,
  found: string,
): ContractBroken {
  const shown = found.slice(0, 80);
  const where = line === undefined ? segment : `Line ${line}, ${segment}`;
  return new ContractBroken(`${where}: expected ${expected}, found ${shown}.`, {
    facts: { ...(line === undefined ? {} : { line }), segment, expected, found: shown },
  });
}
