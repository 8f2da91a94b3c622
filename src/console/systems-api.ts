/**
 * The console's API about systems: how each does now and did over time, what waits for it, and the pause button.
 *
 * Reads go through the trace; a pause is a decision of a person, taken by the dock, obeyed by every worker, and audited.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Connection, Repeat } from "../connectors/connector.ts";
import type { Definitions, Dock } from "../runtime/dock.ts";
import { downOf, flowTitle, openFor, systemHistory, systems } from "../trace/index.ts";
import { late, missing } from "./answers.ts";
import { acting, areasOf, may } from "./gate.ts";
import { Reason } from "./shapes.ts";
import * as shapes from "./shapes-systems.ts";

/** What a second sending of the same document does there, for people. */
const REPEAT: Readonly<Record<Repeat, string>> = {
  key: "Sent twice, it is booked once: the system knows our key.",
  upsert: "Sent twice, it is booked once: it is written under our number.",
  "unique-reference": "Sent twice, it is booked once: the system refuses a second one with our reference.",
  searchable: "Sent twice, it would be booked twice; therefore we look for it first.",
  none: "Sent twice, it would be booked twice, and nobody can look: a person checks.",
};

const HOUR_MS = 3_600_000;

/** What a second sending does, and for how long that is so. */
function repeatOf({
  connector: { guarantees },
  keyLifetimeMs = guarantees.keyLifetimeMs,
}: Connection): string {
  if (guarantees.repeat !== "key" || keyLifetimeMs === undefined) return REPEAT[guarantees.repeat];
  const hours = Math.round((keyLifetimeMs / HOUR_MS) * 10) / 10;
  const later = guarantees.verifies ? "later we look for it first" : "later a person checks";
  return `Sent twice within ${hours} h, it is booked once: that long the system knows our key; ${later}.`;
}

export async function systemsApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;

  app.get("/systems", may("see systems", "shown"), async ({ who }) => ({
    systems: await systems(pool, definitions, dock.connections(), { areas: areasOf(who, "see systems") }),
    asOf: new Date().toISOString(),
  }));

  app.get<{ Params: { name: string }; Querystring: Static<typeof shapes.SystemQuery> }>(
    "/systems/:name",
    { ...may("see systems", "shown"), schema: { querystring: shapes.SystemQuery } },
    async ({ params: { name }, query: { hours }, who }, reply) => {
      const areas = areasOf(who, "see systems");
      const now = new Date();
      const connection = definitions.connections.get(name);
      const [all, history] = await Promise.all([
        systems(pool, definitions, dock.connections(), { areas }),
        systemHistory(pool, name, Number(hours ?? 6), { areas, now, known: definitions }),
      ]);
      const system = all.find((one) => one.name === name);
      if (!system || !connection) return missing(reply, `No system ${name} is connected.`);
      const state = dock.connections().find((one) => one.name === name);
      return {
        system,
        about: {
          connector: connection.connector.name,
          summary: connection.connector.summary,
          repeat: repeatOf(connection),
          verifies: connection.connector.guarantees.verifies,
          concurrency: connection.concurrency,
          allowed: state?.allowed ?? 0,
          flows: flowsOf(definitions, connection),
        },
        history,
        asOf: now.toISOString(),
      };
    },
  );

  app.get<{ Params: { name: string }; Querystring: { after?: string } }>(
    "/systems/:name/open",
    may("view", "shown"),
    async ({ params: { name }, query: { after }, who }) =>
      openFor(pool, name, definitions, {
        areas: areasOf(who, "view"),
        after: after ?? null,
        down: downOf(dock.connections()),
      }),
  );

  app.post<{ Params: { name: string }; Body: Static<typeof shapes.SystemDecision> }>(
    "/systems/:name/decide",
    { ...may("steer systems"), schema: { body: shapes.SystemDecision } },
    async (request, reply) => {
      const {
        params: { name },
        body: { verdict, reason, until },
      } = request;
      if (await dock.decideConnection(name, verdict, acting(request, reason), until ?? null))
        return { done: true };
      return late(
        reply,
        verdict === "resume" ? `${name} is not paused.` : `${name} is paused like this already.`,
      );
    },
  );

  app.post<{ Params: { name: string }; Body: Static<typeof Reason> }>(
    "/systems/:name/probe",
    { ...may("steer systems"), schema: { body: Reason } },
    async (request, reply) => {
      const { name } = request.params;
      const connection = definitions.connections.get(name);
      if (!connection) return missing(reply, `No system ${name} is connected.`);
      const found = await dock.probe(name, acting(request, request.body.reason));
      const detail = found.answered
        ? `${connection.title} answered in ${found.ms} ms${found.as ? `, as ${found.as}` : ""}.`
        : `${connection.title} did not answer: ${found.because}`;
      return { ...found, repeat: repeatOf(connection), detail, asOf: new Date().toISOString() };
    },
  );
}

interface FlowOf {
  readonly name: string;
  readonly title: string;
  readonly direction: "in" | "out";
  readonly contracts: readonly string[];
}

function flowsOf(definitions: Definitions, { name }: Connection): FlowOf[] {
  return [...definitions.flows.values()].flatMap((flow): FlowOf[] => {
    if (flow.direction === "in") {
      if (flow.connection.name !== name) return [];
      const contracts = flow.publishes.map((contract) => contract.name);
      const title = flowTitle(definitions, contracts[0] ?? flow.name, name, "in");
      return [{ name: flow.name, title, direction: "in", contracts }];
    }
    if (!flow.connections.some((one) => one.name === name)) return [];
    const title = flowTitle(definitions, flow.on.name, name, "out");
    return [{ name: flow.name, title, direction: "out", contracts: [flow.on.name] }];
  });
}
