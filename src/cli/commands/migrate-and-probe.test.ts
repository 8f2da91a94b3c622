/** A site gets a new version of a process: those that can go on under it are moved, each with its outcome. And a system is asked. */
import Type from "typebox";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { json } from "../../codecs/json/codec.ts";
import { connection, connector } from "../../connectors/connector.ts";
import { Moves, ProcessVersions } from "../../console/shapes-processes.ts";
import { SystemProbe } from "../../console/shapes-systems.ts";
import { event } from "../../contracts/contract.ts";
import { flow } from "../../flows/flow.ts";
import { process } from "../../processes/process.ts";
import type { Dock } from "../../runtime/dock.ts";
import { start } from "../../runtime/start.ts";
import { toBytes } from "../../std/bytes.ts";
import { Unavailable } from "../../std/errors.ts";
import { secret } from "../../std/secret.ts";
import { type FreshDatabase, freshDatabase } from "../../testing/database.ts";
import { type Found, found } from "../../testing/small-site.ts";
import { EXIT } from "../exit.ts";

const said = (name: string) =>
  event({
    name,
    version: 1,
    owner: "test",
    summary: "Something about a job.",
    criticality: "C3",
    data: Type.Object({ job: Type.String() }),
    keys: { job: "job" },
    sample: { job: "J-1" },
  });
const [Begun, Checked, Ended] = [said("job.begun"), said("job.checked"), said("job.ended")];
const header = { name: "job", owner: "test", summary: "A job.", keyType: "job" } as const;
const first = process({
  ...header,
  version: 1,
  state: Type.Object({ checks: Type.Integer() }),
  milestones: { begun: {}, checked: {}, ended: {} },
})
  .startsOn(Begun, "job", () => ({ state: { checks: 0 }, reach: "begun" }))
  .when(Checked, "job", ({ checks }) => ({ state: { checks: checks + 1 }, reach: "checked" }))
  .when(Ended, "job", () => ({ reach: "ended", end: "completed" }));
const second = process({
  ...header,
  version: 2,
  state: Type.Object({ checks: Type.Array(Type.String()) }, { additionalProperties: false }),
  milestones: { begun: {}, ended: {} },
  takesOver: { 1: ({ checks }: { checks: number }) => ({ checks: Array(checks).fill("by version 1") }) },
})
  .startsOn(Begun, "job", () => ({ state: { checks: [] }, reach: "begun" }))
  .when(Ended, "job", ({ checks }) => ({
    state: { checks: [...checks, "by version 2"] },
    reach: "ended",
    end: "completed",
  }));

let isAway: Error | undefined;
const shop = connection(
  "shop",
  connector({
    name: "asked",
    summary: "Answers, or not, as the test wants.",
    config: Type.Object({ token: Type.String({ secret: true }) }),
    guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
    open: async () => ({
      async probe() {
        if (isAway) throw isAway;
        return { as: "svc-crossdock", may: ["May read and insert orders."] };
      },
      ask: async () => null,
      close: async () => undefined,
    }),
  }),
  { title: "Web shop", config: { token: secret("env:SHOP_TOKEN") } },
);

let db: FreshDatabase;
let dock: Dock;
let place: Found;
const xd = (...args: string[]) => place.xd(args);
const site = (...processes: (typeof first | typeof second)[]) =>
  start({
    database: db.url,
    contracts: [Begun, Checked, Ended],
    processes,
    flows: [Begun, Checked, Ended].map((contract) =>
      flow(contract.name.replace(".", "-"))
        .from(shop)
        .decode(json<{ job: string }>())
        .expect(contract)
        .publish(contract),
    ),
  });
const tell = (contract: typeof Begun, job: string) =>
  dock.accept(contract.name.replace(".", "-"), {
    messageId: `${contract.name} ${job}`,
    body: toBytes(JSON.stringify({ job })),
  });
const instances = async () =>
  (
    await db.pool.query(
      "select key, version, status, readable(body)->'state' as state from instance order by key",
    )
  ).rows.map(({ key, version, status, state }) => [key, version, status, JSON.stringify(state)]);

beforeAll(async () => {
  vi.stubEnv("SHOP_TOKEN", "the token itself");
  db = await freshDatabase();
});
afterAll(async () => {
  await place?.leave();
  await dock?.stop();
  await db?.drop();
});

test("a dry run says exactly who would move and who stays, and moves nobody", async () => {
  dock = await site(first);
  for (const job of ["J-1", "J-2", "J-3", "J-4"]) await tell(Begun, job);
  await tell(Checked, "J-2");
  await tell(Ended, "J-3");
  await expect
    .poll(async () => (await instances()).map(([key, , status]) => `${key} ${status}`), { timeout: 10_000 })
    .toEqual(["J-1 running", "J-2 running", "J-3 completed", "J-4 running"]);
  await expect
    .poll(async () => (await db.pool.query("select from instance where milestone = 'checked'")).rowCount)
    .toBe(1);
  await dock.stop();
  dock = await site(first, second);
  place = await found(dock, db.url);
  expect(await xd("process", "migrate", "job", "--dry-run")).toEqual({
    exit: EXIT.done,
    out: [
      "job from version 1 to 2",
      "  2 instances can move, 1 cannot",
      "  STAY  SUCH AS  BECAUSE",
      '     1  J-2      job version 2 has no milestone "checked", which it has reached.',
    ].join("\n"),
    notes: "crossdock: Nothing was done.",
  });
  expect((await instances()).map(([, version]) => version)).toEqual([1, 1, 1, 1]);
});

test("those that can are moved with their state taken over, audited one by one, and go on under the new version", async () => {
  const { exit, out } = await xd("process", "migrate", "job", "--yes", "--because", "Release 7.", "--json");
  expect(exit).toBe(EXIT.partly);
  expect(JSON.parse(out)).toEqual({
    schema: "xd.process.migrate/1",
    version: 1,
    process: "job",
    from: 1,
    to: 2,
    moved: 2,
    moves: 0,
    stays: 1,
    ended: 0,
    instances: [
      { key: "J-1", verdict: "moved", because: null },
      {
        key: "J-2",
        verdict: "stays",
        because: 'job version 2 has no milestone "checked", which it has reached.',
      },
      { key: "J-4", verdict: "moved", because: null },
    ],
  });
  await tell(Ended, "J-4");
  await expect.poll(instances, { timeout: 10_000 }).toEqual([
    ["J-1", 2, "running", '{"checks":[]}'],
    ["J-2", 1, "running", '{"checks":1}'],
    ["J-3", 1, "completed", '{"checks":0}'],
    ["J-4", 2, "completed", '{"checks":["by version 2"]}'],
  ]);
  const acts = await db.pool.query("select action, subject, reason from audit order by id");
  expect(acts.rows).toEqual(
    ["J-1", "J-4"].map((job) => ({
      action: "move to version 2",
      subject: `job:${job}`,
      reason: "Release 7.",
    })),
  );
  const again = await xd("process", "migrate", "job", "--only", "J-1", "--from", "1");
  expect([again.exit, again.out.split("\n")[1]]).toEqual([
    EXIT.done,
    "  0 instances can move, 0 cannot, 1 moved already, 0 have ended",
  ]);
  const wrong = await xd("process", "migrate", "job", "--from", "1", "--to", "9");
  expect([wrong.exit, wrong.notes]).toEqual([
    EXIT.usage,
    "crossdock: This build has no version 9 of job. crossdock process list names what it has.",
  ]);
});

test("one that went on after the plan was made stays and says why; one that has moved or ended is not asked for", async () => {
  const course = { process: "job", from: 1, to: 2 };
  expect(await dock.moves.move(course, ["J-1", "J-2", "J-3"], { name: "test" })).toEqual(["J-2"]);
  await expect
    .poll(
      async () =>
        (
          await db.pool.query(
            "select readable(body)->'notes'->-1->>'text' as said from instance where key = 'J-2'",
          )
        ).rows[0].said,
      { timeout: 10_000 },
    )
    .toBe(
      'test asked for version 2, and it stays: job version 2 has no milestone "checked", which it has reached.',
    );
  expect((await instances())[1]).toEqual(["J-2", 1, "running", '{"checks":1}']);
});

test("what the console answers has the published shapes", async () => {
  const headers = { authorization: "Bearer the key of this test", "x-crossdock-person": "test" };
  for (const [path, shape] of [
    ["versions", ProcessVersions],
    ["moves?from=1&to=2", Moves],
  ] as const) {
    const answer = await fetch(new URL(`/api/processes/job/${path}`, place.open.url), { headers });
    const said: unknown = await answer.json();
    expect([...Compile(shape).Errors(said)], path).toEqual([]);
  }
});

test("a system that is asked says whom it takes us for and what we may do; one that does not answer ends with 3", async () => {
  const { exit, out } = await xd("sys", "probe", "shop", "--because", "The owner called.");
  expect([exit, out.replace(/\d+ ms/, "0 ms").split("\n")]).toEqual([
    EXIT.done,
    [
      "✔ Web shop answered in 0 ms, as svc-crossdock.",
      "  takes us for  svc-crossdock",
      "  proved with   token: env:SHOP_TOKEN",
      "  can           answer questions",
      "  sent twice    Sent twice, it would be booked twice, and nobody can look: a person checks.",
      "  may           May read and insert orders.",
    ],
  ]);
  isAway = new Unavailable("The shop does not take our token.", { facts: { access: true } });
  const away = await xd("sys", "probe", "shop", "--json");
  expect([away.exit, JSON.parse(away.out)]).toMatchObject([
    EXIT.checkSaysNo,
    {
      system: "shop",
      probe: { answered: false, access: true, because: "The shop does not take our token." },
    },
  ]);
  expect([...Compile(SystemProbe).Errors(JSON.parse(away.out).probe)]).toEqual([]);
  const { rows } = await db.pool.query(
    "select reason, readable(facts)->'answered' as answered from audit where action = 'probe connection' order by id",
  );
  expect(rows).toEqual([
    { reason: "The owner called.", answered: true },
    { reason: null, answered: false },
  ]);
});
