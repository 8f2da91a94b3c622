/** The console's API over HTTP, on a real dock: what it answers, what its buttons do, and whom it turns away. */
import { get } from "node:http";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { Unusable } from "../std/errors.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import type { Seen } from "../trace/observed.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import { Problem } from "./shapes.ts";
import * as catalogueShapes from "./shapes-catalogue.ts";
import { Exceptions, Questions } from "./shapes-causes.ts";
import * as demonstrationShapes from "./shapes-demonstration.ts";
import { Events, Flows, FlowTrial, Inputs } from "./shapes-developer.ts";
import { DocumentCount, Documents, Step, Story } from "./shapes-documents.ts";
import { Home } from "./shapes-home.ts";
import * as processShapes from "./shapes-processes.ts";
import { SideBySide } from "./shapes-side-by-side.ts";
import { OpenDeliveries, SystemPage, Systems } from "./shapes-systems.ts";

let db: FreshDatabase;
let dock: Dock;
let order: Awaited<ReturnType<typeof smallDock>>["order"];
let books: Set<string>;
let open: OpenConsole;
let token: string;

beforeAll(async () => {
  db = await freshDatabase();
  ({ dock, order, books } = await smallDock(db.url));
  open = await openConsole({ dock, port: 0, settings: { name: "Test dock", actor: "maria" } });
  token = (await read<{ token: string }>("/session")).token;
  await order(1);
  await order(2, "UNKNOWN");
  await order(3, "LOST");
  await order(4, "PUMP-100", "12000.00");
  await order(5, "PUMP-100", "15000.00");
  await order(6, "PUMP-100", "16000.00");
  await until(
    async () =>
      (await line("PO-1"))?.status.word === "on track" &&
      (await line("PO-1"))!.milestones[2]!.state === "reached",
  );
  await until(async () => (await read<Inbox>("/exceptions")).groups.length === 2);
  await until(async () => (await read<Inbox>("/exceptions")).questions.length === 3);
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

type Inbox = {
  groups: { items: { subject: string; class: string }[]; class: string }[];
  questions: { id: string; correlation: string }[];
};
type Line = { correlation: string; status: { word: string }; milestones: { state: string }[] };

async function read<Answer>(path: string): Promise<Answer> {
  const response = await fetch(new URL(`/api${path}`, open.url));
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

const line = async (number: string) =>
  (await read<{ documents: Line[] }>(`/documents?search=${number}`)).documents[0];

const press = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(new URL(`/api${path}`, open.url), {
    method: "POST",
    headers: { "content-type": "application/json", "x-crossdock-token": token, ...headers },
    body: JSON.stringify(body),
  });

/** An order as the shop writes it. */
const bodyOf = async (number: string) => ({
  ...(await read<{ sample: Record<string, unknown> }>("/contracts/sales.order-captured")).sample,
  salesOrderId: `SO-${number}`,
});

/** Waits for something the dock does by itself; gives up after ten seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("It did not come true within ten seconds.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A request with headers `fetch` does not let anyone forge. */
const forged = (headers: Record<string, string>, path = "/api/home") =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    get({ host: "127.0.0.1", port: open.port, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    }).on("error", reject);
  });

test("every answer keeps the shape that is published for it", async () => {
  const correlation = encodeURIComponent("order/SO-3");
  const story = await read<{ timeline: { step: { position: string } | null; what: string }[] }>(
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
    const answer = await read(path);
    expect([
      path,
      [...Compile(shape).Errors(answer)].map((error) => `${error.instancePath} ${error.message}`),
    ]).toEqual([path, []]);
  }
});

test("filters combine with where documents stand, and the count is the rows", async () => {
  const listed = async (filter: string) => {
    const { documents, next } = await read<{ documents: { number: string }[]; next: string | null }>(
      `/documents?${filter}&limit=200`,
    );
    const { count } = await read<{ count: number }>(`/documents/count?${filter}`);
    expect([filter, next, documents.length]).toEqual([filter, null, count]);
    return documents.map(({ number }) => number).toSorted();
  };
  const rows = await db.pool.query<{ key: string }>(
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
  const nowhere = await fetch(new URL("/api/documents?at=accepted", open.url));
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
      const page: Page = await read(`/events?limit=${limit}${filter}${before}`);
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
  const half = (await read<{ events: { recordedAt: string }[] }>("/events?source=shop")).events[2]!
    .recordedAt;
  const after = new Date(Date.parse(half) + 1).toISOString();
  const [until, since] = await Promise.all([
    all(`&source=shop&to=${half}`),
    all(`&source=shop&from=${after}`),
  ]);
  expect([...since, ...until]).toEqual(captured);
  expect((await fetch(new URL("/api/events?from=yesterday", open.url))).status).toBe(400);
});

test("every open question is reached, a page at a time, and counted exactly on each", async () => {
  type Page = { questions: { correlation: string }[]; open: number; next: string | null };
  const seen: string[] = [];
  for (let after = ""; ; ) {
    const page: Page = await read(`/questions?limit=1${after}`);
    expect([page.questions.length, page.open]).toEqual([1, 3]);
    seen.push(...page.questions.map(({ correlation }) => correlation));
    if (page.next === null) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  expect(seen.toSorted()).toEqual(["order/SO-4", "order/SO-5", "order/SO-6"]);
});

test("the first page counts what the engine did", async () => {
  const home = await read<{
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
    read<{ line: Line; tended: { assignedTo: string | null; hold: object | null }; timeline: Said[] }>(path);
  for (const [button, body, status] of [
    ["tend", { note: "The customer called and can wait." }, 200],
    ["tend", { assign: "maria" }, 200],
    ["tend", { assign: "maria" }, 409],
    ["hold", { reason: "The address is wrong." }, 200],
    ["hold", { reason: "Once more." }, 409],
    ["hold", {}, 400],
  ] as const)
    expect([button, body, (await press(`${path}/${button}`, body)).status]).toEqual([button, body, status]);
  const mine = await read<{ documents: Line[] }>("/documents?of=maria");
  expect(mine.documents.map(({ correlation }) => correlation)).toEqual(["order/SO-5"]);

  const { questions } = await read<Inbox>("/exceptions");
  const { id } = questions.find(({ correlation }) => correlation === "order/SO-5")!;
  await press(`/questions/${encodeURIComponent(id)}/answer`, { verdict: "approved" });
  const held = async () =>
    (await read<Inbox>("/exceptions")).groups.some((group) => group.class === "business hold");
  await until(held);
  expect([(await line("PO-5"))!.status, books.has("SO-5")]).toEqual([
    expect.objectContaining({ word: "on hold", because: "maria has put on hold what goes to ERP" }),
    false,
  ]);

  expect((await press(`${path}/release`, { reason: "Corrected." })).status).toBe(200);
  await until(async () => (await line("PO-5"))!.milestones[2]!.state === "reached");
  expect([await held(), books.has("SO-5")]).toEqual([false, true]);
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
  const { rows } = await db.pool.query("select action from audit where subject = 'order/SO-5' order by id");
  expect(rows.map(({ action }) => action)).toEqual([
    "note on document",
    "assign document",
    "hold document",
    "let document go on",
  ]);
});

test("approving a question lets the order go on, once", async () => {
  const { questions } = await read<Inbox>("/exceptions");
  const { id } = questions.find(({ correlation }) => correlation === "order/SO-4")!;
  const path = `/questions/${encodeURIComponent(id)}/answer`;
  expect((await press(path, { verdict: "approved", comment: "Known customer." })).status).toBe(200);
  await until(async () => (await line("PO-4"))!.milestones[2]!.state === "reached");
  const again = await press(path, { verdict: "declined" });
  expect([again.status, await again.json()]).toEqual([
    409,
    {
      title: "Changed meanwhile",
      detail: `There is no open question ${id}: somebody answered it before, or it is not asked.`,
    },
  ]);
  const { rows } = await db.pool.query("select actor from audit where subject = $1", [id]);
  expect(rows).toEqual([{ actor: "maria" }]);
});

test("declining a question ends the order, and it no longer stands anywhere", async () => {
  const { questions } = await read<Inbox>("/exceptions");
  const { id } = questions.find(({ correlation }) => correlation === "order/SO-6")!;
  await press(`/questions/${encodeURIComponent(id)}/answer`, { verdict: "declined", comment: "Too much." });
  await until(async () => (await line("PO-6"))!.status.word === "cancelled");
  const story = await read<{ line: { status: { because: string } } }>(
    `/documents/${encodeURIComponent("order/SO-6")}`,
  );
  expect(story.line.status.because).toBe("Given up: credit declined: Too much.");
});

test("an unclear delivery is settled by a person's word and reads as done", async () => {
  const { groups } = await read<Inbox>("/exceptions");
  const { subject } = groups.find((group) => group.class === "unclear outcome")!.items[0]!;
  expect(
    (await press(`/deliveries/${subject}/settle`, { booked: "4509999", reason: "Found it." })).status,
  ).toBe(200);
  await until(async () => (await line("PO-3"))!.status.word !== "needs a check");
  const story = await read<{ deliveries: { state: string; reference: string }[] }>(
    `/documents/${encodeURIComponent("order/SO-3")}`,
  );
  expect(story.deliveries[0]).toMatchObject({ state: "applied", reference: "4509999" });
  expect((await press(`/deliveries/${subject}/settle`, { booked: null })).status).toBe(409);
});

test("a refused delivery is given up by a person, and its exception closes", async () => {
  const { groups } = await read<Inbox>("/exceptions");
  const { subject } = groups.find((group) => group.class === "data")!.items[0]!;
  expect((await press(`/deliveries/${subject}/cancel`, { reason: "Ordered by mistake." })).status).toBe(200);
  await until(async () => !(await read<Inbox>("/exceptions")).groups.some((group) => group.class === "data"));
});

test("a contract says who was seen sending and taking it, and how often a person was needed", async () => {
  const { seen } = await read<{ seen: Seen }>("/contracts/erp.post-sales-order");
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
    const { entered, completed, abandoned, before, stages } = (await read<{ funnels: Counted[] }>("/home"))
      .funnels[0]!;
    const at = stages.map(({ milestone, reached, here }) => ({ milestone, reached, here }));
    return { entered, completed, abandoned, before: before.here, stages: at };
  };
  const { rows } = await db.pool.query<{ status: string; milestone: string | null; body: string }>(
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

test("what cannot be understood is refused with a sentence", async () => {
  expect((await press("/questions/x/answer", { verdict: "maybe" })).status).toBe(400);
  expect((await press("/deliveries/x/settle", { booked: "" })).status).toBe(400);
  expect((await press("/deliveries/x/try-again", { other: 1 })).status).toBe(400);
  const missing = await fetch(new URL("/api/documents/order%2FSO-99", open.url));
  expect([missing.status, await missing.json()]).toEqual([
    404,
    { title: "Not found", detail: "Nothing is known about order/SO-99." },
  ]);
  const nowhere = await fetch(new URL("/api/nothing", open.url));
  expect(nowhere.status).toBe(404);
  expect(Compile(Problem).Check(await nowhere.json())).toBe(true);
});

test.each([
  ["a rebound DNS name", { host: "evil.example" }],
  ["a rebound name with our port", { host: "127.0.0.1.evil.example:7070" }],
  ["a page of another site", { host: "127.0.0.1:7070", origin: "https://evil.example" }],
  ["a page on another local port", { host: "127.0.0.1:7070", origin: "http://127.0.0.1:9999" }],
  ["a sandboxed page", { host: "127.0.0.1:7070", origin: "null" }],
  ["a request the browser calls cross-site", { host: "127.0.0.1:7070", "sec-fetch-site": "cross-site" }],
  [
    "a navigation to the API from elsewhere",
    { host: "127.0.0.1:7070", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
  ],
])("%s learns nothing", async (_, headers) => {
  const { status, text } = await forged(headers);
  expect(status).toBe(403);
  expect(text).not.toContain("order/");
});

test("a link from elsewhere may open a page, but not the API", async () => {
  const { status } = await forged(
    { host: `127.0.0.1:${open.port}`, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    "/",
  );
  expect(status).toBe(200);
});

test("a button needs the token of our own page, as JSON", async () => {
  expect((await press("/deliveries/x/try-again", {}, { "x-crossdock-token": "guess" })).status).toBe(403);
  expect(
    (await press("/deliveries/x/try-again", {}, { "x-crossdock-token": "x".repeat(token.length) })).status,
  ).toBe(403);
  expect((await press("/deliveries/x/try-again", {}, { "content-type": "text/plain" })).status).toBe(403);
  expect((await press("/deliveries/x/try-again", {}, { origin: "https://evil.example" })).status).toBe(403);
  expect((await press("/deliveries/x/try-again", {})).status).toBe(409);
});

test("no answer lets a browser run or frame anything foreign", async () => {
  for (const path of ["/", "/api/home", "/documents", "/api/nothing"]) {
    const { headers } = await fetch(new URL(path, open.url));
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("open pages hear of a change within two seconds, with the documents it touched", async () => {
  const stop = new AbortController();
  const response = await fetch(new URL("/api/live", open.url), { signal: stop.signal });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  const listening = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard += value;
      if (/event: changed\ndata: .*order\/SO-77/.test(heard)) return;
    }
  })();
  await order(77);
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`Heard only: ${heard}`)), 5_000).unref(),
  );
  await Promise.race([listening, late]);
  expect(heard).toContain("event: beat");
  stop.abort();
});

test("the console does not listen where strangers can call, and says which port is taken", async () => {
  await expect(openConsole({ dock, host: "0.0.0.0", port: 0 })).rejects.toThrow(Unusable);
  await expect(openConsole({ dock, port: open.port })).rejects.toThrow(
    `The console cannot open: port ${open.port} is in use.`,
  );
});

test("without simulated systems there is no demonstration, and it says so", async () => {
  const answer = await read("/demonstration");
  expect(answer).toEqual({ available: false, stories: [], systems: [] });
  expect([...Compile(demonstrationShapes.Demonstration).Errors(answer)]).toEqual([]);
  expect((await press("/demonstration/stories/order", {})).status).toBe(404);
  expect((await press("/demonstration/systems/erp/faults", { fault: "down" })).status).toBe(404);
});

test("a body is held against a contract: what is wrong is named with what is expected there", async () => {
  const check = async (text: string) => {
    const said = await (await press("/contracts/sales.order-captured/check", { text })).json();
    expect([...Compile(catalogueShapes.Checked).Errors(said)]).toEqual([]);
    return said as { keeps: boolean; problem: string | null; expected: string | null };
  };
  const { sample } = await read<{ sample: object }>("/contracts/sales.order-captured");
  expect(await check(JSON.stringify(sample))).toEqual({ keeps: true, problem: null, expected: null });
  expect(await check(JSON.stringify({ ...sample, currency: "euro" }))).toMatchObject({
    keeps: false,
    problem: expect.stringContaining("currency"),
    expected: expect.any(String),
  });
  expect(await check("{,")).toMatchObject({ keeps: false, problem: expect.stringMatching(/^It is no JSON/) });
});

test("a flow is tried on what somebody typed or what is recorded: each field with its rule, refusals with their place, nothing sent", async () => {
  const kept = async () =>
    (await db.pool.query("select (select count(*) from receipt), (select count(*) from delivery) as sent"))
      .rows[0];
  const before = await kept();
  const attempt = async (flow: string, input: object) => {
    const response = await press(`/flows/${flow}/try`, input);
    const said = (await response.json()) as FlowTried;
    if (response.status === 200)
      expect([...Compile(FlowTrial).Errors(said)].map(({ instancePath }) => instancePath)).toEqual([]);
    return { ...said, status: response.status };
  };
  type FlowTried = {
    outcomes: { contract: string; data: { lines: { item: string }[] }; rows: { path: string | null }[] }[];
    refused: { part: number; reason: string; facts: { name: string; value: string }[] }[];
    document: { mediaType: string; text: string } | null;
    hides: boolean;
  };
  const { flows } = await read<{ flows: { name: string; sample: string }[] }>("/flows");
  expect(flows.map(({ name }) => name)).toEqual([
    "entries-in",
    "entries-to-erp",
    "orders-to-erp",
    "shop-orders-in",
  ]);
  const [toErp, fromShop] = flows.slice(2) as unknown as [{ sample: string }, { sample: string }];

  const sent = await attempt("orders-to-erp", { text: toErp.sample });
  expect(JSON.parse(sent.document!.text)).toEqual(JSON.parse(toErp.sample));
  const came = await attempt("shop-orders-in", { text: fromShop.sample });
  expect(came.outcomes.map(({ contract }) => contract)).toEqual(["sales.order-captured"]);
  expect(came.outcomes[0]!.rows.find(({ path }) => path === "customerReference")).toMatchObject({
    arrived: { place: "customerReference" },
    ruleIn: "same value; the map is written by hand",
  });

  // What is wrong names its place, as it would when it arrived; what cannot be read at all says why.
  const order = JSON.parse(fromShop.sample) as { lines: { quantity: object }[] };
  const wrong = { ...order, lines: [{ ...order.lines[0], quantity: { value: "ten", uom: "EA" } }] };
  for (const flow of ["shop-orders-in", "orders-to-erp"]) {
    const { refused, outcomes } = await attempt(flow, { text: JSON.stringify(wrong) });
    expect([outcomes, refused[0]?.facts]).toEqual([
      [],
      expect.arrayContaining([{ name: "field", value: "lines.0.quantity.value" }]),
    ]);
    expect((await attempt(flow, { text: "{" })).refused).toHaveLength(1);
  }

  expect(await kept()).toEqual(before);

  // What is recorded is tried again where it stands, and shows no more than its page does.
  const captured = {
    ...order,
    salesOrderId: "SO-T",
    customerReference: "PO-T",
    shipTo: { name: "Jo Doe", street: "Canary Street 7", city: "Lyon", country: "FR" },
  };
  await dock.accept("shop-orders-in", { messageId: "T", body: Buffer.from(JSON.stringify(captured)) });
  const { inputs } = await read<{ inputs: { arrival: string; title: string }[] }>(
    "/flows/shop-orders-in/inputs",
  );
  expect(inputs[0]?.title).toBe("Order captured, order/SO-T");
  const again = await attempt("shop-orders-in", { arrival: inputs[0]!.arrival });
  expect([again.hides, again.outcomes.length, JSON.stringify(again).includes("Canary")]).toEqual([
    true,
    1,
    false,
  ]);
  expect((await attempt("orders-to-erp", { event: "1" })).status).toBe(404);
  expect((await attempt("nowhere", { text: "" })).status).toBe(404);
});

test("documents are chosen by kind, plant, worth, status and lateness; the count is that of the rows", async () => {
  await db.pool.query(
    `insert into business_key (value, type, correlation) select 'LYON', 'plant', 'order/SO-' || n from generate_series(4, 6) n`,
  );
  await db.pool.query("update instance set started_at = started_at - interval '5 h' where key = any($1)", [
    ["SO-1", "SO-2", "SO-4"].flatMap((key) => [key, `order/${key}`]),
  ]);
  const numbers = async (filter: string) => {
    const rows: string[] = [];
    for (let after = ""; ; ) {
      const page = await read<{ documents: { number: string }[]; next: string | null }>(
        `/documents?${filter}${after}&limit=1`,
      );
      rows.push(...page.documents.map(({ number }) => number));
      if (page.next === null) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    expect(await read(`/documents/count?${filter}`)).toEqual({ count: rows.length, next: null });
    return rows.toSorted();
  };
  expect(await numbers("plant=LYON&kind=order")).toEqual(["SO-4", "SO-5", "SO-6"]);
  expect(await numbers("over=12000 EUR")).toEqual(["SO-5", "SO-6"]);
  expect(await numbers("over=11999.99 EUR&plant=LYON")).toEqual(["SO-4", "SO-5", "SO-6"]);
  expect(await numbers("over=1 USD")).toEqual([]);
  expect(await numbers("kind=invoice")).toEqual([]);
  expect(await numbers("plant=PARIS&late=true")).toEqual([]);
  // What is late is what reads as late; a milestone that was reached in time is not.
  const late = await numbers("late=true");
  const all = await read<{ documents: { number: string; status: { late: boolean } }[] }>(
    "/documents?limit=200",
  );
  expect(late).toEqual(
    all.documents
      .filter(({ status }) => status.late)
      .map(({ number }) => number)
      .toSorted(),
  );
  expect(late).toContain("SO-2");
  for (const wrong of ["over=5000", "status=sleeping", "late=false"])
    expect([wrong, (await fetch(new URL(`/api/documents?${wrong}`, open.url))).status]).toEqual([wrong, 400]);
});

test("what was saved is what happened, valued by nobody's numbers but the asker's", async () => {
  const parts = async (query = "") => {
    const { lines, hours, worth } = await read<{
      lines: { kind: string; count: number; hours: unknown; worth: unknown }[];
      hours: unknown;
      worth: unknown;
    }>(`/savings${query}`);
    return { of: Object.fromEntries(lines.map(({ kind, count }) => [kind, count])), lines, hours, worth };
  };
  const before = await parts();
  expect([before.hours, before.worth, before.lines.map((line) => line.worth)]).toEqual([
    null,
    null,
    [null, null, null, null],
  ]);
  // The shop sends SO-1 twice more; nothing of it is taken in, and the copies are counted.
  const twice = {
    messageId: "PO-COPY",
    body: new TextEncoder().encode(JSON.stringify(await bodyOf("COPY"))),
  };
  await dock.accept("shop-orders-in", twice);
  for (let copy = 0; copy < 2; copy += 1)
    expect((await dock.accept("shop-orders-in", twice)).outcome).toBe("duplicate");
  const after = await parts("?copy=10-30&hour=66.00%20EUR");
  expect(after.of.copy).toBe((before.of.copy ?? 0) + 2);
  expect(after.lines.find(({ kind }) => kind === "copy")).toMatchObject({
    hours: { from: "0.3", to: "1.0" },
    worth: { from: "22.00", to: "66.00", currency: "EUR" },
  });
  expect(after.worth).toEqual({ from: "22.00", to: "66.00", currency: "EUR" });
  const file = await fetch(new URL("/api/savings.csv?copy=10&hour=66.00%20EUR", open.url));
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
  expect(await file.text()).toContain(
    '"Copies recognised and not taken in again","all","2","","10","10","0.3","0.3","22.00","22.00","EUR"',
  );
  for (const wrong of ["copy=15-10", "copy=ten", "hour=66", "hour=66%20euros"])
    expect([wrong, (await fetch(new URL(`/api/savings?${wrong}`, open.url))).status]).toEqual([wrong, 422]);
});

test("what was set aside with a document that somebody let go meanwhile goes on by itself", async () => {
  await order(46, "PUMP-100", "12000.00");
  const question = async () =>
    (await read<Inbox>("/exceptions")).questions.find(({ correlation }) => correlation === "order/SO-46");
  await until(async () => (await question()) !== undefined);
  const { id } = (await question())!;
  await press(`/documents/${encodeURIComponent("order/SO-46")}/hold`, { reason: "Wait." });
  await press(`/questions/${encodeURIComponent(id)}/answer`, { verdict: "approved" });
  await until(async () => (await line("PO-46"))!.status.word === "on hold");
  // As by a worker that was lost before it tried again what was set aside.
  await db.pool.query("update tended_document set held_by = null where correlation = 'order/SO-46'");
  await until(async () => books.has("SO-46"));
});
