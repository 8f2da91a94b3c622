/**
 * Who did what, for auditors: by person, act and thing, a page at a time; whether nobody has touched it since; and an export.
 *
 * Whoever exports or verifies leaves a line. Reading a page leaves none: it shows what people did, and no field of any document.
 */
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import { archives } from "../trace/archives.ts";
import { auditPage, verifyAudit } from "../trace/audit.ts";
import { noteView } from "../work/audit.ts";
import { acting, may } from "./gate.ts";
import * as shapes from "./shapes-people.ts";
import type { Sheet } from "./sheet.ts";
import { sendSheet } from "./sheet-files.ts";

/** Lines one export holds; who needs more narrows it, or reads the database. */
const EXPORT_MAX = 50_000;
const PAGE = 50;

export async function auditApi(app: FastifyInstance, { pool }: { readonly pool: Pool }): Promise<void> {
  app.get<{ Querystring: Static<typeof shapes.AuditQuery> }>(
    "/audit",
    { ...may("see audit"), schema: { querystring: shapes.AuditQuery } },
    async (request) => {
      const lines = await auditPage(pool, request.query, PAGE + 1);
      return { lines: lines.slice(0, PAGE), next: lines.length > PAGE ? lines[PAGE - 1]!.id : null };
    },
  );

  app.get("/archives", may("see audit"), async () => ({
    archives: (await archives(pool)).map(({ number, folder, manifest }) => ({
      number,
      folder,
      manifest: JSON.parse(manifest) as unknown,
    })),
  }));

  app.post("/audit/verify", may("see audit"), async (request) => {
    const chain = await verifyAudit(pool);
    await noteView(pool, acting(request), "verify audit", "audit", {
      lines: chain.lines,
      broken: chain.broken?.id ?? null,
    });
    return { ...chain, asOf: new Date().toISOString() };
  });

  app.post<{ Body: Static<typeof shapes.AuditQuery> }>(
    "/audit/export",
    { ...may("see audit"), schema: { body: shapes.AuditQuery } },
    async (request, reply) => {
      const lines = await auditPage(pool, request.body, EXPORT_MAX);
      await noteView(pool, acting(request), "export audit", "audit", {
        lines: lines.length,
        ...request.body,
      });
      const by = `Exported by ${request.who!.actor} at ${new Date().toISOString()}`;
      const head = ["id", "at", "actor", "action", "subject", "reason", "facts", "hash", by];
      const sheet: Sheet = {
        name: "audit",
        columns: head.map((name) => ({ name })),
        rows: lines.map(({ id, at, actor, action, subject, reason, facts, hash }) => [
          id,
          at,
          actor,
          action,
          subject,
          reason ?? "",
          facts ?? "",
          hash,
        ]),
      };
      return sendSheet(reply, sheet, "csv");
    },
  );
}
