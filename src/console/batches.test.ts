/** Batches as people see them: the console's answers, its buttons and its page, over a real file and a real dock. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import { program } from "../cli/main.ts";
import { csvRecords } from "../codecs/csv/codec.ts";
import { connection } from "../connectors/connector.ts";
import { file } from "../connectors/file/connector.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import type { Dock } from "../runtime/dock.ts";
import { start } from "../runtime/start.ts";
import { builtConsole, CHROMIUM } from "../testing/console-build.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { rememberingTerminal } from "../testing/terminal.ts";
import type { BatchView, SystemView } from "../trace/index.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import * as shapes from "./shapes-batches.ts";

const Text = Type.String({ minLength: 1 });
const ItemAligned = event({
  name: "master.item-aligned",
  version: 1,
  owner: "master data",
  summary: "An item is as the ERP says.",
  criticality: "C3",
  data: Type.Object({ sku: Text, name: Type.String({ minLength: 1, personal: true }) }),
  keys: { item: "sku" },
  sample: { sku: "P-1", name: "Pump" },
});

let db: FreshDatabase;
let root: string;
let dock: Dock;
let open: OpenConsole;

beforeAll(async () => {
  db = await freshDatabase();
  root = await mkdtemp(join(tmpdir(), "crossdock-batch-console-"));
  await mkdir(join(root, "in"));
  const rows = Array.from({ length: 1_000 }, (_, n) => (n === 499 ? "P-500;" : `P-${n + 1};Pump`));
  await writeFile(join(root, "in", "items.csv"), `sku;name\n${rows.join("\n")}\n`);
  const folder = existsSync(CHROMIUM) ? await builtConsole() : undefined;
  const mailbox = connection("erp-items", file, {
    title: "ERP item master",
    config: { inbox: join(root, "in"), pollMs: 20, settleMs: 0 },
  });
  dock = await start({
    database: db.url,
    flows: [
      flow("items-in")
        .from(mailbox)
        .records(csvRecords({ columns: ["sku", "name"], delimiter: ";" }))
        .publishChanges(ItemAligned),
    ],
  });
  open = await openConsole({
    dock,
    port: 0,
    settings: { ...(folder === undefined ? {} : { folder }), actor: "maria" },
  });
}, 120_000);
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
  await rm(root, { recursive: true, force: true });
});

const read = async <Answer>(path: string) =>
  (await (await fetch(new URL(`/api${path}`, open.url))).json()) as Answer;
const finished = async (): Promise<BatchView> => {
  for (const end = Date.now() + 15_000; ; await new Promise((go) => setTimeout(go, 50))) {
    const { batches } = await read<{ batches: BatchView[] }>("/batches");
    if (batches[0]?.state === "finished" && batches[0].outcomes.waiting === 0) return batches[0];
    if (Date.now() > end) throw new Error(`It did not finish: ${JSON.stringify(batches)}`);
  }
};

test("list and one batch keep their published shapes and name the refused record", async () => {
  const one = await finished();
  for (const [shape, path] of [
    [shapes.Batches, "/batches"],
    [shapes.Batch, `/batches/${one.id}`],
  ] as const)
    expect([...Compile(shape).Errors(await read(path))].map(({ instancePath }) => instancePath)).toEqual([]);
  expect(one.outcomes).toMatchObject({ applied: 999, refused: 1 });
  expect((await read<{ refused: object[] }>(`/batches/${one.id}`)).refused).toEqual([
    {
      record: 500,
      line: 501,
      reason: "master.item-aligned v1 is not kept: field name must not have fewer than 1 characters.",
      readingAgain: false,
      text: "••••",
    },
  ]);
  expect((await fetch(new URL("/api/batches/00000000-0000-0000-0000-000000000000", open.url))).status).toBe(
    404,
  );
});

test("what a refused record says is hidden where its contract hides something, and shown for a reason that is kept", async () => {
  const { id } = await finished();
  const { token } = await read<{ token: string }>("/session");
  const reveal = async (body: object) => {
    const answer = await fetch(new URL(`/api/batches/${id}/reveal`, open.url), {
      method: "POST",
      headers: { "content-type": "application/json", "x-crossdock-token": token },
      body: JSON.stringify(body),
    });
    return { status: answer.status, said: (await answer.json()) as { refused?: { text: string }[] } };
  };
  expect((await reveal({})).status).toBe(400);
  expect((await reveal({ reason: "" })).status).toBe(400);
  const { status, said } = await reveal({ reason: "The sender asks which." });
  expect([status, said.refused?.map(({ text }) => text)]).toEqual([200, ["P-500;"]]);
  const { rows } = await db.pool.query("select actor, action, subject, reason, facts::text from audit");
  const facts = '{"records":[500]}';
  const reason = "The sender asks which.";
  expect(rows).toEqual([
    { actor: "maria", action: "see personal data", subject: `batch/${id}`, reason, facts },
  ]);
});

test("a button that fits the state is taken and audited; one that does not is answered with 409", async () => {
  const { id } = await finished();
  const { token } = await read<{ token: string }>("/session");
  const decide = (body: object) =>
    fetch(new URL(`/api/batches/${id}/decide`, open.url), {
      method: "POST",
      headers: { "content-type": "application/json", "x-crossdock-token": token },
      body: JSON.stringify(body),
    });
  expect((await decide({ verdict: "pause" })).status).toBe(409);
  expect((await decide({ verdict: "drop everything" })).status).toBe(400);
  expect((await decide({ verdict: "read refused again", reason: "Just to see." })).status).toBe(200);
  const { rows } = await db.pool.query(
    "select actor, action, subject, reason from audit where action like '%batch'",
  );
  expect(rows).toEqual([
    { actor: "maria", action: "read refused again batch", subject: `batch/${id}`, reason: "Just to see." },
  ]);
});

test("the command line lists them and shows one with totals and places", async () => {
  const { id } = await finished();
  const say = async (...args: string[]) => {
    const terminal = rememberingTerminal();
    await program(terminal).parseAsync(["batches", ...args, "--database-url", db.url], { from: "user" });
    return terminal.said();
  };
  const list = await say();
  expect(list).toContain("items.csv");
  expect(list).toContain("100%");
  const one = await say(id.slice(0, 13));
  expect(one).toMatch(/applied\s+999 {2}nothing they caused is open/);
  expect(one).toContain("record 500, line 501: master.item-aligned v1 is not kept");
  expect(one).not.toContain("P-500");
  const { batch } = JSON.parse(await say("items.csv", "--json"));
  expect(batch.id).toBe(id);
});

test("a mailbox whose folder is gone is down on its page and on Home, with the folder and what to do, until it is back", async () => {
  const seen = async () => {
    const { system } = await read<{ system: SystemView }>("/systems/erp-items");
    return { state: system.state, isUnheard: system.isUnheard, because: system.because };
  };
  await finished();
  expect(await seen()).toEqual({ state: "unknown", isUnheard: false, because: null });
  await rename(join(root, "in"), join(root, "gone"));
  const because = `The inbox ${join(root, "in")} cannot be read. Make the folder, let Crossdock's user read it, or correct the connection's inbox.`;
  await expect.poll(seen).toEqual({ state: "down", isUnheard: true, because });
  await expect
    .poll(async () => (await read<{ step: { sentence: string } }>("/home")).step.sentence)
    .toContain(because);
  await rename(join(root, "gone"), join(root, "in"));
  await expect.poll(seen).toEqual({ state: "unknown", isUnheard: false, because: null });
});

test.skipIf(!existsSync(CHROMIUM))(
  "the page shows progress, totals and refused records, and asks before reading again",
  async () => {
    await finished();
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(open.url);
      await page.getByRole("link", { name: "Batches" }).click();
      await page.getByRole("link", { name: "items.csv" }).click();
      await page.getByRole("heading", { name: "1,000 records" }).waitFor();
      await page.getByText("Record 500, line 501").waitFor();
      expect(await page.getByRole("row", { name: /^Applied/ }).innerText()).toContain("999");
      await page.getByRole("button", { name: "Read refused again…" }).click();
      await page.getByRole("button", { name: "Read again", exact: true }).click();
      await page.getByText("Accepted. The batch shows what became of it.").first().waitFor();
      if (process.env.CROSSDOCK_PICTURES)
        await page.screenshot({ path: join(process.env.CROSSDOCK_PICTURES, "batch.png"), fullPage: true });
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
  60_000,
);
