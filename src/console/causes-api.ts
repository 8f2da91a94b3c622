/**
 * The console's API about causes: one group of exceptions in full, what people do about all of it, and what was solved lately.
 *
 * Reads go through the trace, changes through the dock, which audits them. Shapes are in `shapes-causes.ts`.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Dock, Tending } from "../runtime/dock.ts";
import { cause } from "../trace/causes.ts";
import { type Areas, downOf } from "../trace/index.ts";
import { openOutside } from "../trace/selections.ts";
import { solvedLately } from "../trace/solved.ts";
import { late, missing } from "./answers.ts";
import { acting, areasOf, may } from "./gate.ts";
import * as shapes from "./shapes-causes.ts";

export async function causesApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;
  /** How many of a cause lie outside the part of the business somebody may decide about. */
  const outside = async (of: string, areas: Areas) => (areas === null ? 0 : openOutside(pool, of, areas));

  app.get("/exceptions/solved", may("view", "shown"), async ({ who }) => ({
    ...(await solvedLately(pool, definitions, {
      areas: areasOf(who, "view"),
      down: downOf(dock.connections()),
    })),
    asOf: new Date().toISOString(),
  }));

  app.get<{ Params: { cause: string }; Querystring: Static<typeof shapes.CauseQuery> }>(
    "/causes/:cause",
    { ...may("view", "shown"), schema: { querystring: shapes.CauseQuery } },
    async ({ params, query: { after, limit }, who }, reply) => {
      const one = await cause(pool, params.cause, definitions, {
        areas: areasOf(who, "view"),
        down: downOf(dock.connections()),
        after: after ?? null,
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      });
      return one
        ? { ...one, mayTend: (await outside(params.cause, areasOf(who, "decide"))) === 0 }
        : missing(reply, `Nothing is open of the cause ${params.cause}.`);
    },
  );

  app.post<{ Params: { cause: string }; Body: Static<typeof shapes.Tend> }>(
    "/causes/:cause/tend",
    { ...may("decide", "shown"), schema: { body: shapes.Tend } },
    async (request, reply) => {
      const {
        params,
        body: { reason, ...tending },
      } = request;
      // To take a cause on, or to put it to sleep, is a word about all of it.
      const foreign = await outside(params.cause, areasOf(request.who, "decide"));
      if (foreign > 0) {
        reply.code(403);
        return {
          title: "Not allowed",
          detail: `${foreign} of its documents lie outside the part of the business you may decide about. Decide about yours one by one, or ask somebody who may decide about all of them.`,
        };
      }
      return (await dock.tend(params.cause, tending as Tending, acting(request, reason)))
        ? { done: true }
        : late(reply, "Nothing of this cause is open any more.");
    },
  );
}
