/**
 * Ledger history (CSV) and reports of a plant (B2MML) are read by a worker of its own; it is killed in the middle of both with SIGKILL
 * and started again. Every line and every report is in the journal once, the sum is right to the cent, bad lines are set aside, and
 * memory stays within its bound.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { freshDatabase } from "../../src/testing/database.ts";

const LINES = 60_000;
const REPORTS = 3_000;
const BAD = new Set([1, 29_999, 30_000, LINES - 1]);
/** What a worker may hold: the same for sixty thousand lines and for five million (docs/explain/performance-batch.md). */
const RSS_MAX_KB = 400 * 1_024;

test("a reader that is killed in the middle of a file loses no line and doubles none", async () => {
  const db = await freshDatabase();
  const root = await mkdtemp(join(tmpdir(), "crossdock-killed-reader-"));
  let child: ChildProcess | undefined;
  let peakKb = 0;
  const worker = () => {
    const started = spawn(
      process.execPath,
      ["--conditions=source", join(import.meta.dirname, "kit/batch-worker.ts"), db.url, root],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    createInterface(started.stdout).on("line", (line) => {
      peakKb = Math.max(peakKb, JSON.parse(line).peakKb);
    });
    return started;
  };
  const until = async (name: string, enough: (row: { records: string; state: string }) => boolean) => {
    for (const end = Date.now() + 60_000; ; await sleep(10)) {
      const { rows } = await db.pool.query("select * from batch where file = $1", [name]);
      if (rows[0] && enough(rows[0])) return rows[0];
      if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(rows[0])}`);
    }
  };
  try {
    for (const folder of ["items", "warehouse", "ledger", "import", "plant"]) await mkdir(join(root, folder));
    const lines = Array.from({ length: LINES }, (_, n) =>
      BAD.has(n)
        ? `JE-${n},1,2019-03-31,4000,both,,EUR,bad`
        : `JE-${n},1,2019-03-31,${4_000 + (n % 7)},,${n}.25,EUR,Line ${n}`,
    );
    const head = "entry,line,date,account,debit,credit,currency,text";
    await writeFile(join(root, "ledger", ".history.tmp"), `${head}\n${lines.join("\n")}\n`);
    await rename(join(root, "ledger", ".history.tmp"), join(root, "ledger", "history.csv"));

    await writeFile(join(root, "plant", ".history.tmp"), reports(REPORTS));
    await rename(join(root, "plant", ".history.tmp"), join(root, "plant", "history.xml"));

    child = worker();
    await until("history.xml", ({ records }) => Number(records) >= 500);
    await until("history.csv", ({ records }) => Number(records) >= 5_000);
    const died = once(child, "exit");
    child.kill("SIGKILL");
    await died;
    const killed = await until("history.csv", () => true);
    expect(Number(killed.records)).toBeLessThan(LINES);
    expect(Number((await until("history.xml", () => true)).records)).toBeLessThan(REPORTS);
    child = worker();
    const ended = await until("history.csv", ({ state }) => state === "finished");
    const told = await until("history.xml", ({ state }) => state === "finished");
    expect(told).toMatchObject({ records: `${REPORTS}`, published: `${REPORTS}`, refused: "0" });
    const { rows: made } = await db.pool.query(
      `select count(*)::int as events, count(distinct key)::int as orders, sum((readable(data) -> 'quantity' ->> 'value')::numeric)::text as pieces
       from event where contract = 'production.output-completed'`,
    );
    expect(made).toEqual([{ events: REPORTS, orders: REPORTS, pieces: `${(REPORTS * (REPORTS + 1)) / 2}` }]);

    expect(ended).toMatchObject({
      records: `${LINES}`,
      published: `${LINES - BAD.size}`,
      refused: `${BAD.size}`,
      no_change: "0",
      passed_over: "0",
    });
    const { rows } = await db.pool.query(
      `select count(*)::text as lines, count(distinct line ->> 'entry')::text as entries, sum((line ->> 'credit')::numeric)::text as credit
       from event, json_array_elements(data::json -> 'lines') as line where contract = 'finance.ledger-lines-transferred'`,
    );
    const cents = lines.reduce((sum, _, n) => (BAD.has(n) ? sum : sum + n * 100 + 25), 0);
    expect(rows).toEqual([
      {
        lines: `${LINES - BAD.size}`,
        entries: `${LINES - BAD.size}`,
        credit: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`,
      },
    ]);
    const refused = await db.pool.query("select record, line from batch_refused order by record");
    expect(refused.rows).toEqual(
      [...BAD].sort((a, b) => a - b).map((n) => ({ record: `${n + 1}`, line: `${n + 2}` })),
    );
    expect(peakKb).toBeGreaterThan(0);
    expect(peakKb).toBeLessThan(RSS_MAX_KB);
  } finally {
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    await db.drop();
    await rm(root, { recursive: true });
  }
}, 120_000);

/** Reports of a plant in one file, each about an order of its own: 1 piece, 2 pieces, and so on. */
function reports(count: number): string {
  const report = (n: number) =>
    `<OperationsPerformance><ID>PP-${n}</ID><HierarchyScope><EquipmentID>LYO</EquipmentID><EquipmentElementLevel>Site</EquipmentElementLevel></HierarchyScope><OperationsResponse><ID>OR-${n}</ID><OperationsRequestID>PR-${n}</OperationsRequestID><SegmentResponse><ProcessSegmentID>0010</ProcessSegmentID><ActualEndTime>2026-01-05T12:00:00Z</ActualEndTime><MaterialActual><ID>OC-${n}</ID><MaterialDefinitionID>PUMP-100</MaterialDefinitionID><MaterialUse>Produced</MaterialUse><Quantity><QuantityString>${n}</QuantityString><DataType>decimal</DataType><UnitOfMeasure>EA</UnitOfMeasure></Quantity></MaterialActual></SegmentResponse></OperationsResponse></OperationsPerformance>`;
  const all = Array.from({ length: count }, (_, at) => report(at + 1)).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<ProcessOperationsPerformance xmlns="http://www.mesa.org/xml/B2MML" releaseID=""><ApplicationArea><Sender><LogicalID>MES</LogicalID></Sender><CreationDateTime>2026-01-05T13:00:00Z</CreationDateTime></ApplicationArea><DataArea><Process/>
${all}
</DataArea></ProcessOperationsPerformance>
`;
}
