/**
 * The console's API about processes: who stands where, which steps were taken, how long they took, and the rows behind each
 * number. Everything is read through the trace.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { downOf, processes, processView } from "../trace/index.ts";
import { missing } from "./answers.ts";
import { areasOf, may } from "./gate.ts";
import * as shapes from "./shapes-processes.ts";

export async function processesApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;
  const down = () => ({ down: downOf(dock.connections()) });

  app.get<{ Querystring: Static<typeof shapes.SinceQuery> }>(
    "/processes",
    { ...may("view", "shown"), schema: { querystring: shapes.SinceQuery } },
    async ({ query: { since }, who }) => ({
      processes: await processes(pool, definitions, {
        ...down(),
        areas: areasOf(who, "view"),
        since: sinceOf(since),
      }),
      asOf: new Date().toISOString(),
    }),
  );

  app.get<{ Params: { name: string }; Querystring: Static<typeof shapes.SinceQuery> }>(
    "/processes/:name",
    { ...may("view", "shown"), schema: { querystring: shapes.SinceQuery } },
    async ({ params: { name }, query: { since }, who }, reply) => {
      const view = await processView(pool, definitions, name, {
        ...down(),
        areas: areasOf(who, "view"),
        since: sinceOf(since),
      });
      return view
        ? { process: view, asOf: new Date().toISOString() }
        : missing(reply, `There is no process ${name}.`);
    },
  );
}

export const sinceOf = (since: string | undefined): Date | null =>
  since === undefined ? null : new Date(since);
