/** A reporting feed is complete, goes on where it ended, and skips nothing that commits late. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../testing/database.ts";
import { crossdock } from "../../testing/terminal.ts";

let db: FreshDatabase;
const into = mkdtempSync(join(tmpdir(), "crossdock-export-"));
beforeAll(async () => {
  db = await freshDatabase();
  await db.pool.query("select make_partitions(2)");
});
afterAll(async () => {
  await db.drop();
  rmSync(into, { recursive: true });
});

const tell = (first: number, last: number, contract = "finance.invoice-posted") =>
  db.pool.query(
    `insert into event (occurred_at, kind, id, contract, version, key, source, correlation, data)
     select '2026-01-05T08:00:00Z', 'event', 'INV-' || n, $3, 1, 'order/SO-' || n, 'erp', 'order/SO-' || n,
       json_build_object('invoiceId', 'INV-' || n, 'total', json_build_object('amount', n || '.00', 'note', 'a;"b'))::text
     from generate_series($1::int, $2::int) n`,
    [first, last, contract],
  );
const run = (...args: string[]) =>
  crossdock(["export", "finance.invoice-posted", "--into", into, "--database-url", db.url, ...args]);
const lines = (file: string) => readFileSync(join(into, file), "utf8").trimEnd().split("\n");

const files = (name: string) =>
  readdirSync(into)
    .filter((file) => file.startsWith(`${name}-`))
    .sort();
/** Runs until so many facts are told: what commits while others still write comes with a later run. */
async function until(count: number, ...args: string[]): Promise<string[]> {
  const name = args[args.indexOf("--name") + 1] as string;
  for (let tries = 0; ; tries += 1) {
    expect((await run(...args)).exit).toBe(0);
    const told = files(name).flatMap(lines);
    if (told.length >= count || tries > 100) return told;
  }
}

test("what was recorded is told once, in order, over as many runs as it takes", async () => {
  await tell(1, 2_500);
  await tell(1, 3, "finance.tax-finalised");
  const first = await until(2_500, "--name", "all");
  expect(first.map((line) => JSON.parse(line).data.invoiceId)).toEqual(
    Array.from({ length: 2_500 }, (_, n) => `INV-${n + 1}`),
  );
  expect(JSON.parse(first[0] as string)).toEqual({
    id: "INV-1",
    contract: "finance.invoice-posted",
    version: 1,
    key: "order/SO-1",
    correlation: "order/SO-1",
    source: "erp",
    occurredAt: "2026-01-05T08:00:00Z",
    recordedAt: expect.any(String),
    data: { invoiceId: "INV-1", total: { amount: "1.00", note: 'a;"b' } },
  });
  expect((await run("--name", "all")).out).toBe("Nothing new was recorded; no file was written.");
  await tell(2_501, 2_502);
  expect((await until(2_502, "--name", "all")).length).toBe(2_502);
});

test("a fact that commits late is in a later file, not lost", async () => {
  const late = await db.pool.connect();
  try {
    await late.query("begin");
    await late.query(
      `insert into event (occurred_at, kind, id, contract, version, key, source, correlation, data)
       values (now(), 'event', 'late', 'finance.invoice-posted', 1, 'order/L', 'erp', 'order/L', '{"invoiceId":"late"}')`,
    );
    await tell(3_001, 3_001);
    await run("--name", "careful");
    const early = files("careful").flatMap(lines);
    expect(early.filter((line) => /"id":"(late|INV-3001)"/.test(line))).toEqual([]);
  } finally {
    await late.query("commit");
    late.release();
  }
  const told = (await until(2_504, "--name", "careful")).map((line) => JSON.parse(line).id);
  expect(told.slice(-2).sort()).toEqual(["INV-3001", "late"]);
  expect(new Set(told).size).toBe(2_504);
});

test("CSV carries the chosen fields, quoted where it must", async () => {
  const columns = "invoiceId,total.amount,total.note,none";
  const [head, row] = await until(100, "--name", "table", "--format", "csv", "--columns", columns);
  expect(head).toBe(`id,contract,version,key,correlation,source,occurredAt,recordedAt,${columns}`);
  expect(row).toMatch(/^INV-1,finance.invoice-posted,1,order\/SO-1,.*,INV-1,1.00,"a;""b",$/);
  expect((await run("--columns", "invoiceId")).exit).not.toBe(0);
});
