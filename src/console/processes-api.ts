/**
 * The console's API about processes: who stands where, which steps were taken, how long they took, and the rows behind each
 * number. Everything is read through the trace.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { downOf, processes, processView } from "../trace/index.ts";
import { missing } from "./answers.ts";
import { acting, areasOf, may } from "./gate.ts";
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

  app.get<{ Params: { name: string } }>(
    "/processes/:name/versions",
    may("view"),
    async ({ params: { name } }) => ({ versions: await dock.moves.versions(name) }),
  );

  app.get<{ Params: { name: string }; Querystring: Static<typeof shapes.MovesQuery> }>(
    "/processes/:name/moves",
    { ...may("view"), schema: { querystring: shapes.MovesQuery } },
    async ({ params: { name }, query: { from, to, after } }) => {
      const course = { process: name, from: Number(from), to: Number(to) };
      const movers = await dock.moves.page(course, after ?? null, MOVES_PAGE);
      return { movers, next: movers.length < MOVES_PAGE ? null : (movers.at(-1)?.key ?? null) };
    },
  );

  // Who moves one version of a process moves what belongs to every plant, so only those who may see all of it.
  app.post<{ Params: { name: string }; Body: Static<typeof shapes.Move> }>(
    "/processes/:name/moves",
    { ...may("decide"), schema: { body: shapes.Move } },
    async (request) => {
      const { from, to, keys, reason } = request.body;
      const course = { process: request.params.name, from, to };
      return { done: true, asked: await dock.moves.move(course, keys, acting(request, reason)) };
    },
  );

  app.post<{ Params: { name: string }; Body: Static<typeof shapes.MoveLook> }>(
    "/processes/:name/moves/look",
    { ...may("view"), schema: { body: shapes.MoveLook } },
    async ({ params: { name }, body: { from, to, keys } }) => ({
      movers: await dock.moves.these({ process: name, from, to }, keys),
      next: null,
    }),
  );
}

/** As many as are looked at in one go: each is read whole. */
const MOVES_PAGE = 500;

export const sinceOf = (since: string | undefined): Date | null =>
  since === undefined ? null : new Date(since);
