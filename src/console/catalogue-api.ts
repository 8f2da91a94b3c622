/**
 * The console's API about what this dock speaks and how it went: the catalogue of contracts, and insights over a time.
 *
 * The catalogue is read from the definitions the dock was started with, so it cannot differ from what is enforced. Figures leave the
 * house only with a line in the audit.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import type { Contract } from "../contracts/contract.ts";
import type { Definitions, Dock } from "../runtime/dock.ts";
import { ContractBroken } from "../std/errors.ts";
import { type Areas, assumptionsOf, insights, type Savings, savings } from "../trace/index.ts";
import { systemTitle } from "../trace/known.ts";
import { markedIn } from "../trace/mask.ts";
import { observed, type Seen } from "../trace/observed.ts";
import { noteView } from "../work/audit.ts";
import { missing } from "./answers.ts";
import { acting, areasOf, may } from "./gate.ts";
import * as shapes from "./shapes-catalogue.ts";
import type { Sheet } from "./sheet.ts";
import { SHEET_FILES, sendSheet } from "./sheet-files.ts";

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
    async ({ params: { name }, who }, reply) => {
      const contract = definitions.contracts.get(name);
      if (!contract) return missing(reply, `There is no contract ${name}.`);
      const { schema, sample, says, retention } = contract;
      return {
        contract: card(definitions, contract),
        schema,
        sample,
        hidden: markedIn(schema),
        keptFor: retention ?? null,
        seen: await seen(dock, name, areasOf(who, "view")),
        says:
          says === undefined
            ? null
            : typeof says.milestone === "string"
              ? says.milestone
              : "a milestone of its own",
      };
    },
  );

  // Nothing of it is kept: whoever writes a sender tries what it would send.
  app.post<{ Params: { name: string }; Body: Static<typeof shapes.ToCheck> }>(
    "/contracts/:name/check",
    { ...may("view", "shown", { whileSeeingAs: true }), schema: { body: shapes.ToCheck } },
    async ({ params: { name }, body }, reply) => {
      const contract = definitions.contracts.get(name);
      if (!contract) return missing(reply, `There is no contract ${name}.`);
      try {
        contract.of(contract.read(parsed(body.text), contract.version));
        return { keeps: true, problem: null, expected: null };
      } catch (error) {
        if (!(error instanceof ContractBroken)) throw error;
        const { expected } = error.facts as { expected?: unknown };
        return {
          keeps: false,
          problem: error.message,
          expected: expected === undefined ? null : String(expected),
        };
      }
    },
  );

  app.get<{ Querystring: Static<typeof shapes.InsightsQuery> }>(
    "/insights",
    { ...may("view", "shown"), schema: { querystring: shapes.InsightsQuery } },
    async ({ query: { hours }, who }) =>
      insights(pool, definitions, Number(hours ?? 24), { areas: areasOf(who, "view") }),
  );

  const saved = ({ query, who }: FastifyRequest<{ Querystring: Static<typeof shapes.SavingsQuery> }>) =>
    savings(pool, definitions, Number(query.hours ?? 24), assumptionsOf(query), {
      areas: areasOf(who, "view"),
    });
  const asking = { ...may("view", "shown"), schema: { querystring: shapes.SavingsQuery } };
  app.get<{ Querystring: Static<typeof shapes.SavingsQuery> }>("/savings", asking, saved);
  for (const file of SHEET_FILES)
    app.get<{ Querystring: Static<typeof shapes.SavingsQuery> }>(
      `/savings.${file}`,
      asking,
      async (request, reply) => {
        const sheet = sheetOf(await saved(request));
        await noteView(pool, acting(request), "export savings", "savings", { ...request.query, file });
        return sendSheet(reply, sheet, file);
      },
    );
}

const VALUES = ["minutes", "hours", "worth"].flatMap((of) => [`${of} from`, `${of} to`]);

/** One line for each part that was counted, with the values of its case. */
const sheetOf = ({ since, asOf, lines }: Savings): Sheet => ({
  name: "crossdock-savings",
  columns: [
    { name: "what" },
    { name: "where" },
    ...["count", "of", ...VALUES].map((name) => ({ name, as: "number" as const })),
    { name: "currency" },
    { name: "counted from", as: "time" },
    { name: "counted to", as: "time" },
  ],
  rows: lines.flatMap(({ title, parts, count, minutes, hours, worth }) => {
    const values = [minutes, hours, worth].flatMap((range) => [range?.from ?? "", range?.to ?? ""]);
    return [
      [title, "all", String(count), "", ...values, worth?.currency ?? "", since, asOf],
      ...parts.map((part) => [
        title,
        part.title,
        String(part.count),
        part.of === null ? "" : String(part.of),
        ...VALUES.map(() => ""),
        "",
        since,
        asOf,
      ]),
    ];
  }),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ContractBroken(`It is no JSON: ${(cause as Error).message}.`, {
      facts: { expected: "JSON" },
      cause,
    });
  }
}

/** What was seen of it lately, and whether that is declared. */
async function seen({ pool, definitions }: Dock, name: string, areas: Areas): Promise<Seen> {
  const { flows, processes, connections } = definitions;
  const takes = [...processes.values()].filter(({ contracts }) => contracts.has(name));
  const { senders, takers, followers, ...rest } = await observed(pool, name, {
    processes: [...new Set(takes.map(({ header }) => header.name))],
    areas,
  });
  // Through a flow of the gateway any of its callers sends, under its own name.
  const published = [...flows.values()].some((flow) =>
    (flow.direction === "in" ? flow.publishes : flow.answers).some((one) => one.name === name),
  );
  const taking = [...flows.values()].flatMap((flow) =>
    flow.direction === "out" && flow.on.name === name ? flow.connections.map((one) => one.name) : [],
  );
  return {
    ...rest,
    senders: senders.map(({ source, ...row }) => ({
      name: source,
      title: systemTitle(definitions, source),
      // Processes and people send without a flow that says so.
      declared: published || !connections.has(source),
      ...row,
    })),
    takers: takers.map(({ connection, ...row }) => ({
      name: connection,
      title: systemTitle(definitions, connection),
      declared: taking.includes(connection),
      ...row,
    })),
    followers,
  };
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
