/**
 * Large files on a real PostgreSQL with real folders: totals add up, nothing is doubled, nothing is lost, and a bad record
 * stops nobody.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Type from "typebox";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { csvRecords } from "../codecs/csv/codec.ts";
import { json } from "../codecs/json/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { file } from "../connectors/file/connector.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { toBytes } from "../std/bytes.ts";
import { Refused } from "../std/errors.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { type BatchView, batches, exceptionGroups, refusedRecords } from "../trace/index.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const Text = Type.String({ minLength: 1 });
const Amount = Type.String({ pattern: "^-?[0-9]+\\.[0-9]{2}$" });
const ItemAligned = event({
  name: "master.item-aligned",
  version: 1,
  owner: "master data",
  summary: "An item is as the ERP says.",
  criticality: "C3",
  data: Type.Object({ sku: Text, name: Text }),
  keys: { item: "sku" },
  sample: { sku: "P-1", name: "Pump" },
});
const Line = Type.Object({ account: Text, amount: Amount });
const LinesMoved = event({
  name: "finance.ledger-lines-moved",
  version: 1,
  owner: "finance",
  summary: "Lines of the old ledger.",
  criticality: "C1",
  data: Type.Object({ transfer: Text, lines: Type.Array(Line) }),
  keys: { transfer: "transfer" },
  sample: { transfer: "ledger/1-500", lines: [{ account: "4000", amount: "1.00" }] },
});

let db: FreshDatabase;
let root: string;
let dock: Dock;
let refuses: (text: string) => boolean = () => false;
const delivered: string[] = [];

const shelf = connector({
  name: "shelf",
  summary: "Keeps what it is given, unless the test says no.",
  config: Type.Object({}),
  guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
  open: async () => ({
    async deliver({ body, key }) {
      const text = Buffer.from(body).toString();
      if (refuses(text)) throw new Refused("The shelf does not want it.");
      delivered.push(text);
      return { reference: key };
    },
    probe: async () => undefined,
    close: async () => undefined,
  }),
});

const inbox = (name: string) => join(root, name);
const drop = async (folder: string, name: string, text: string) => {
  await writeFile(join(inbox(folder), `.${name}.tmp`), text);
  await rename(join(inbox(folder), `.${name}.tmp`), join(inbox(folder), name));
};

const open = (worker?: string) => {
  const mailbox = (name: string) =>
    connection(name, file, { config: { inbox: inbox(name), pollMs: 20, settleMs: 0 } });
  return start({
    database: db.url,
    ...(worker && { worker }),
    flows: [
      flow("items-in")
        .from(mailbox("items"))
        .records(csvRecords({ columns: ["sku", "name", "active"], delimiter: ";" }))
        .keep("the item is sold no more", ({ active }) => active === "yes")
        .lookUp(
          "item group",
          ({ name }) => [{ table: "item name", system: "erp", value: name }],
          ({ sku, name }, [found]) => ({ sku, name: found ?? name }),
          { optional: true },
        )
        .publishChanges(ItemAligned),
      flow("items-out")
        .on(ItemAligned)
        .deliver(connection("shelf", shelf, { config: {} }), json()),
      flow("ledger-in")
        .from(mailbox("ledger"))
        .records(csvRecords({ columns: ["account", "amount"] }))
        .lookUp(
          "account",
          ({ account }) =>
            account.startsWith("old-") ? [{ table: "account", system: "old", value: account }] : [],
          ({ account, amount }, [found]) => ({ account: found ?? account, amount }),
        )
        .map(function line({ account, amount }) {
          if (!/^-?\d+\.\d\d$/.test(amount)) throw new Error(`${amount} is no amount`);
          return { account, amount };
        })
        .publishTogether(LinesMoved, (lines, { identity, first, last }) => ({
          transfer: `${identity}/${first}-${last}`,
          lines: [...lines],
        })),
    ],
  });
};

beforeAll(async () => {
  db = await freshDatabase();
}, 60_000);
afterAll(() => db.drop());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "crossdock-batches-"));
  await mkdir(inbox("items"));
  await mkdir(inbox("ledger"));
  await db.pool.query(
    "truncate batch, batch_chunk, batch_refused, batch_known, event, arrival, receipt, delivery, exception, cross_reference, worker",
  );
  refuses = () => false;
  delivered.length = 0;
  dock = await open();
});
afterEach(async () => {
  await dock.stop();
  await rm(root, { recursive: true });
});

async function until(
  what: (latest: BatchView) => boolean,
  name?: string,
  withinMs = 20_000,
): Promise<BatchView> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = (await batches(db.pool)).find((one) => name === undefined || one.file === name);
    if (found && what(found)) return found;
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(found)}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}
const settled = ({ state, outcomes }: BatchView) =>
  (state === "finished" || state === "failed") && outcomes.waiting === 0;
const total = ({ outcomes }: BatchView) => Object.values(outcomes).reduce((sum, count) => sum + count, 0);
const NONE = {
  applied: 0,
  waiting: 0,
  held: 0,
  parked: 0,
  givenUp: 0,
  noChange: 0,
  passedOver: 0,
  refused: 0,
};

const items = (count: number, line: (n: number) => string = (n) => `P-${n};Pump ${n};yes`) =>
  `sku;name;active\n${Array.from({ length: count }, (_, n) => `${line(n + 1)}\n`).join("")}`;

test("a file with bad records in the middle ends with totals that add up", async () => {
  refuses = (text) => text.includes('"P-7"');
  await drop(
    "items",
    "items.csv",
    items(1_200, (n) => {
      if (n === 600) return "P-600;one field too many;yes;!";
      if (n === 601) return ";a name and no number;yes";
      if (n % 100 === 0) return `P-${n};Old pump;no`;
      return n === 1_199 ? "P-1;Pump 1;yes" : `P-${n};Pump ${n};yes`;
    }),
  );
  const batch = await until((one) => settled(one) && one.outcomes.parked === 1);
  expect(batch).toMatchObject({ state: "finished", records: 1_200, chunk: 3, file: "items.csv" });
  expect(batch.bytesRead).toBe(batch.bytes);
  expect(batch.outcomes).toEqual({
    ...NONE,
    applied: 1_200 - 2 - 11 - 1 - 1,
    parked: 1,
    noChange: 1,
    passedOver: 11,
    refused: 2,
  });
  expect(total(batch)).toBe(batch.records);
  expect(delivered.length).toBe(batch.outcomes.applied);
  expect(await refusedRecords(db.pool, batch.id, { hidden: false })).toEqual([
    {
      record: 600,
      line: 601,
      reason: "Line 601: expected 3 fields, found 4.",
      readingAgain: false,
      text: "P-600;one field too many;yes;!",
    },
    {
      record: 601,
      line: 602,
      reason: "master.item-aligned v1 is not kept: field sku must not have fewer than 1 characters.",
      readingAgain: false,
      text: ";a name and no number;yes",
    },
  ]);
  const causes = (await exceptionGroups(db.pool, dock.definitions)).filter(
    ({ connection }) => connection === "items",
  );
  expect(causes.map(({ open }) => open)).toEqual([1, 1]);
  expect(await readdir(inbox("items"))).toEqual(["done"]);
});

test("an equal record changes nothing, and the same file again is a duplicate", async () => {
  await drop("items", "monday.csv", items(700));
  await until(settled, "monday.csv");
  await drop(
    "items",
    "tuesday.csv",
    items(700, (n) => (n === 3 ? "P-3;Better pump;yes" : `P-${n};Pump ${n};yes`)),
  );
  const tuesday = await until(settled, "tuesday.csv");
  expect(tuesday.outcomes).toEqual({ ...NONE, applied: 1, noChange: 699 });
  expect(delivered.length).toBe(701);
  await drop(
    "items",
    "tuesday.csv",
    items(700, (n) => (n === 3 ? "P-3;Better pump;yes" : `P-${n};Pump ${n};yes`)),
  );
  await until(() => !existsSync(join(inbox("items"), "tuesday.csv")));
  expect((await batches(db.pool)).length).toBe(2);
  expect(delivered.length).toBe(701);
});

const ledger = (count: number) =>
  `account,amount\n${Array.from({ length: count }, (_, n) => `${4_000 + (n % 10)},${n}.00\n`).join("")}`;
const moved = async (): Promise<string[]> => {
  const { rows } = await db.pool.query(
    "select data from event where contract = 'finance.ledger-lines-moved'",
  );
  return rows.flatMap(({ data }) => JSON.parse(data).lines.map((line: { amount: string }) => line.amount));
};

test("a stop in the middle goes on at the checkpoint without a doubled or lost line", async () => {
  const lines = 20_000;
  await drop("ledger", "history.csv", ledger(lines));
  await until(({ records }) => records >= 2_000);
  await dock.stop();
  const between = await until(() => true);
  expect(between.state).toBe("running");
  expect(between.records).toBeGreaterThan(0);
  dock = await open();
  const batch = await until(settled);
  expect(batch).toMatchObject({ state: "finished", records: lines });
  expect(batch.outcomes).toEqual({ ...NONE, applied: lines });
  const amounts = await moved();
  expect(amounts.length).toBe(lines);
  expect(new Set(amounts).size).toBe(lines);
});

test("two workers that look into one folder read a file once, and a stale one writes nothing", async () => {
  const second = await open("second");
  try {
    await drop("ledger", "history.csv", ledger(10_000));
    await until(({ records }) => records > 0);
    // As if the second had thought the first dead: whoever reads now is fenced off.
    await db.pool.query(
      "update batch set worker = case worker when 'second' then 'nobody' else 'second' end",
    );
    const batch = await until(settled);
    expect(batch.outcomes).toEqual({ ...NONE, applied: 10_000 });
    const amounts = await moved();
    expect([amounts.length, new Set(amounts).size]).toEqual([10_000, 10_000]);
  } finally {
    await second.stop();
  }
});

test("refused records go in when they are read again after the cause is mended", async () => {
  await drop("ledger", "history.csv", `${ledger(900)}old-1,900.00\nold-2,901.00\n4000,many\n`);
  const before = await until(settled);
  expect(before.outcomes).toEqual({ ...NONE, applied: 900, refused: 3 });
  expect((await exceptionGroups(db.pool, dock.definitions)).map(({ open }) => open)).toEqual([1, 1]);
  await db.pool.query(
    "insert into cross_reference (entity, system, external, canonical) values ('account', 'old', 'old-1', '4001'), ('account', 'old', 'old-2', '4002')",
  );
  const maria = { name: "maria", reason: "The accounts are known now." };
  expect(await dock.decideBatch(before.id, "read refused again", maria)).toBe(true);
  const after = await until(({ readingAgain, outcomes }) => !readingAgain && outcomes.waiting === 0);
  expect(after.outcomes).toEqual({ ...NONE, applied: 902, refused: 1 });
  expect(
    (await refusedRecords(db.pool, after.id, { hidden: false })).map(({ record, text }) => [record, text]),
  ).toEqual([[903, "4000,many"]]);
  expect(new Set(await moved()).size).toBe(902);
  expect((await exceptionGroups(db.pool, dock.definitions)).map(({ open }) => open)).toEqual([1]);
  const { rows } = await db.pool.query("select actor, action from audit order by id desc limit 1");
  expect(rows).toEqual([{ actor: "maria", action: "read refused again batch" }]);
});

test("a paused batch stands still until a person resumes it, and one given up is set aside", async () => {
  const maria = { name: "maria" };
  await drop("ledger", "history.csv", ledger(30_000));
  const running = await until(({ records }) => records > 0);
  expect(await dock.decideBatch(running.id, "pause", maria)).toBe(true);
  expect(await dock.decideBatch(running.id, "pause", maria)).toBe(false);
  const paused = await until(({ state }) => state === "paused");
  await new Promise((go) => setTimeout(go, 300));
  const still = await until(({ state }) => state === "paused");
  expect(still.records).toBeLessThanOrEqual(paused.records + 1_000);
  expect(still.records).toBeLessThan(30_000);
  expect(await dock.decideBatch(running.id, "resume", maria)).toBe(true);
  expect(await until(settled)).toMatchObject({ state: "finished", records: 30_000 });
  expect(new Set(await moved()).size).toBe(30_000);

  await drop("ledger", "second.csv", ledger(30_001));
  const second = await until(({ records }) => records > 0, "second.csv");
  await dock.decideBatch(second.id, "give up", maria);
  const gone = await until(settled, "second.csv");
  expect(gone).toMatchObject({ state: "failed", reason: "Given up by maria." });
  await until(() => existsSync(join(inbox("ledger"), "quarantine", "second.csv.reason.txt")));
});

test("a file that was replaced while it was read is refused, and what was read stays", async () => {
  await drop("ledger", "history.csv", ledger(30_000));
  await until(({ records }) => records > 0);
  await dock.stop();
  await writeFile(join(inbox("ledger"), "history.csv"), ledger(10).replace("4000", "4999"));
  dock = await open();
  const batch = await until(settled);
  expect(batch.state).toBe("failed");
  expect(batch.reason).toBe(
    `The file was replaced by other content after ${batch.records} records were read.`,
  );
  await until(() => existsSync(join(inbox("ledger"), "quarantine", "history.csv.reason.txt")));
  expect((await moved()).length).toBe(batch.records);
});

test("a file whose header is another one is refused whole, with the reason beside it", async () => {
  await drop("items", "wrong.csv", "number;name;active\nP-1;Pump;yes\n");
  expect(await until(settled)).toMatchObject({ state: "failed", records: 0 });
  const reason = join(inbox("items"), "quarantine", "wrong.csv.reason.txt");
  await until(() => existsSync(reason));
  expect(await readFile(reason, "utf8")).toMatch(
    /^Line 1: expected the columns sku, name, active, found "number"/,
  );
});

test("a small file handed in by a program is read record by record as well", async () => {
  const body = toBytes(items(3, (n) => (n === 2 ? "P-2" : `P-${n};Pump;yes`)));
  const accepted = await dock.accept("items-in", { messageId: "small", body });
  expect(accepted.outcome).toBe("accepted");
  const { rows } = await db.pool.query("select key from event where contract = $1 order by position", [
    ItemAligned.name,
  ]);
  expect(rows.map(({ key }) => key)).toEqual(["item/P-1", "item/P-3"]);
});
