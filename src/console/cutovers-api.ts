/**
 * The console's API about steps that move from one system to another.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/cutovers` | `{cutovers, asOf}`: where each stands, its switches, differences by cause, overlap, what was entered past us |
 * | `POST /api/cutovers/:id/ask` | `{to, reason}` → `{done}`: somebody is asked whether the step may go to that stage; nothing moves by it |
 * | `POST /api/cutovers/:id/what-if` | `WhatIf`: what today's mapping would book of the documents compared; nothing is sent |
 * | `POST /api/cutovers/:id/would-book` | `WouldBook` → `{asked}`: what the next system would book of documents as another build writes them |
 */
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import { CutoverStage } from "../contracts/canon/values.ts";
import type { Dock } from "../runtime/dock.ts";
import { cutovers } from "../trace/cutovers.ts";
import { noteView } from "../work/audit.ts";
import { late, missing } from "./answers.ts";
import { acting, may } from "./gate.ts";
import { exactly } from "./shapes.ts";

const Nothing = Type.Object({}, exactly);
const Asked = Type.Object(
  { to: CutoverStage, reason: Type.String({ minLength: 1, maxLength: 2_000, pattern: "\\S" }) },
  exactly,
);
/** One question each; whoever has more asks again. */
const DOCUMENTS_MAX = 50;
const PAYLOAD_MAX = 20_000;
const WouldBook = Type.Object(
  {
    documents: Type.Array(
      Type.Object(
        {
          document: Type.String({ minLength: 1, maxLength: 300 }),
          connection: Type.String({ minLength: 1, maxLength: 100 }),
          payload: Type.String({ minLength: 2, maxLength: PAYLOAD_MAX }),
        },
        exactly,
      ),
      { minItems: 1, maxItems: DOCUMENTS_MAX },
    ),
  },
  exactly,
);

export async function cutoversApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool } = dock;

  app.get("/cutovers", may("view"), async () => ({
    cutovers: await cutovers(pool, dock.definitions),
    asOf: new Date().toISOString(),
  }));

  app.post<{ Params: { id: string }; Body: Static<typeof Asked> }>(
    "/cutovers/:id/ask",
    { ...may("steer systems"), schema: { body: Asked } },
    async (request, reply) => {
      const { id } = request.params;
      const { to, reason } = request.body;
      const one = (await cutovers(pool, dock.definitions)).find((each) => each.id === id);
      if (!one) return missing(reply, `No step ${id} moves from one system to another.`);
      const { stage, wanted, met, inARow, needed } = one;
      if (wanted)
        return late(reply, `${wanted.by} wants it to go to ${wanted.to}; that is to be decided first.`);
      if (stage === to) return late(reply, `${id} is at ${to} already.`);
      if (to === "cloud" && !met)
        return late(reply, `It goes to cloud after ${needed} alike in a row, and there are ${inARow}.`);
      await dock.askCutover(one, to, acting(request, reason));
      return { done: true };
    },
  );

  app.post<{ Params: { id: string } }>(
    "/cutovers/:id/what-if",
    { ...may("replay"), schema: { body: Nothing } },
    async (request, reply) => {
      const { id } = request.params;
      const found = await dock.whatIf(id);
      if (!found) return missing(reply, `No step ${id} moves from one system to another.`);
      const { replayed, alike } = found;
      await noteView(pool, acting(request), "ask what if", `cutover/${id}`, { replayed, alike });
      return found;
    },
  );

  app.post<{ Params: { id: string }; Body: Static<typeof WouldBook> }>(
    "/cutovers/:id/would-book",
    { ...may("replay"), bodyLimit: 2 * DOCUMENTS_MAX * PAYLOAD_MAX, schema: { body: WouldBook } },
    async (request, reply) => {
      const { id } = request.params;
      const asked = await dock.wouldBook(id, request.body.documents);
      if (!asked) return missing(reply, `No step ${id} moves from one system to another.`);
      await noteView(pool, acting(request), "ask what if", `cutover/${id}`, { documents: asked.length });
      return { asked };
    },
  );
}
