/** The command line on a running dock: a cause is corrected, one first; what would be done can be looked at; people are managed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenConsole } from "../../console/console.ts";
import type { Dock } from "../../runtime/dock.ts";
import type { FreshDatabase } from "../../testing/database.ts";
import { type SmallSite, smallSite } from "../../testing/small-site.ts";
import { exceptionGroups } from "../../trace/index.ts";
import { EXIT } from "../exit.ts";

let site: SmallSite;
let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
let xd: SmallSite["xd"];
let cause: string;

beforeAll(async () => {
  site = await smallSite();
  ({ db, dock, open, xd } = site);
  for (const number of [1, 2, 3, 4]) await site.order(number, "UNKNOWN", "100.00");
});
afterAll(() => site.close());

const FIX = ["--set", "lines[].item=PUMP-100", "--was", "UNKNOWN"];

test("a dry run shows what would be sent, and does nothing", async () => {
  await expect
    .poll(async () => (await exceptionGroups(db.pool, dock.definitions))[0]?.open, { timeout: 10_000 })
    .toBe(4);
  cause = (await exceptionGroups(db.pool, dock.definitions))[0]!.id;
  const looked = await xd(["ex", "fix", cause, ...FIX, "--dry-run", "--json"]);
  const said = JSON.parse(looked.out) as { selection: { totals: { waiting: number } }; items: unknown[] };
  expect([looked.exit, said.selection.totals.waiting, said.items.length]).toEqual([EXIT.done, 4, 4]);
  const paused = await xd(["sys", "pause", "erp", "--because", "Release.", "--dry-run"]);
  expect(paused).toEqual({
    exit: EXIT.done,
    out: 'Would ask the console: POST /api/systems/erp/decide {"verdict":"pause","until":null,"reason":"Release."}',
    notes: "crossdock: Nothing was done.",
  });
  expect((await db.pool.query("select from pause")).rowCount).toBe(0);
});

test("without a terminal it ends after the one that was tried, and says how to go on", async () => {
  const { exit, out, notes } = await xd(["exceptions", "fix", cause, ...FIX, "--because", "Renamed."]);
  const id = /[0-9a-f-]{36}/.exec(out)?.[0];
  expect([exit, out.split("\n")[1]]).toEqual([
    EXIT.done,
    "  1 applied · 0 failed again · 0 left out · 3 waiting",
  ]);
  expect(notes).toContain(`4 items of ${cause}, chosen as ${id}. One is tried first.`);
  expect(notes).toMatch(/✔ order\/SO-\d is confirmed at its target, in .*\.\n/);
  expect(notes).toContain(`Next: crossdock bulk run ${id}   or crossdock exceptions fix with --yes`);
});

test("whoever sits there is asked why, and before the rest", async () => {
  const { exit, out, notes } = await xd(["ex", "fix", cause, ...FIX], ["Renamed in the ERP.", "y"]);
  expect(notes).toContain("Do the other 2 too? [y/N]");
  expect([exit, out.split("\n").slice(1, 2), out.split("\n").at(-1)]).toEqual([
    EXIT.done,
    ["  3 applied · 0 failed again · 0 left out · 0 waiting"],
    expect.stringContaining("Renamed in the ERP."),
  ]);
  expect(notes).toMatch(/\nDone in .*: 3 confirmed, 0 failed again, 0 left out\.$/);
  await expect.poll(async () => (await xd(["ex"])).out).toBe("Nothing needs anyone.");
  const after = await xd(["ex", "show", cause]);
  expect([after.exit, after.notes.split("\n").at(-1)]).toEqual([
    EXIT.notFound,
    `crossdock: Nothing is open of the cause ${cause}.`,
  ]);
});

test("what every act left is shown and written as a file, with the hash of each line", async () => {
  const shown = await xd(["audit", "show", "--person", "nobody-at-all"]);
  expect([shown.exit, shown.notes]).toEqual([EXIT.notFound, "crossdock: No act in the audit fits that."]);
  const csv = (await xd(["audit", "export", "--action", "export audit"])).out.split("\n");
  expect(csv[0]).toContain('"id","at","actor","action","subject","reason","facts","hash"');
});

test("people are added, given a part of the business, and sent away again", async () => {
  expect((await xd(["user", "add", "ted", "Ted Tally"])).out).toBe("✔ ted is added.");
  expect((await xd(["people", "give", "ted", "logistics", "--plant", "LYON"])).out).toBe(
    "✔ ted is logistics operator.",
  );
  expect((await xd(["people", "list"])).out).toContain("logistics (plants LYON)");
  expect((await xd(["people", "give", "ted", "viewr"])).notes).toBe(
    'crossdock: There is no role "viewr". Did you mean viewer?',
  );
  expect((await xd(["people", "invite", "ted"])).out).toContain("/welcome#");
  expect((await xd(["people", "take", "ted", "logistics"])).exit).toBe(EXIT.done);
  expect((await xd(["people", "disable", "ted", "--because", "Left."])).out).toBe("✔ ted is disabled.");
});

test("a page or any number opens in the browser, or is named", async () => {
  expect((await xd(["open", "periods", "--print"])).out).toBe(`${open.url}periods`);
  expect((await xd(["open", "PO-1", "--print"])).out).toBe(`${open.url}d/order/SO-1`);
  expect((await xd(["open", "exeptions", "--print"])).notes).toContain("Did you mean exceptions?");
});
