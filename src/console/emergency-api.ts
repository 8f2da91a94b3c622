/**
 * The console's API about emergency access: who has it now, which everybody who is signed in reads; taking it, and ending it.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/emergency` | `{open}`: who has it now, why and until when |
 * | `POST /api/emergency/begin` | `Emergency` → `{done, until}`: an operator's rights for an hour |
 * | `POST /api/emergency/:id/end` | → `{done}`: by whoever has it, or an administrator |
 */
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import { beginEmergency, endEmergency, openEmergencies } from "../rights/emergency.ts";
import { holdsEverywhere, needs } from "../rights/permissions.ts";
import { late } from "./answers.ts";
import { acting, may } from "./gate.ts";
import * as shapes from "./shapes-people.ts";

export async function emergencyApi(
  app: FastifyInstance,
  {
    pool,
    log,
  }: { readonly pool: Pool; readonly log: (sentence: string, facts: Record<string, string>) => void },
): Promise<void> {
  app.get("/emergency", may("signed in"), async () => ({ open: await openEmergencies(pool) }));

  app.post<{ Body: Static<typeof shapes.Emergency> }>(
    "/emergency/begin",
    { ...may("break the glass", "shown", { fresh: true }), schema: { body: shapes.Emergency } },
    async ({ who, body: { reason } }, reply) => {
      const { session } = who!;
      if (!session) {
        reply.code(403);
        return {
          title: "Not allowed",
          detail: "Emergency access is taken by somebody who is signed in as themselves.",
        };
      }
      const until = await beginEmergency(pool, session.person.id, reason);
      if (until === null) return late(reply, "You have emergency access already.");
      log("Somebody took emergency access.", { person: session.person.id, reason, until });
      return { done: true, until };
    },
  );

  app.post<{ Params: { id: string } }>("/emergency/:id/end", may("signed in"), async (request, reply) => {
    const { params, who } = request;
    const one = (await openEmergencies(pool)).find(({ id }) => id === params.id);
    if (one && one.person !== who!.actor && !holdsEverywhere(who!.identity, "administer")) {
      reply.code(403);
      return { title: "Not allowed", detail: needs("administer") };
    }
    const ended = one !== undefined && (await endEmergency(pool, one.id, acting(request)));
    return ended ? { done: true } : late(reply, "It has ended.");
  });
}
