/**
 * The console's API about the account of everything: `GET /api/balance` → `Balance` (shapes-balance.ts). One answer
 * serves everybody who may see all of the business; whoever sees a part gets the account of that part. And `GET /api/promises`: what was answered on old values, and what hangs on it.
 */
import type { FastifyInstance } from "fastify";
import type { Dock } from "../runtime/dock.ts";
import { type Balance, partOfBalance } from "../trace/balance.ts";
import { promises } from "../trace/promises.ts";
import { areasOf, may } from "./gate.ts";

export async function balanceApi(
  app: FastifyInstance,
  { dock, account }: { readonly dock: Dock; readonly account: () => Promise<Balance> },
): Promise<void> {
  app.get("/balance", may("view", "shown"), ({ who }) => {
    const areas = areasOf(who, "view");
    return areas === null ? account() : partOfBalance(dock.pool, areas);
  });

  app.get("/promises", may("view"), () => promises(dock.pool));
}
