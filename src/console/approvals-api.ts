/**
 * What waits for a second person, and that person's word.
 *
 * A request is decided by somebody who is signed in as themselves, holds what it needs, did not ask for it, and has proven who
 * they are within the last five minutes. Approved, it is sent through the same door it came by, as the one who asked, where the
 * gate compares it with what was approved.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import {
  type ApprovalRow,
  corrects,
  decideApproval,
  editorsOf,
  findApproval,
  listApprovals,
  noteOutcome,
  partOf,
} from "../rights/approvals.ts";
import { holds, holdsAt, holdsEverywhere, needs } from "../rights/permissions.ts";
import { ownMapping } from "../rights/releases.ts";
import { areasOfLedger } from "../trace/periods.ts";
import { placesOf } from "../trace/places.ts";
import { selection } from "../trace/selections.ts";
import { late, missing } from "./answers.ts";
import { APPROVED_HEADER, areasOf, may, type Who } from "./gate.ts";
import * as shapes from "./shapes-people.ts";

export async function approvalsApi(
  app: FastifyInstance,
  { pool, approvedKey }: { readonly pool: Pool; readonly approvedKey: string },
): Promise<void> {
  const madeBy = ({ actor, identity }: Who) => ownMapping(pool, actor, holds(identity, "develop"));

  app.get("/approvals", may("signed in"), async ({ who }) => {
    const all = await listApprovals(pool);
    const [reached, own] = [await within(pool, all, who!), await madeBy(who!)];
    return {
      approvals: all
        .filter((one) => askedBy(one, who!) || reached.has(one))
        .map((one) => ({
          ...viewOf(one),
          mayDecide: reached.has(one) && whyNot(one, who!, own) === null,
        })),
    };
  });

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Decide> }>(
    "/approvals/:id/decide",
    { ...may("signed in", undefined, { fresh: approves }), schema: { body: shapes.Decide } },
    async (request, reply) => {
      const who = request.who!;
      const { verdict, comment = null } = request.body;
      const asked = await findApproval(pool, request.params.id);
      if (!asked || !(askedBy(asked, who) || (await within(pool, [asked], who)).has(asked))) {
        return missing(reply, "There is no such request.");
      }
      if (asked.verdict === "expired") {
        reply.code(410);
        return {
          title: "Too late",
          detail: "Nobody decided within four hours. Whoever needs it asks again.",
        };
      }
      if (asked.verdict !== null) return late(reply, "Somebody decided about it before.");
      const because =
        verdict === "withdrawn"
          ? askedBy(asked, who)
            ? null
            : "Only whoever asked withdraws it."
          : whyNot(asked, who, await madeBy(who));
      if (because) return no(reply, "Not allowed", because);
      const by = { name: who.actor };
      if (!(await decideApproval(pool, asked.id, verdict, comment, by))) {
        return late(reply, "Somebody decided about it before.");
      }
      if (verdict !== "approved") return { done: true };

      const answer = await app.inject({
        method: "POST",
        url: asked.path,
        headers: {
          host: "127.0.0.1",
          "content-type": "application/json",
          [APPROVED_HEADER]: `${approvedKey} ${asked.id} ${encodeURIComponent(who.actor)}`,
        },
        payload: asked.body,
      });
      const said = answer.json() as { title?: string; detail?: string };
      const done = answer.statusCode < 300;
      await noteOutcome(pool, asked.id, done ? "done" : (said.detail ?? `${answer.statusCode}`), !done, by);
      if (done) return { ...said, done: true };
      reply.code(answer.statusCode);
      return said;
    },
  );
}

const approves = ({ body }: FastifyRequest): boolean =>
  (body as Static<typeof shapes.Decide>).verdict === "approved";

const askedBy = ({ askedBy: asker }: ApprovalRow, { actor }: Who) => asker === actor;

/** Why somebody may not be the second person, in a sentence; null when they may. `own`: why a correction would be of their mapping. */
function whyNot(asked: ApprovalRow, who: Who, own: string | null): string | null {
  if (!who.session) return "The second person signs in as themselves; neither a command nor a key can be it.";
  if (askedBy(asked, who)) return "You asked for this yourself; it takes another person.";
  if (editorsOf(asked).includes(who.actor))
    return "You changed or chose what this is about; it takes somebody who did not.";
  if (own !== null && corrects(asked)) return own;
  return holds(who.identity, asked.permission) ? null : needs(asked.permission);
}

/**
 * Those of the requests that lie in the part of the business the person holds what they need for: a document in its place, a period
 * in its ledger's entity, a bulk act when all of its items do. What is about none of these is about all of the business.
 */
async function within(
  pool: Pool,
  requests: readonly ApprovalRow[],
  who: Who,
): Promise<ReadonlySet<ApprovalRow>> {
  const { identity } = who;
  const [whole, limited] = [
    requests.filter(({ permission }) => holdsEverywhere(identity, permission)),
    requests.filter(
      ({ permission }) => !holdsEverywhere(identity, permission) && holds(identity, permission),
    ),
  ];
  const places = await placesOf(
    pool,
    limited.flatMap(({ correlation }) => correlation ?? []),
  );
  const lies = async (one: ApprovalRow): Promise<boolean> => {
    const { permission, correlation } = one;
    if (correlation !== null) {
      const place = places.get(correlation);
      return place !== undefined && holdsAt(identity, permission, place);
    }
    const { ledger, selection: chosen } = partOf(one);
    const areas = areasOf(who, permission);
    if (ledger !== null) return areasOfLedger(areas, ledger) === null;
    return chosen !== null && (await selection(pool, chosen, { limit: 1, areas })) !== null;
  };
  const judged = await Promise.all(limited.map(lies));
  return new Set([...whole, ...limited.filter((_, index) => judged[index])]);
}

const viewOf = ({ body, state, path: _, askedVia: __, ...rest }: ApprovalRow) => ({
  ...rest,
  body: JSON.parse(body) as unknown,
  state: JSON.parse(state) as unknown,
});

function no(reply: FastifyReply, title: string, detail: string) {
  reply.code(403);
  return { title, detail };
}
