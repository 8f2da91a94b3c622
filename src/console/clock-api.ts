/**
 * The console's API of the demonstration's clock: what waits for a time, and bringing all of it nearer.
 *
 * It exists only where the dock has such a clock (`crossdock dev`); elsewhere it says that there is none.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { missing } from "./answers.ts";
import { acting, may } from "./gate.ts";
import * as shapes from "./shapes-demonstration.ts";

export async function clockApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  app.get("/clock", may("develop"), async () => ({
    available: dock.demonstrationClock !== null,
    waiting: (await dock.demonstrationClock?.waiting()) ?? [],
    asOf: new Date().toISOString(),
  }));

  app.post<{ Body: Static<typeof shapes.BringNearer> }>(
    "/clock",
    { ...may("develop"), schema: { body: shapes.BringNearer } },
    async (request, reply) => {
      const { body } = request;
      if (dock.demonstrationClock === null)
        return missing(reply, "No time can be brought nearer here: only crossdock dev has such a clock.");
      const by = "ms" in body ? body.ms : body.first;
      return { done: true, ...(await dock.demonstrationClock.bringNearer(by, acting(request))) };
    },
  );
}
