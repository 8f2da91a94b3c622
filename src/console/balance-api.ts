/**
 * The console's API about the account of everything: `GET /api/balance` → `Balance` (shapes-balance.ts). One answer in half a
 * minute serves everybody who looks. And `GET /api/promises`: what was answered on old values, and what hangs on it.
 */
import type { FastifyInstance } from "fastify";
import type { Dock } from "../runtime/dock.ts";
import { type Balance, balance } from "../trace/balance.ts";
import { promises } from "../trace/promises.ts";
import { may } from "./gate.ts";

const KEPT_MS = 30_000;

export async function balanceApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  let last: { at: number; answer: Promise<Balance> } | null = null;
  app.get("/balance", may("view"), () => {
    if (last && Date.now() - last.at < KEPT_MS) return last.answer;
    const answer = balance(dock.pool);
    last = { at: Date.now(), answer };
    answer.catch(() => {
      last = null;
    });
    return answer;
  });

  app.get("/promises", may("view"), () => promises(dock.pool));
}
