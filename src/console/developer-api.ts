/**
 * The console's API for those who find out why: the journal itself. Shapes are in `shapes-developer.ts`.
 *
 * Nothing here changes or sends anything. A body is read as a step of its transaction, under the permission and the masks of
 * every other page.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { events } from "../trace/index.ts";
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
}
