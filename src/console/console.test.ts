/** The console's API over HTTP, on a real dock: what it answers, what its buttons do, and whom it turns away. */
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Seen } from "../trace/observed.ts";
import { ConsoleSite, type Inbox, type Line } from "./console-site.fixtures.ts";
import { doors } from "./doors.fixtures.ts";
import { questionsAsked } from "./questions-asked.fixtures.ts";
import * as catalogueShapes from "./shapes-catalogue.ts";
import { Exceptions, Questions } from "./shapes-causes.ts";
import * as demonstrationShapes from "./shapes-demonstration.ts";
import { Events, Flows, Inputs } from "./shapes-developer.ts";
import { DocumentCount, Documents, Step, Story } from "./shapes-documents.ts";
import { Home } from "./shapes-home.ts";
import * as processShapes from "./shapes-processes.ts";
import { SideBySide } from "./shapes-side-by-side.ts";
import { OpenDeliveries, SystemPage, Systems } from "./shapes-systems.ts";

const site = new ConsoleSite();
beforeAll(() => site.begin());
afterAll(() => site.end());

test("every answer keeps the shape that is published for it", async () => {
  const correlation = encodeURIComponent("order/SO-3");
  const story = await site.read<{ timeline: { step: { position: string } | null; what: string }[] }>(
    `/documents/${correlation}`,
  );
  const command = story.timeline.find(({ what }) => what === "command")!.step!.position;
  for (const [shape, path] of [
    [Home, "/home"],
    [Documents, "/documents"],
    [Documents, "/documents?search=PO-"],
    [Documents, "/documents?kind=order&late=true"],
    [DocumentCount, "/documents/count?kind=order"],
    [Story, `/documents/${correlation}`],
    [Story, `/documents/${encodeURIComponent("order/SO-1")}`],
    [Story, `/documents/${encodeURIComponent("order/SO-4")}`],
    [Step, `/documents/${correlation}/steps/${command}`],
    [SideBySide, `/documents/${correlation}/steps/${command}/side-by-side`],
    [Exceptions, "/exceptions"],
    [Questions, "/questions?limit=1"],
    [Events, "/events?contract=sales.&kind=event&source=shop&from=2026-01-01T00:00:00Z"],
    [Flows, "/flows"],
    [Inputs, "/flows/shop-orders-in/inputs"],
    [Home, "/home?since=2026-01-01T00:00:00Z"],
    [Systems, "/systems"],
    [SystemPage, "/systems/erp?hours=24"],
    [OpenDeliveries, "/systems/erp/open"],
    [catalogueShapes.Contracts, "/contracts"],
    [catalogueShapes.ContractPage, "/contracts/sales.order-captured"],
    [catalogueShapes.Insights, "/insights?hours=6"],
    [catalogueShapes.Savings, "/savings?hours=6&document=10-15&hour=60.00%20EUR"],
    [demonstrationShapes.DueTimes, "/clock"],
    [processShapes.Processes, "/processes"],
    [processShapes.ProcessPage, "/processes/order-to-cash?since=2026-01-01T00:00:00Z"],
    [Documents, "/documents?process=order-to-cash&at=accepted"],
  ] as const) {
    const answer = await site.read(path);
    expect([
      path,
      [...Compile(shape).Errors(answer)].map((error) => `${error.instancePath} ${error.message}`),
    ]).toEqual([path, []]);
  }
});

test("filters combine with where documents stand, and the count is the rows", async () => {
  const listed = async (filter: string) => {
    const { documents, next } = await site.read<{ documents: { number: string }[]; next: string | null }>(
      `/documents?${filter}&limit=200`,
    );
    const { count } = await site.read<{ count: number }>(`/documents/count?${filter}`);
    expect([filter, next, documents.length]).toEqual([filter, null, count]);
    return documents.map(({ number }) => number).toSorted();
  };
  const rows = await site.db.pool.query<{ key: string }>(
    "select key from instance where process = 'order-to-cash' and status = 'running' and milestone = 'accepted' order by key",
  );
  const accepted = rows.rows.map(({ key }) => key);
  expect(accepted.length).toBeGreaterThan(1);
  const here = "process=order-to-cash&at=accepted";
  expect(await listed(here)).toEqual(accepted);
  expect(await listed(`${here}&how=someone&status=on%20hold&kind=order`)).toEqual(accepted);
  expect(await listed(`${here}&over=15000%20EUR`)).toEqual(accepted.filter((number) => number === "SO-6"));
  expect(await listed(`${here}&late=true`)).toEqual([]);
  expect(await listed(`${here}&kind=invoice`)).toEqual([]);
  // Anywhere in the process is every place of it together.
  const places = await Promise.all(
    ["", "accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"].map((at) =>
      listed(`process=order-to-cash&at=${at}`),
    ),
  );
  expect(await listed("process=order-to-cash")).toEqual(places.flat().toSorted());
  const nowhere = await fetch(new URL("/api/documents?at=accepted", site.open.url));
  expect([nowhere.status, ((await nowhere.json()) as { detail: string }).detail]).toEqual([
    422,
    "Where documents stand, and how, is asked about one process: name it.",
  ]);
});

test("the journal is read by type, source, number and time, each line once, whatever the size of a page", async () => {
  type Page = { events: { position: string; contract: string; subject: string }[]; next: string | null };
  const all = async (filter: string, limit = 200) => {
    const found: Page["events"][number][] = [];
    for (let before = ""; ; ) {
      const page: Page = await site.read(`/events?limit=${limit}${filter}${before}`);
      found.push(...page.events);
      if (page.next === null) return found.map(({ contract, subject }) => `${contract} ${subject}`);
      before = `&before=${page.next}`;
    }
  };
  const captured = [6, 5, 4, 3, 2, 1].map((n) => `sales.order-captured order/SO-${n}`);
  expect(await all("&contract=sales.order-captured")).toEqual(captured);
  expect(await all("&source=shop", 2)).toEqual(captured);
  expect(await all("&about=PO-1&kind=command")).toEqual(["erp.post-sales-order order/SO-1"]);
  expect(await all("&about=SO-9999")).toEqual([]);
  // Pages of any size hold the same lines, and time cuts where it says.
  const whole = await all("&contract=sales.");
  expect(await all("&contract=sales.", 3)).toEqual(whole);
  const half = (await site.read<{ events: { recordedAt: string }[] }>("/events?source=shop")).events[2]!
    .recordedAt;
  const after = new Date(Date.parse(half) + 1).toISOString();
  const [until, since] = await Promise.all([
    all(`&source=shop&to=${half}`),
    all(`&source=shop&from=${after}`),
  ]);
  expect([...since, ...until]).toEqual(captured);
  expect((await fetch(new URL("/api/events?from=yesterday", site.open.url))).status).toBe(400);
});

test("every open question is reached, a page at a time, and counted exactly on each", async () => {
  type Page = { questions: { correlation: string }[]; open: number; next: string | null };
  const seen: string[] = [];
  for (let after = ""; ; ) {
    const page: Page = await site.read(`/questions?limit=1${after}`);
    expect([page.questions.length, page.open]).toEqual([1, 3]);
    seen.push(...page.questions.map(({ correlation }) => correlation));
    if (page.next === null) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  expect(seen.toSorted()).toEqual(["order/SO-4", "order/SO-5", "order/SO-6"]);
});

test("the first page counts what the engine did", async () => {
  const home = await site.read<{
    funnels: {
      entered: number;
      stages: { milestone: string; reached: number; here: number; someone: number }[];
    }[];
    needs: object;
    step: { answer: string };
  }>("/home");
  const [funnel] = home.funnels;
  expect(funnel!.entered).toBe(6);
  const stage = (name: string) => funnel!.stages.find(({ milestone }) => milestone === name)!;
  expect(stage("accepted").reached).toBe(6);
  expect(stage("allocated").reached).toBeGreaterThanOrEqual(1);
  for (const { here } of funnel!.stages) expect(here).toBeGreaterThanOrEqual(0);
  expect(home.needs).toMatchObject({ exceptions: expect.any(Number), questions: expect.any(Number) });
});

test("a document on hold sends nothing until it goes on, and everybody reads who said what of it", async () => {
  type Said = { what: string; title: string; detail: string | null };
  const path = `/documents/${encodeURIComponent("order/SO-5")}`;
  const story = () =>
    site.read<{ line: Line; tended: { assignedTo: string | null; hold: object | null }; timeline: Said[] }>(
      path,
    );
  for (const [button, body, status] of [
    ["tend", { note: "The customer called and can wait." }, 200],
    ["tend", { assign: "maria" }, 200],
    ["tend", { assign: "maria" }, 409],
    ["hold", { reason: "The address is wrong." }, 200],
    ["hold", { reason: "Once more." }, 409],
    ["hold", {}, 400],
  ] as const)
    expect([button, body, (await site.press(`${path}/${button}`, body)).status]).toEqual([
      button,
      body,
      status,
    ]);
  const mine = await site.read<{ documents: Line[] }>("/documents?of=maria");
  expect(mine.documents.map(({ correlation }) => correlation)).toEqual(["order/SO-5"]);

  const { questions } = await site.read<Inbox>("/exceptions");
  const { id } = questions.find(({ correlation }) => correlation === "order/SO-5")!;
  await site.press(`/questions/${encodeURIComponent(id)}/answer`, { verdict: "approved" });
  const held = async () =>
    (await site.read<Inbox>("/exceptions")).groups.some((group) => group.class === "business hold");
  await site.until(held);
  expect([(await site.line("PO-5"))!.status, site.books.has("SO-5")]).toEqual([
    expect.objectContaining({ word: "on hold", because: "maria has put on hold what goes to ERP" }),
    false,
  ]);

  expect((await site.press(`${path}/release`, { reason: "Corrected." })).status).toBe(200);
  await site.until(async () => (await site.line("PO-5"))!.milestones[2]!.state === "reached");
  expect([await held(), site.books.has("SO-5")]).toEqual([false, true]);
  const told = await story();
  expect([
    told.tended,
    told.timeline.filter(({ what }) => what === "note").map(({ title, detail }) => [title, detail]),
  ]).toEqual([
    { assignedTo: "maria", hold: null },
    expect.arrayContaining([
      ["Note by maria", "The customer called and can wait."],
      ["maria looks after it", null],
      ["maria put it on hold", "The address is wrong."],
      ["maria let it go on", "Corrected."],
    ]),
  ]);
  const { rows } = await site.db.pool.query(
    "select action from audit where subject = 'order/SO-5' order by id",
  );
  expect(rows.map(({ action }) => action)).toEqual([
    "note on document",
    "assign document",
    "hold document",
    "let document go on",
  ]);
});

test("approving a question lets the order go on, once", async () => {
  const { questions } = await site.read<Inbox>("/exceptions");
  const { id } = questions.find(({ correlation }) => correlation === "order/SO-4")!;
  const path = `/questions/${encodeURIComponent(id)}/answer`;
  expect((await site.press(path, { verdict: "approved", comment: "Known customer." })).status).toBe(200);
  await site.until(async () => (await site.line("PO-4"))!.milestones[2]!.state === "reached");
  const again = await site.press(path, { verdict: "declined" });
  expect([again.status, await again.json()]).toEqual([
    409,
    {
      title: "Changed meanwhile",
      detail: `There is no open question ${id}: somebody answered it before, or it is not asked.`,
    },
  ]);
  const { rows } = await site.db.pool.query("select actor from audit where subject = $1", [id]);
  expect(rows).toEqual([{ actor: "maria" }]);
});

test("declining a question ends the order, and it no longer stands anywhere", async () => {
  const { questions } = await site.read<Inbox>("/exceptions");
  const { id } = questions.find(({ correlation }) => correlation === "order/SO-6")!;
  await site.press(`/questions/${encodeURIComponent(id)}/answer`, {
    verdict: "declined",
    comment: "Too much.",
  });
  await site.until(async () => (await site.line("PO-6"))!.status.word === "cancelled");
  const story = await site.read<{ line: { status: { because: string } } }>(
    `/documents/${encodeURIComponent("order/SO-6")}`,
  );
  expect(story.line.status.because).toBe("Given up: credit declined: Too much.");
});

test("an unclear delivery is settled by a person's word and reads as done", async () => {
  const { groups } = await site.read<Inbox>("/exceptions");
  const { subject } = groups.find((group) => group.class === "unclear outcome")!.items[0]!;
  expect(
    (await site.press(`/deliveries/${subject}/settle`, { booked: "4509999", reason: "Found it." })).status,
  ).toBe(200);
  await site.until(async () => (await site.line("PO-3"))!.status.word !== "needs a check");
  const story = await site.read<{ deliveries: { state: string; reference: string }[] }>(
    `/documents/${encodeURIComponent("order/SO-3")}`,
  );
  expect(story.deliveries[0]).toMatchObject({ state: "applied", reference: "4509999" });
  expect((await site.press(`/deliveries/${subject}/settle`, { booked: null })).status).toBe(409);
});

test("a refused delivery is given up by a person, and its exception closes", async () => {
  const { groups } = await site.read<Inbox>("/exceptions");
  const { subject } = groups.find((group) => group.class === "data")!.items[0]!;
  expect((await site.press(`/deliveries/${subject}/cancel`, { reason: "Ordered by mistake." })).status).toBe(
    200,
  );
  await site.until(
    async () => !(await site.read<Inbox>("/exceptions")).groups.some((group) => group.class === "data"),
  );
});

test("a contract says who was seen sending and taking it, and how often a person was needed", async () => {
  const { seen } = await site.read<{ seen: Seen }>("/contracts/erp.post-sales-order");
  // Of orders 1 to 5: one refused, one unclear, one held by a person.
  expect([
    seen.messages,
    seen.senders.map(({ name, declared, messages }) => [name, declared, messages]),
    seen.takers.map(({ name, declared, deliveries, failed }) => [name, declared, deliveries, failed]),
    seen.followers,
  ]).toEqual([5, [["crossdock", true, 5]], [["erp", true, 5, 3]], []]);
});

test("the funnel's counts are the rows one can count", async () => {
  interface Counted {
    readonly entered: number;
    readonly completed: number;
    readonly abandoned: number;
    readonly before: { here: number };
    readonly stages: readonly { milestone: string; reached: number; here: number }[];
  }
  const shown = async () => {
    const { entered, completed, abandoned, before, stages } = (
      await site.read<{ funnels: Counted[] }>("/home")
    ).funnels[0]!;
    const at = stages.map(({ milestone, reached, here }) => ({ milestone, reached, here }));
    return { entered, completed, abandoned, before: before.here, stages: at };
  };
  const { rows } = await site.db.pool.query<{ status: string; milestone: string | null; body: string }>(
    "select status, milestone, body from instance where process = 'order-to-cash'",
  );
  const how = (status: string) => rows.filter((row) => row.status === status).length;
  const standing = (milestone: string | null) =>
    rows.filter((row) => row.status === "running" && row.milestone === milestone).length;
  const marked = (milestone: string) =>
    rows.filter(({ body }) =>
      (JSON.parse(body) as { milestones: { name: string; withdrawn?: string }[] }).milestones.some(
        (mark) => mark.name === milestone && mark.withdrawn === undefined,
      ),
    ).length;
  const counted = {
    entered: rows.length,
    completed: how("completed"),
    abandoned: how("abandoned"),
    before: standing(null),
    stages: ["accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"].map(
      (milestone) => ({
        milestone,
        reached: marked(milestone),
        here: standing(milestone),
      }),
    ),
  };
  expect(counted.abandoned).toBe(1);
  // One answer a second serves every open page, so the newest may be a second away.
  await expect.poll(shown, { timeout: 5_000 }).toEqual(counted);
});

doors(site);
questionsAsked(site);
