/**
 * The console's API about the account of everything: `GET /api/balance` → `Balance` (shapes-balance.ts). One answer
 * serves everybody who looks. And `GET /api/promises`: what was answered on old values, and what hangs on it.
 */
import type { FastifyInstance } from "fastify";
import type { Dock } from "../runtime/dock.ts";
import type { Balance } from "../trace/balance.ts";
import { promises } from "../trace/promises.ts";
import { may } from "./gate.ts";

export async function balanceApi(
  app: FastifyInstance,
  { dock, account }: { readonly dock: Dock; readonly account: () => Promise<Balance> },
): Promise<void> {
  app.get("/balance", may("view"), account);

  app.get("/promises", may("view"), () => promises(dock.pool));
}
