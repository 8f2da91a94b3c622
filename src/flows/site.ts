/**
 * What one site tells another: flows between two docks that each have a database of their own.
 *
 * A message crosses with its contract's name and version, so that sites may be upgraded one after the other: what is older is read
 * in today's shape, what is newer than the reader is refused and waits at its sender. What is told is never heard back, or two
 * sites would tell each other the same thing for ever.
 */
import { json } from "../codecs/json/codec.ts";
import type { Connection } from "../connectors/connector.ts";
import type { Contract } from "../contracts/contract.ts";
import { ContractBroken, Unusable } from "../std/errors.ts";
import { type Flow, flow } from "./flow.ts";

/** A message on its way from site to site. */
interface Crossing {
  readonly contract: string;
  readonly version: number;
  readonly data: unknown;
}

/**
 * The flows to and from the site at the other end of `to`, a connection of the connector `crossdock`: one for each contract told,
 * `<contract>-to-<site>`, and one for all that is heard, `from-<site>`, which is its door in the gateway.
 *
 * @throws {Unusable} when a contract is both told and heard
 */
export function otherSite(
  to: Connection,
  { tells, hears }: { readonly tells: readonly Contract[]; readonly hears: readonly Contract[] },
): Flow[] {
  const both = tells.find(({ name }) => hears.some((heard) => heard.name === name));
  if (both)
    throw new Unusable(
      `${both.name} is both told to ${to.name} and heard from it, and would go to and fro for ever. Let one of the two tell it.`,
    );
  const known = new Map(hears.map((contract) => [contract.name, contract]));
  const told = tells.map((contract) =>
    flow(`${contract.name}-to-${to.name}`)
      .on(contract)
      .map((data): Crossing => ({ contract: contract.name, version: contract.version, data }))
      .deliver(to, json()),
  );
  if (hears.length === 0) return told;
  return [
    ...told,
    flow(`from-${to.name}`)
      .from(to)
      .decode(json<Crossing>())
      .publishAs(hears, (crossing) => {
        const contract = known.get(crossing?.contract);
        if (!contract)
          throw new ContractBroken(`${to.title} told something that is not heard from it here.`, {
            facts: {
              field: "contract",
              expected: [...known.keys()].join(", "),
              found: String(crossing?.contract),
            },
          });
        const { data, version } = crossing;
        if (!Number.isInteger(version) || version < 1 || version > contract.version)
          throw new ContractBroken(
            `${contract.name} of ${to.title} is written in version ${version}, and read here up to ${contract.version}.`,
            { facts: { field: "version", expected: `1 to ${contract.version}`, found: String(version) } },
          );
        return contract.of(contract.read(data, version));
      }),
  ];
}
