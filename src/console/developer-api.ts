/**
 * The console's API for those who find out why: the journal itself, and flows tried on an input. Shapes are in
 * `shapes-developer.ts`.
 *
 * Nothing here changes or sends anything. A body is read as a step of its transaction, under the permission and the masks of
 * every other page; of a recorded input a trial shows no more than that.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Flow } from "../flows/flow.ts";
import { holdsEverywhere, needs } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { events, flowTitle, type Known, recordedInputs } from "../trace/index.ts";
import { missing } from "./answers.ts";
import { areasOf, may } from "./gate.ts";
import * as shapes from "./shapes-developer.ts";

export async function developerApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;

  app.get<{ Querystring: Static<typeof shapes.EventsQuery> }>(
    "/events",
    { ...may("view bodies", "shown"), schema: { querystring: shapes.EventsQuery } },
    async ({ query: { before, limit, from, to, ...filter }, who }) =>
      events(
        pool,
        definitions,
        {
          ...filter,
          ...(from === undefined ? {} : { from: new Date(from) }),
          ...(to === undefined ? {} : { to: new Date(to) }),
        },
        { before: before ?? null, limit: Number(limit ?? 50), areas: areasOf(who, "view bodies") },
      ),
  );

  app.get("/flows", may("develop"), async () => ({
    flows: [...definitions.flows.values()]
      .map((flow) => flowLine(definitions, flow))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  }));

  app.get<{ Params: { name: string } }>(
    "/flows/:name/inputs",
    may("develop"),
    async ({ params, who }, reply) => {
      const flow = definitions.flows.get(params.name);
      if (!flow) return missing(reply, `There is no flow ${params.name}.`);
      // Arrivals and messages of all of the business: only for who may read them all.
      if (!who || !holdsEverywhere(who.identity, "view bodies")) return { inputs: [] };
      const source = flow.direction === "in" ? flow.connection.name : null;
      return {
        inputs: await recordedInputs(pool, definitions, {
          name: flow.name,
          contracts: contractsOf(flow),
          source,
        }),
      };
    },
  );

  app.post<{ Params: { name: string }; Body: Static<typeof shapes.TrialInput> }>(
    "/flows/:name/try",
    {
      ...may("develop", undefined, { whileSeeingAs: true }),
      schema: { body: shapes.TrialInput },
      // A document somebody pasted, as JSON writes it.
      bodyLimit: 2 * shapes.TRIAL_BYTES_MAX,
    },
    async ({ params: { name }, body, who }, reply) => {
      if (!("text" in body) && !(who && holdsEverywhere(who.identity, "view bodies")))
        return reply.code(403).send({ title: "Not allowed", detail: needs("view bodies") });
      return (
        (await dock.tryFlow(name, body)) ??
        missing(
          reply,
          definitions.flows.has(name)
            ? `Nothing is recorded for ${name} under that name.`
            : `There is no flow ${name}.`,
        )
      );
    },
  );
}

const contractsOf = (flow: Flow): string[] =>
  flow.direction === "in" ? flow.publishes.map(({ name }) => name) : [flow.on.name];

function flowLine(known: Known, flow: Flow) {
  const contracts = contractsOf(flow);
  const isIn = flow.direction === "in";
  const connection = isIn ? flow.connection : flow.connections[0];
  const codec = isIn
    ? flow.stages.find((stage) => stage.verb === "decode")?.codec
    : flow.hand.as === "document"
      ? flow.hand.codec
      : undefined;
  // What goes out begins as its contract; what comes in does so only where JSON is expected as the contract says.
  const expected =
    flow.stages[1]?.verb === "expect" && codec?.name === "json" ? flow.stages[1].contract : null;
  const sample = isIn ? expected?.sample : flow.on.sample;
  return {
    name: flow.name,
    direction: flow.direction,
    format: codec?.name ?? "",
    contracts,
    title: flowTitle(known, contracts[0] ?? flow.name, connection?.name ?? "", flow.direction),
    sample: sample === undefined ? null : JSON.stringify(sample, null, 2),
  };
}
