/** Whole files through the shipped batch flows, over real folders: ledger lines some hundred a file, items only when they changed. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dock, start } from "crossdock/server";
import { expect, test } from "vitest";
import { batches } from "../../solutions/batches/index.ts";
import { freshDatabase } from "../../src/testing/database.ts";

const HEAD = "entry,line,date,account,debit,credit,currency,text\n";

test("ledger lines arrive in the import folder some hundred a file, bad ones set aside, and only changed items are told", async () => {
  const db = await freshDatabase();
  const root = await mkdtemp(join(tmpdir(), "crossdock-solution-batches-"));
  const folder = (name: string) => join(root, name);
  const folders = {
    items: folder("items"),
    itemsToWarehouse: folder("warehouse"),
    ledger: folder("ledger"),
    financeImport: folder("import"),
  };
  let dock: Dock | undefined;
  try {
    for (const each of Object.values(folders)) await mkdir(each);
    dock = await start({ database: db.url, ...solutionOf(batches({ folders, pollMs: 50 })) });
    const rows = Array.from({ length: 1_200 }, (_, n) =>
      n === 700
        ? `JE-${n},1,no date,4000,1.00,,EUR,bad`
        : `JE-${n},1,2019-03-31,4000,${n + 1}.00,,EUR,"Line, ${n}"`,
    );
    await writeFile(join(folders.ledger, "2019.csv"), `${HEAD}${rows.join("\n")}\n`);
    const item = (weight: string) =>
      `item;description;unit;group;weight;status\nA;Pump;EA;;${weight};active\nB;Valve;EA;;1;active\n`;
    await writeFile(join(folders.items, "monday.csv"), item("1"));
    await until(async () => (await visible(folders.itemsToWarehouse)).length === 2);
    await writeFile(join(folders.items, "tuesday.csv"), item("2"));
    await until(async () => (await visible(folders.itemsToWarehouse)).length === 3);
    await until(async () => (await visible(folders.financeImport)).length === 3);
    const imported = (
      await Promise.all(
        (
          await visible(folders.financeImport)
        ).map((name) => readFile(join(folders.financeImport, name), "utf8")),
      )
    ).flatMap((text) => text.trimEnd().split("\n").slice(1));
    const entries = imported.map((line) => line.split(",")[0]);
    expect(entries.length).toBe(1_199);
    expect(new Set(entries).size).toBe(1_199);
    expect(entries).not.toContain("JE-700");
    const { rows: totals } = await db.pool.query(
      "select file, records, published, no_change, refused from batch order by file",
    );
    expect(totals).toEqual([
      { file: "2019.csv", records: "1200", published: "1199", no_change: "0", refused: "1" },
      { file: "monday.csv", records: "2", published: "2", no_change: "0", refused: "0" },
      { file: "tuesday.csv", records: "2", published: "1", no_change: "1", refused: "0" },
    ]);
  } finally {
    await dock?.stop();
    await db.drop();
    await rm(root, { recursive: true });
  }
}, 60_000);

const solutionOf = ({ flows = [], contracts = [] }: ReturnType<typeof batches>) => ({ flows, contracts });
const visible = async (folder: string) => (await readdir(folder)).filter((name) => !name.startsWith("."));
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await holds()); await new Promise((go) => setTimeout(go, 50)))
    if (Date.now() > end) throw new Error("It did not come true within twenty seconds.");
}
