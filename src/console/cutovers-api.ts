/**
 * The console's API about steps that move from one system to another.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/cutovers` | `{cutovers, asOf}`: where each stands, its switches, differences by cause, overlap, what was entered past us |
 * | `POST /api/cutovers/:id/what-if` | `WhatIf`: what today's mapping would book of the documents compared; nothing is sent |
 */
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { cutovers } from "../trace/cutovers.ts";
import { missing } from "./answers.ts";
import { may } from "./gate.ts";

const Nothing = Type.Object({}, { additionalProperties: false });

export async function cutoversApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  app.get("/cutovers", may("view"), async () => ({
    cutovers: await cutovers(dock.pool, dock.definitions),
    asOf: new Date().toISOString(),
  }));

  app.post<{ Params: { id: string } }>(
    "/cutovers/:id/what-if",
    { ...may("replay"), schema: { body: Nothing } },
    async ({ params: { id } }, reply) =>
      (await dock.whatIf(id)) ?? missing(reply, `No step ${id} moves from one system to another.`),
  );
}
