/** Bulk acts through the console's API and the command line, on a real dock: the shapes, the refusals, the exit codes. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { crossdock } from "../testing/terminal.ts";
import type { CorrectedBefore } from "../trace/corrections.ts";
import type { SelectionDetail } from "../trace/selections.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import { Balance } from "./shapes-balance.ts";
import * as shapes from "./shapes-selections.ts";

let db: FreshDatabase;
let dock: Dock;
let order: Awaited<ReturnType<typeof smallDock>>["order"];
let open: OpenConsole;
/** The one the command line talks to. */
let desk: OpenConsole;
let cause: string;
let folder: string;

const api = async (path: string, body?: object): Promise<{ status: number; said: unknown }> => {
  const { token } = (await (await fetch(new URL("/api/session", open.url))).json()) as { token: string };
  const response = await fetch(new URL(`/api${path}`, open.url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json", "x-crossdock-token": token },
  });
  return { status: response.status, said: await response.json() };
};
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("It did not come true within ten seconds.");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

beforeAll(async () => {
  db = await freshDatabase();
  ({ dock, order } = await smallDock(db.url));
  open = await openConsole({ dock, port: 0, settings: { actor: "maria" } });
  desk = await openConsole({ dock, port: 0, settings: { localKey: "this machine" } });
  for (const number of [1, 2, 3]) await order(number, "UNKNOWN");
  await until(async () => {
    const { rows } = await db.pool.query("select fingerprint from exception where resolved_at is null");
    cause = rows[0]?.fingerprint;
    return rows.length === 3;
  });
  folder = mkdtempSync(join(tmpdir(), "crossdock-bulk-"));
  mkdirSync(join(folder, ".crossdock"));
  // As `crossdock start` writes it; this process stands for the dock.
  const run = {
    version: 1,
    command: "dev",
    pid: process.pid,
    pidStarted: null,
    startedAt: new Date().toISOString(),
    state: "ready",
    data: folder,
    configuration: "none.ts",
    database: db.url,
    console: desk.url,
    localKey: "this machine",
  };
  writeFileSync(join(folder, ".crossdock", "run.json"), JSON.stringify(run));
});
afterAll(async () => {
  await Promise.all([open?.close(), desk?.close()]);
  await dock?.stop();
  await db?.drop();
});

const keeps = (shape: TSchema, answer: unknown) =>
  expect([...Compile(shape).Errors(answer)].map((error) => `${error.instancePath} ${error.message}`)).toEqual(
    [],
  );

test("every answer keeps the shape that is published for it; what cannot be is said in a sentence", async () => {
  const { status, said } = await api("/selections", {
    act: "try again",
    chosen: { cause },
    reason: "Known now.",
  });
  expect(status).toBe(201);
  keeps(shapes.Selection, said);
  const { id } = said as SelectionDetail;
  keeps(shapes.Selection, (await api(`/selections/${id}?state=waiting&limit=2`)).said);
  keeps(shapes.Preview, (await api(`/selections/${id}/preview?limit=2`)).said);
  keeps(shapes.Selections, (await api("/selections")).said);
  keeps(Balance, (await api("/balance")).said);
  expect((await api(`/selections/${id}/decide`, { word: "approve" })).status).toBe(400);
  expect(
    (await api("/selections", { act: "try again", chosen: { cause: "GR-00000000" }, reason: "x" })).said,
  ).toEqual({
    title: "That cannot be done",
    detail: "Nothing is open of the cause GR-00000000.",
  });
  expect((await api("/selections", { act: "erase", chosen: { cause }, reason: "x" })).status).toBe(400);
  expect((await api(`/selections/${id.replace(/^./, "f")}/decide`, { word: "run" })).status).toBe(404);
});

test("the command line chooses, previews, tries one and says by its exit code how it went", async () => {
  const cli = (...args: string[]) => crossdock(args, { folder });
  const frozen = await cli(
    "bulk",
    "freeze",
    "try again",
    "--cause",
    cause,
    "--because",
    "Known now.",
    "--json",
  );
  expect(frozen).toMatchObject({ exit: 0, notes: "" });
  const { id } = JSON.parse(frozen.out).selection as SelectionDetail;
  const looked = await cli("bulk", "preview", id, "--items", "1");
  expect(looked.out).toContain("order/SO-1 → erp");
  expect(looked.out).toContain('"customerReference":"PO-1"');
  const tried = await cli("bulk", "try", id, "--json");
  expect([tried.exit, JSON.parse(tried.out).selection.totals]).toEqual([
    8,
    { selected: 3, applied: 0, failedAgain: 1, skipped: 0, waiting: 2, asked: 0 },
  ]);
  await cli("bulk", "stop", id);
  const shown = await cli("bulk", "show", id);
  expect(shown.out).toContain("0 applied · 1 failed again · 2 left out · 0 waiting");
  expect(shown.out).toMatch(/2 × left out: Stopped by \S+\./);

  // What is financial is corrected by two people; an order is one person's to mend.
  const [{ key }] = (await db.pool.query("select key from delivery where correlation = 'order/SO-2'"))
    .rows as [{ key: string }];
  const dry = await cli("fix", key, "--set", "lines[].item=PUMP-100", "--was", "UNKNOWN", "--dry-run");
  expect(dry.out).toContain('lines[0].item: "UNKNOWN" → "PUMP-100"');
  const fixed = await cli(
    "fix",
    key,
    "--set",
    "lines[].item=PUMP-100",
    "--because",
    "Item renamed.",
    "--json",
  );
  const { criticality } = dock.definitions.contracts.get("erp.post-sales-order")!;
  if (criticality === "C1") expect(fixed.exit).toBe(5);
  else expect([fixed.exit, JSON.parse(fixed.out).selection.totals.applied]).toEqual([0, 1]);

  // Another message of that order holds the same mistake: it is said how it was corrected, and offered, and nothing more.
  const another = (name: string, contract: string, status: string, corrected: number) =>
    db.pool.query(
      `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, corrected)
       select $2, flow, connection, $3, subject, lane, correlation, event_position, $4, $5 from delivery where key = $1`,
      [key, name, contract, status, corrected],
    );
  await another("second", "erp.post-sales-order", "parked", 0);
  await db.pool.query(
    `insert into exception (fingerprint, class, subject_kind, subject, connection, correlation, title, reason, owner)
     select fingerprint, class, subject_kind, 'second', connection, correlation, title, reason, owner from exception where subject = $1`,
    [key],
  );
  await another("proof", "logistics.delivery-proven", "applied", 1);
  await db.pool.query(
    `insert into correction (delivery, version, data, contract_version, changed, by)
     values ('proof', 1, '{}', 1, $1, 'lars')`,
    [
      JSON.stringify([
        { path: "signedBy", before: "UNKNOWN", after: "A. Name" },
        { path: "parcels[2].customer", before: "C-SHOP", after: "C-STORE" },
      ]),
    ],
  );
  const item = { path: "lines[0].item", before: "UNKNOWN", after: "PUMP-100" };
  const before = (await api("/deliveries/second/corrected-before")).said as CorrectedBefore;
  keeps(shapes.CorrectedBefore, before);
  expect(before).toMatchObject({
    looked: 1,
    corrected: [
      {
        by: "lars",
        fields: [{ path: "signedBy", before: "••••", after: "••••" }, { path: "parcels[2].customer" }],
      },
      { document: "order/SO-2", systemTitle: "ERP", taken: true, reason: "Item renamed.", fields: [item] },
    ],
    // Where its name and its old value are the same; what is hidden is not offered.
    offers: [
      { path: "customer", was: "C-SHOP", value: "C-STORE", documents: ["order/SO-2"], by: "lars" },
      { path: item.path, was: "UNKNOWN", value: "PUMP-100", documents: ["order/SO-2"], field: item.path },
    ],
  });
  expect(await api("/deliveries/nothing/corrected-before")).toMatchObject({
    said: { looked: 0, offers: [] },
  });
  // Of all that stands for the same cause, that order alone was corrected before.
  const all = (await api(`/causes/${cause}/corrected-before`)).said as CorrectedBefore;
  expect([all.looked, all.offers]).toEqual([3, before.offers]);

  expect(await cli("fix", "second", "--because", "As before.")).toMatchObject({
    exit: 2,
    notes: expect.stringMatching(
      /changed lines\[0\]\.item from "UNKNOWN" to "PUMP-100" for ERP, .* in order\/SO-2\..*--as-before/s,
    ),
  });
  const again = await cli("exceptions", "fix", cause, "--as-before", "--because", "As before.", "--json");
  expect([again.exit, JSON.parse(again.out).selection.totals]).toEqual([
    8,
    { selected: 3, applied: 1, failedAgain: 0, skipped: 2, waiting: 0, asked: 0 },
  ]);
  const { rows } = await db.pool.query("select changed from correction where delivery = 'second'");
  expect(rows.map(({ changed }) => JSON.parse(changed))).toEqual([
    [{ path: "customer", before: "C-SHOP", after: "C-STORE" }, item],
  ]);

  const replayed = await cli("replay", "--key", "order/SO-2", "--dry-run");
  expect(replayed.out).toContain("ERP would book it twice");
  expect((await cli("replay", "--because", "x")).notes).toContain("Say what to replay");

  const early = ["--from", "2020-01-01T00:00:00Z", "--dry-run"];
  expect(await cli("backfill", "orders-to-erp", ...early)).toMatchObject({
    exit: 2,
    notes: expect.stringContaining("which is owed once to its one recipient. Replay it instead."),
  });

  expect((await cli("periods", "list")).out).toBe("No ledger has postings or periods yet.");
  const close = ["periods", "close", "ME-01", "2026-11", "--because", "Month end."];
  expect((await cli(...close)).out).toBe("✔ Period 2026-11 of ME-01 is closed.");
  expect(await cli(...close)).toMatchObject({
    exit: 6,
    notes: "crossdock: Period 2026-11 of ME-01 is closed already.",
  });
  // What nobody has compared yet may still contradict: the books of a period are not closed over it.
  const show = () => cli("periods", "show", "ME-01", "--day", "2026-11-15");
  await expect
    .poll(async () => (await show()).out.split("\n").slice(0, 3), { timeout: 10_000 })
    .toEqual([
      "ME-01 2026-11  2026-11-01 to 2026-11-30  closed  not ready to close",
      "  Orders: 3 are to be compared.",
      "  Next: crossdock agree compare orders",
    ]);
  expect((await show()).exit).toBe(3);
}, 30_000);
