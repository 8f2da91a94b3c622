/** What takes two people, over HTTP, on a real dock, with real deliveries. What an administrator does is told in `administration.fixtures.ts`. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { codeOf, stepAt } from "../rights/one-time-codes.ts";
import { EVERYWHERE } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { Browser, PASSWORD, signInAs } from "../testing/console-browser.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { administration, decide, LOCAL_KEY, path, short } from "./administration.fixtures.ts";
import { type OpenConsole, openConsole } from "./console.ts";

const MAIN = join(import.meta.dirname, "../cli/main.ts");
let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
let lars: Browser;
let kim: Browser;
let chris: Browser;
/** Unclear deliveries, one a test. */
let unclear: string[];

beforeAll(async () => {
  db = await freshDatabase();
  const small = await smallDock(db.url);
  dock = small.dock;
  open = await openConsole({
    dock,
    port: 0,
    settings: {
      localKey: LOCAL_KEY,
      pepper: "a pepper of the test",
      sealingKey: "the sealing key of this test, long",
      told: { name: "Test", workers: 2 },
      release: { name: "1.4.0", developers: ["Chris"] },
    },
  });
  const orders = Array.from({ length: 12 }, (_, number) => number + 1);
  for (const number of orders) await small.order(number, "LOST");
  await small.post("JE-7", "ME-07", "2026-01-15");
  [lars, kim, chris] = await Promise.all([
    signInAs(open.url, db.pool, "lars", ["logistics"]),
    signInAs(open.url, db.pool, "kim", ["controller"]),
    signInAs(open.url, db.pool, "chris", ["controller"]),
  ]);
  await vi.waitFor(
    async () => {
      const { rows } = await db.pool.query<{ key: string }>(
        "select subject as key from exception where class = 'unclear outcome' and resolved_at is null order by id",
      );
      unclear = rows.map(({ key }) => key);
      expect(unclear).toHaveLength(orders.length);
    },
    { timeout: 15_000 },
  );
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

const state = async (key: string) =>
  (
    await db.pool.query<{ status: string; reference: string | null }>(
      "select status, reference from delivery where key = $1",
      [key],
    )
  ).rows[0]!;
const open_ = async (who: Browser) =>
  (
    (await who.request("GET", "/approvals")).body.approvals as {
      id: string;
      verdict: string | null;
      mayDecide: boolean;
    }[]
  ).filter(({ verdict }) => verdict === null);

test("what somebody says was booked waits for a second person, and is done once when that person agrees", async () => {
  const key = unclear.pop()!;
  const body = { booked: "4509999", reason: "Found it in the ERP." };
  const asked = await lars.request("POST", path(key, "settle"), body);
  expect([asked.status, asked.body.done]).toEqual([202, false]);
  expect(asked.body.detail).toMatch(
    /^This takes a second person: Say that “Post sales order” of SO-\d+ to ERP was booked as 4509999\./,
  );
  expect((await lars.request("POST", path(key, "settle"), body)).body.waiting).toBe(asked.body.waiting);
  expect((await state(key)).status).toBe("parked");

  expect(short(await decide(lars, asked.body.waiting, "approved"))).toEqual([403, "Not allowed"]);
  expect((await open_(lars)).map(({ mayDecide }) => mayDecide)).toEqual([false]);
  const both = await Promise.all([
    decide(kim, asked.body.waiting, "approved"),
    decide(chris, asked.body.waiting, "approved"),
  ]);
  expect(both.map(short).toSorted()).toEqual([
    [200, true],
    [409, "Changed meanwhile"],
  ]);
  await expect
    .poll(() => state(key), { timeout: 10_000 })
    .toEqual({ status: "applied", reference: "4509999" });
  // A console that stopped between the word and the deed leaves no answer; that is said, and not taken for done.
  await db.pool.query(
    "update approval_request set outcome = null, decided_at = decided_at - interval '2 minutes' where id = $1",
    [asked.body.waiting],
  );
  const { approvals } = (await kim.request("GET", "/approvals")).body as {
    approvals: { id: string; outcome: string | null }[];
  };
  expect(approvals.find(({ id }) => id === asked.body.waiting)?.outcome).toMatch(
    /^Nobody knows whether it was/,
  );
  const { rows } = await db.pool.query("select actor, reason from audit where subject = $1", [key]);
  expect(rows).toEqual([
    {
      actor: "lars",
      reason: expect.stringMatching(
        /^Found it in the ERP\. Approved by (kim|chris), request [0-9a-f-]{36}\.$/,
      ),
    },
  ]);
});

test("a bulk act that needs two waits as a request like any other, bound to what was frozen, and runs when the second agrees", async () => {
  const applied = await db.pool.query<{ key: string; correlation: string }>(
    "select key, correlation from delivery where status = 'applied' and sent_as = 1 limit 1",
  );
  const { key, correlation } = applied.rows[0]!;
  const place = "insert into business_key (value, type, correlation) values ('LYON', 'plant', $1)";
  await db.pool.query(place, [correlation]);
  const controls = (id: string, plant: string) =>
    signInAs(open.url, db.pool, id, ["controller"], { ...EVERYWHERE, plants: [plant] });
  const [lea, ute] = await Promise.all([controls("lea", "LYON"), controls("ute", "ULM")]);
  const frozen = await kim.request("POST", "/selections", {
    act: "as new",
    chosen: { subjects: [key] },
    reason: "The customer lost it.",
  });
  const { id, digest } = frozen.body as { id: string; digest: string };
  const begin = (who = kim) => who.request("POST", `/selections/${id}/decide`, { word: "run" });
  // Somebody else may ask for what she chose, but her own word is not the second one.
  const { waiting: others } = (await begin(chris)).body;
  const own = await decide(kim, others, "approved");
  expect([own.status, own.body.detail]).toEqual([403, expect.stringContaining("changed or chose")]);
  expect((await decide(chris, others, "withdrawn")).status).toBe(200);
  const asked = await begin();
  expect([asked.status, asked.body.detail]).toEqual([
    202,
    expect.stringMatching(
      /^This takes a second person: Run “as new” on 1 of 1 items.*: The customer lost it\. Sending again as new makes a second document\./,
    ),
  ]);
  expect((await begin()).body.waiting).toBe(asked.body.waiting);
  expect(short(await decide(kim, asked.body.waiting, "approved"))).toEqual([403, "Not allowed"]);
  const { approvals } = (await lea.request("GET", "/approvals")).body as unknown as {
    approvals: { id: string; state: object }[];
  };
  expect(approvals.find((one) => one.id === asked.body.waiting)!.state).toMatchObject({
    selection: id,
    digest,
    waiting: 1,
    frozenBy: "kim",
    sample: [{ subject: key, would: expect.stringContaining("second document") }],
  });
  // All of it lies in one plant: its controller may agree, that of another is told of nothing.
  expect(await open_(ute)).toEqual([]);
  expect(short(await decide(ute, asked.body.waiting, "approved"))).toEqual([404, "Not found"]);
  expect(short(await decide(lea, asked.body.waiting, "approved"))).toEqual([200, true]);
  await expect
    .poll(async () => (await kim.request("GET", `/selections/${id}`)).body, { timeout: 10_000 })
    .toMatchObject({
      state: "finished",
      approvedBy: "lea",
      runBy: "kim",
      totals: { selected: 1, waiting: 0 },
    });
});

test("a request is void when what it is about has changed, and ends after its time", async () => {
  const [key, other] = [unclear.pop()!, unclear.pop()!];
  const asked = await lars.request("POST", path(key, "settle"), { booked: "1", reason: "Seen." });
  await db.pool.query("update delivery set attempts = attempts + 1 where key = $1", [key]);
  expect(short(await decide(kim, asked.body.waiting, "approved"))).toEqual([409, "Changed meanwhile"]);
  expect((await state(key)).status).toBe("parked");
  const { rows } = await db.pool.query("select verdict from approval_request where id = $1", [
    asked.body.waiting,
  ]);
  expect(rows).toEqual([{ verdict: "void" }]);

  const late = await lars.request("POST", path(other, "cancel"), { reason: "Ordered twice." });
  await db.pool.query("update approval_request set ends_at = clock_timestamp() where id = $1", [
    late.body.waiting,
  ]);
  expect(short(await decide(kim, late.body.waiting, "approved"))).toEqual([410, "Too late"]);
  expect((await state(other)).status).toBe("parked");
});

test("nobody approves what they asked for, what is outside their rights, by a command, or long after they proved who they are", async () => {
  const key = unclear.pop()!;
  const asked = await kim.request("POST", path(key, "cancel"), { reason: "The customer withdrew it." });
  const { waiting } = asked.body;
  expect(short(await decide(kim, waiting, "approved"))).toEqual([403, "Not allowed"]);
  expect(short(await decide(lars, waiting, "approved"))).toEqual([404, "Not found"]);
  const adam = await signInAs(open.url, db.pool, "adam", ["administrator", "viewer"]);
  expect(short(await decide(adam, waiting, "approved"))).toEqual([404, "Not found"]);
  const plant = await signInAs(open.url, db.pool, "pia", ["controller"], { ...EVERYWHERE, plants: ["LYON"] });
  expect(short(await decide(plant, waiting, "approved"))).toEqual([404, "Not found"]);
  expect((await open_(plant)).map(({ id }) => id)).not.toContain(waiting);
  const command = new Browser(open.url);
  const header = { authorization: `Bearer ${LOCAL_KEY}`, "x-crossdock-person": "chris" };
  const byCommand = await command.request(
    "POST",
    `/approvals/${waiting}/decide`,
    { verdict: "approved" },
    header,
  );
  expect(byCommand.status).toBe(404);
  for (const forged of ["guess", `guess ${waiting} kim`]) {
    const answer = await command.request(
      "POST",
      path(key, "cancel"),
      { reason: "x" },
      { "x-crossdock-approved": forged },
    );
    expect(answer.status).toBe(401);
  }

  await db.pool.query(
    "update console_session set proven_at = clock_timestamp() - interval '6 minutes' where person = 'chris'",
  );
  expect(short(await decide(chris, waiting, "approved"))).toEqual([403, "Prove it is you"]);
  expect((await chris.request("POST", "/prove", { password: "wrong wrong wrong" })).status).toBe(403);
  expect((await chris.request("POST", "/prove", { password: PASSWORD })).status).toBe(200);
  expect(short(await decide(chris, waiting, "approved"))).toEqual([200, true]);
  // It is decided now, and carried out by the worker a moment later.
  await expect.poll(async () => (await state(key)).status, { timeout: 5_000 }).toBe("cancelled");
});

test("opening a period that was closed takes two; closing one, and announcing it, does not", async () => {
  const say = async (who: Browser, status: string) => {
    const said = await who.request("POST", "/periods/ME-07/2026-01", {
      status,
      reason: "An invoice came late.",
    });
    return { status: said.status, waiting: said.body.waiting };
  };
  expect((await say(kim, "soft-closed")).status).toBe(200);
  expect((await say(kim, "open")).status).toBe(200);
  expect((await say(kim, "closed")).status).toBe(200);
  const { status, waiting } = await say(kim, "open");
  expect(status).toBe(202);
  const standing = async () =>
    (await kim.request("GET", "/periods/ME-07/2026-01-15")).body as { status: string; mayDecide: boolean };
  expect(await standing()).toMatchObject({ status: "closed", mayDecide: true });
  expect((await decide(kim, waiting, "approved")).status).toBe(403);
  // A ledger is its entity's: whose controller may agree, and nobody else's.
  const controls = (id: string, entity: string) =>
    signInAs(open.url, db.pool, id, ["controller"], { ...EVERYWHERE, entities: [entity] });
  const [me07, me08] = await Promise.all([controls("mia", "ME-07"), controls("mel", "ME-08")]);
  expect(await open_(me08)).toEqual([]);
  expect((await decide(me08, waiting, "approved")).status).toBe(404);
  expect(await open_(me07)).toEqual([expect.objectContaining({ id: waiting, mayDecide: true })]);
  expect((await decide(me07, waiting, "approved")).status).toBe(200);
  expect(await standing()).toMatchObject({ status: "open" });
});

test("whoever corrected a document last, or developed what mapped it, is not the second person for it", async () => {
  const key = unclear[0]!;
  await db.pool.query(
    "insert into correction (delivery, version, data, contract_version, changed, by) values ($1, 1, '{}', 1, '[]', 'chris')",
    [key],
  );
  await db.pool.query("update delivery set corrected = 1 where key = $1", [key]);
  const asked = await lars.request("POST", path(key, "cancel"), { reason: "The customer left." });
  expect(asked.status).toBe(202);
  expect((await decide(chris, asked.body.waiting, "approved")).status).toBe(403);
  expect((await open_(chris)).find(({ id }) => id === asked.body.waiting)?.mayDecide).toBe(false);
  expect((await decide(kim, asked.body.waiting, "declined")).status).toBe(200);

  // Nor is, for a day, whoever developed what mapped it; of what was not corrected he still is.
  await db.pool.query("update correction set by = 'lars' where delivery = $1", [key]);
  const later = await lars.request("POST", path(key, "cancel"), { reason: "The customer left after all." });
  const his = await decide(chris, later.body.waiting, "approved");
  expect([his.status, his.body.detail]).toEqual([
    403,
    expect.stringContaining("You developed release 1.4.0"),
  ]);
  const mayDecide = async () => (await open_(chris)).find(({ id }) => id === later.body.waiting)?.mayDecide;
  expect(await mayDecide()).toBe(false);
  await db.pool.query("update release set first_at = first_at - interval '24 hours'");
  expect(await mayDecide()).toBe(true);
  expect((await decide(kim, later.body.waiting, "declined")).status).toBe(200);
  await db.pool.query("update delivery set corrected = 0 where key = $1", [key]);
});

test("a request is declined with words, or withdrawn by whoever asked", async () => {
  const [first, second] = [unclear.pop()!, unclear.pop()!];
  const one = await lars.request("POST", path(first, "settle"), { booked: null, reason: "Not there." });
  expect(short(await decide(kim, one.body.waiting, "withdrawn"))).toEqual([403, "Not allowed"]);
  expect(short(await decide(kim, one.body.waiting, "declined", "I see it as 4501."))).toEqual([200, true]);
  const two = await lars.request("POST", path(second, "settle"), { booked: null, reason: "Not there." });
  expect(short(await decide(lars, two.body.waiting, "withdrawn"))).toEqual([200, true]);
  expect([(await state(first)).status, (await state(second)).status]).toEqual(["parked", "parked"]);
});

test("whoever lost the right meanwhile does nothing, whoever approves", async () => {
  const key = unclear.pop()!;
  const temporary = await signInAs(open.url, db.pool, "tom", ["finance"]);
  const asked = await temporary.request("POST", path(key, "settle"), { booked: "7", reason: "Seen." });
  await db.pool.query("delete from role_grant where person = 'tom'");
  expect(short(await decide(kim, asked.body.waiting, "approved"))).toEqual([403, "Not allowed"]);
  expect((await state(key)).status).toBe("parked");
});

test("an approval that races with a change of what it is about is either executed as approved, or not at all", async () => {
  const key = unclear.pop()!;
  for (let round = 0; round < 10; round++) {
    const asked = await lars.request("POST", path(key, "settle"), { booked: `R-${round}`, reason: "Seen." });
    const [, decided] = await Promise.all([
      db.pool.query("update delivery set attempts = attempts + 1 where key = $1", [key]),
      decide(kim, asked.body.waiting, "approved"),
    ]);
    // What was said is carried out by the worker that holds the lane, a moment later.
    if (decided.status === 200) await expect.poll(async () => (await state(key)).status).toBe("applied");
    const { status } = await state(key);
    // Either the approval came first and was executed for what was approved, or nothing was done.
    expect(decided.status === 200).toBe(status === "applied");
    if (status === "applied") break;
  }
});

test("the command line asks, is told that it takes another person, and lets that person in by password and code", async () => {
  const key = unclear.pop()!;
  const data = mkdtempSync(join(tmpdir(), "crossdock-approvals-"));
  const place = {
    pid: process.pid,
    pidStarted: null,
    data,
    configuration: join(data, "crossdock.config.ts"),
  };
  const run = { version: 1, command: "dev", startedAt: "", state: "ready", ...place };
  writeFileSync(
    join(data, "run.json"),
    JSON.stringify({ ...run, database: db.url, console: open.url, localKey: LOCAL_KEY }),
  );
  const shows = (secret: string, by: number) => codeOf(secret, stepAt(Date.now() / 1_000) + by);
  /** `answers`: what is typed once something was shown, as somebody with an app does. */
  const xd = (args: readonly string[], input = "", answers: (shown: string) => string | null = () => "") =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, ["--conditions=source", MAIN, ...args, "--data", data]);
      const said = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const)
        child[stream].on("data", (chunk: Buffer) => {
          said[stream] += chunk.toString();
          const answer = answers(said.stderr);
          if (answer !== null && !child.stdin.writableEnded) child.stdin.end(answer);
        });
      child.on("close", (status) => resolve({ status, ...said }));
      child.stdin.write(input);
      const answer = answers("");
      if (answer !== null) child.stdin.end(answer);
    });
  try {
    const asked = await xd(["settle", key, "--booked", "4500777", "--because", "Seen in the ERP."]);
    expect([asked.status, asked.stdout]).toEqual([5, ""]);
    const id = /crossdock approvals show ([0-9a-f-]{36})/.exec(asked.stderr)![1]!;
    const listed = JSON.parse((await xd(["approvals", "--json"])).stdout);
    expect([listed.schema, listed.approvals[0].id]).toEqual(["xd.approvals.list/1", id]);
    const wrong = await xd(["approvals", "yes", id, "--as", "kim"], "wrong wrong wrong\n");
    expect([wrong.status, wrong.stderr]).toEqual([5, expect.stringContaining("do not belong together")]);
    await signInAs(open.url, db.pool, "carla", ["controller"]);
    let secret = "";
    const enrolled = await xd(["people", "enrol", "--as", "carla", "--json"], `${PASSWORD}\n`, (shown) => {
      secret = /secret=([A-Z2-7]{32})/.exec(shown)?.[1] ?? "";
      return secret === "" ? null : `${shows(secret, -1)}\n`;
    });
    expect([enrolled.status, JSON.parse(enrolled.stdout).recoveryCodes]).toEqual([
      0,
      expect.arrayContaining([expect.stringMatching(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/)]),
    ]);
    const right = await xd(
      ["approvals", "yes", id, "--as", "carla", "--comment", "I see it too."],
      `${PASSWORD}\n${shows(secret, 0)}\n`,
    );
    expect([right.status, right.stdout]).toEqual([0, `✔ ${id} is approved, and done.\n`]);
    await expect
      .poll(() => state(key), { timeout: 10_000 })
      .toEqual({ status: "applied", reference: "4500777" });
  } finally {
    rmSync(data, { recursive: true });
  }
});

administration(() => ({ db, open, lars, kim, chris, unclear }));
