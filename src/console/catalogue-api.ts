/**
 * The console's API about what this dock speaks and how it went: the catalogue of contracts, and insights over a time.
 *
 * The catalogue is read from the definitions the dock was started with, so it cannot differ from what is enforced.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Contract } from "../contracts/contract.ts";
import type { Definitions, Dock } from "../runtime/dock.ts";
import { insights } from "../trace/index.ts";
import { missing } from "./answers.ts";
import { areasOf, may } from "./gate.ts";
import * as shapes from "./shapes-catalogue.ts";

export async function catalogueApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;

  app.get("/contracts", may("view", "shown"), async () => ({
    contracts: [...definitions.contracts.values()]
      .map((contract) => card(definitions, contract))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  }));

  app.get<{ Params: { name: string } }>(
    "/contracts/:name",
    may("view", "shown"),
    async ({ params: { name } }, reply) => {
      const contract = definitions.contracts.get(name);
      if (!contract) return missing(reply, `There is no contract ${name}.`);
      const { schema, sample, says } = contract;
      return {
        contract: card(definitions, contract),
        schema,
        sample,
        says:
          says === undefined
            ? null
            : typeof says.milestone === "string"
              ? says.milestone
              : "a milestone of its own",
      };
    },
  );

  app.get<{ Querystring: Static<typeof shapes.InsightsQuery> }>(
    "/insights",
    { ...may("view", "shown"), schema: { querystring: shapes.InsightsQuery } },
    async ({ query: { hours }, who }) =>
      insights(pool, definitions, Number(hours ?? 24), { areas: areasOf(who, "view") }),
  );
}

/** Who publishes and who consumes it, as flows and processes declare. */
function card({ flows, processes }: Definitions, contract: Contract) {
  const { name, version, kind, owner, summary, criticality, compatibility, keyDeclarations } = contract;
  const from = (flow: string, title: string) => ({ flow, title });
  const publishers = [...flows.values()].flatMap((flow) => {
    if (flow.direction === "in")
      return flow.publishes.some((one) => one.name === name) ? [from(flow.name, flow.connection.title)] : [];
    return flow.answers.some((one) => one.name === name)
      ? [from(flow.name, flow.connections.map(({ title }) => title).join(", "))]
      : [];
  });
  const consumers = [
    ...[...flows.values()].flatMap((flow) =>
      flow.direction === "out" && flow.on.name === name
        ? [from(flow.name, flow.connections.map(({ title }) => title).join(", "))]
        : [],
    ),
    ...[...processes.values()].flatMap((process) =>
      process.contracts.has(name)
        ? [from(`${process.header.name}@${process.header.version}`, "process")]
        : [],
    ),
  ];
  return {
    name,
    version,
    kind,
    owner,
    summary,
    criticality,
    compatibility,
    keys: Object.keys(keyDeclarations),
    publishers,
    consumers,
  };
}
