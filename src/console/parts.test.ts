/** Who may see a part of the business: what is left out for them, what they count, and fields shown to them for a reason. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { EVERYWHERE, type RoleName } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import type { Runbook } from "../runtime/runbooks.ts";
import type { SideBySide } from "../runtime/side-by-side.ts";
import { type Browser, signInAs } from "../testing/console-browser.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import type { AgreementLine, Contradiction } from "../trace/agreement.ts";
import type { ProcessView, SystemView } from "../trace/index.ts";
import type { Readiness } from "../trace/periods.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import type { RunbookList } from "./runbooks.ts";
import type { Home, Exceptions as Inbox } from "./web/api.ts";

let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
let small: Awaited<ReturnType<typeof smallDock>>;

const RUNBOOK: Runbook = {
  id: "RUN-T",
  title: "Something is set aside",
  effect: "Documents stand still.",
  when: "The ERP refuses.",
  systems: ["erp"],
  trigger: [{ check: "nothing set aside" }],
  steps: [{ do: "Look why." }],
  exit: [{ check: "nothing set aside" }, { check: "in balance" }, { check: "systems agree" }],
};

beforeAll(async () => {
  db = await freshDatabase();
  small = await smallDock(db.url);
  dock = small.dock;
  open = await openConsole({ dock, port: 0, settings: { runbooks: [RUNBOOK] } });
  await small.order(1);
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

const signedIn = (id: string, role: RoleName, scope = EVERYWHERE) =>
  signInAs(open.url, db.pool, id, [role], scope);

test("whoever may see a part of the business sees nothing of the rest, by list, by number and by address", async () => {
  const hers = await signedIn("lena", "logistics", { ...EVERYWHERE, plants: ["LYON"] });
  const all = await signedIn("alma", "logistics");
  const order = `/documents/${encodeURIComponent("order/SO-1")}`;
  const paths = [order, "/documents?search=PO-1", "/documents"];
  const seen = async (browser: Browser) =>
    (await Promise.all(paths.map((path) => browser.request("GET", path)))).map(({ status, body }) => [
      status,
      (body.documents as unknown[] | undefined)?.length,
    ]);
  expect(await seen(all)).toEqual([
    [200, undefined],
    [200, 1],
    [200, 1],
  ]);
  expect(await seen(hers)).toEqual([
    [404, undefined],
    [200, 0],
    [200, 0],
  ]);
  const foreign = (await hers.request("GET", order)).body;
  const unknown = (await hers.request("GET", order.replace("SO-1", "SO-999"))).body;
  expect(JSON.stringify(unknown).replaceAll("SO-999", "SO-1")).toBe(JSON.stringify(foreign));
  await db.pool.query(
    "insert into business_key (value, type, correlation) values ('LYON', 'plant', 'order/SO-1')",
  );
  expect(await seen(hers)).toEqual([
    [200, undefined],
    [200, 1],
    [200, 1],
  ]);
});

test("whoever may see a part of the business has every page, and its counts are those of the rows she can scroll to", async () => {
  for (const [number, item, amount] of [
    ["P1", "UNKNOWN", "500.00"],
    ["P2", "UNKNOWN", "500.00"],
    ["P3", "PUMP-100", "12000.00"],
    ["P4", "PUMP-100", "500.00"],
  ] as const)
    await small.order(number, item, amount);
  await expect
    .poll(
      async () =>
        (
          await db.pool.query(`select (select count(*)::int from exception where resolved_at is null) as stopped, (select count(*)::int from question) as asked,
               (select count(*)::int from instance where milestone = 'allocated') as allocated`)
        ).rows[0],
      { timeout: 20_000 },
    )
    .toEqual({ stopped: 2, asked: 1, allocated: 2 });
  const place = async (type: string, value: string, ...numbers: string[]) => {
    for (const number of numbers)
      await db.pool.query("insert into business_key (value, type, correlation) values ($1, $2, $3)", [
        value,
        type,
        `order/SO-${number}`,
      ]);
  };
  await place("plant", "NANTES", "P1", "P3", "P4");
  await place("warehouse", "BREST", "P2");
  const nora = await signedIn("nora", "logistics", { ...EVERYWHERE, plants: ["NANTES"] });
  const sven = await signedIn("sven", "logistics", { ...EVERYWHERE, domains: ["sales"] });
  const alma = await signedIn("alba", "logistics");
  const read = async (who: Browser, path: string): Promise<Record<string, unknown>> => {
    const { status, body } = await who.request("GET", path);
    return status === 200 ? body : { status };
  };

  // The first page: the same for all of sales as for everybody, and a part of it for one plant.
  const everything = (await read(alma, "/home")) as unknown as Home;
  const sales = (await read(sven, "/home")) as unknown as Home;
  const hers = (await read(nora, "/home")) as unknown as Home;
  const plain = ({ asOf: _, ...funnel }: Home["funnels"][number]) => funnel;
  expect([sales.needs, sales.funnels.map(plain), sales.money]).toEqual([
    everything.needs,
    everything.funnels.map(plain),
    everything.money,
  ]);
  expect(everything.needs).toMatchObject({ documents: 3, exceptions: 2, questions: 1, causes: 1 });
  expect(hers.needs).toMatchObject({ documents: 2, exceptions: 1, questions: 1, causes: 1 });
  expect(hers.money).toEqual({ sums: [{ amount: "12500.00", currency: "EUR" }], exact: true });
  expect([hers.funnels[0]!.entered, hers.recent.map(({ number }) => number).toSorted()]).toEqual([
    3,
    ["SO-P1", "SO-P3", "SO-P4"],
  ]);
  expect(hers.causes.map(({ documents }) => documents)).toEqual([1]);

  // How long half stood at a milestone is what its process says of where time is spent, of her part and in the time looked at.
  const medians = async (who: Browser, span: string) => {
    const [shown] = ((await read(who, `/home${span}`)) as unknown as Home).funnels;
    const { stays } = (await read(who, `/processes/order-to-cash${span}`)).process as unknown as ProcessView;
    const times = shown!.stages.map(({ p50Ms }) => p50Ms);
    expect(times).toEqual(stays.map(({ p50Ms }) => p50Ms));
    return times.some((ms) => ms !== null);
  };
  for (const who of [nora, sven, alma]) expect(await medians(who, "")).toBe(true);
  expect(await medians(nora, "?since=2999-01-01T00:00:00Z")).toBe(false);

  // Each number of the funnel leads to exactly that many rows.
  for (const who of [nora, sven, alma]) {
    const [funnel] = ((await read(who, "/home")) as unknown as Home).funnels;
    for (const { milestone, here } of funnel!.stages) {
      const rows = await read(who, `/documents?process=order-to-cash&at=${encodeURIComponent(milestone)}`);
      expect([milestone, (rows.documents as object[]).length]).toEqual([milestone, here]);
    }
  }
  // The diagram of all of sales, counted from its documents, is the one the engine counted.
  const drawn = async (who: Browser) => {
    const { steps, stays } = (await read(who, "/processes/order-to-cash")).process as unknown as ProcessView;
    return { steps, stays };
  };
  expect(await drawn(sven)).toEqual(await drawn(alma));
  expect((await drawn(nora)).steps).toContainEqual({ from: "start", to: "accepted", count: 3 });

  const inbox = async (who: Browser) => {
    const { groups, questions } = (await read(who, "/exceptions")) as unknown as Inbox;
    return [groups.map(({ id, open, items }) => [id, open, items.length]), questions.length];
  };
  const [[[cause]]] = (await inbox(alma)) as [[[string]]];
  expect(await inbox(alma)).toEqual([[[cause, 2, 2]], 1]);
  expect(await inbox(nora)).toEqual([[[cause, 1, 1]], 1]);
  const one = (await read(nora, `/causes/${cause}`)) as unknown as { items: object[]; blast: object };
  expect([one.items.length, one.blast]).toMatchObject([1, { stopped: 1, documents: 1 }]);

  const parked = async (who: Browser) =>
    ((await read(who, "/systems")).systems as unknown as SystemView[]).find(({ name }) => name === "erp")
      ?.parked;
  const open = async (who: Browser) =>
    ((await read(who, "/systems/erp/open")).deliveries as unknown as object[]).length;
  expect([await parked(alma), await open(alma), await parked(nora), await open(nora)]).toEqual([2, 2, 1, 1]);
  expect(await read(nora, "/insights")).toMatchObject({ opened: 1, processes: [{ asked: 1 }] });
  expect((await read(nora, "/batches")).batches).toEqual([]);

  // What systems contradict each other about: hers under its own number as well, where it belongs to an order of hers.
  const differing = (of: string) =>
    db.pool.query(
      `insert into agreement (subject, kind, correlation, stand, due_at, judged) values ($1, 'orders', $2, 'differ', 'infinity', $3)
        on conflict (subject) do update set stand = 'differ', due_at = 'infinity', judged = excluded.judged`,
      [
        of.startsWith("return/") ? of : `order/${of}`,
        of.startsWith("return/") ? "order/SO-P3" : null,
        JSON.stringify([
          {
            milestone: "allocated",
            stand: "differ",
            words: [],
            lacking: ["erp"],
            figures: [],
            since: null,
            remedy: null,
            shown: null,
            worth: { amount: "5.00", currency: "EUR" },
          },
        ]),
      ],
    );
  for (const of of ["SO-P1", "SO-P2", "return/R-1"]) await differing(of);
  const contradicted = async (who: Browser) => {
    const { agreements, mayCompare } = (await read(who, "/agreements")) as unknown as {
      agreements: AgreementLine[];
      mayCompare: boolean;
    };
    const { contradictions } = await read(who, "/agreements/orders/contradictions");
    const listed = (contradictions as unknown as Contradiction[]).map(({ subject }) => subject);
    return [agreements[0]?.differ, agreements[0]?.money[0]?.amount, mayCompare, listed];
  };
  expect(await contradicted(alma)).toEqual([3, "15.00", true, ["order/SO-P1", "order/SO-P2", "return/R-1"]]);
  expect(await contradicted(nora)).toEqual([2, "10.00", false, ["order/SO-P1", "return/R-1"]]);
  const about = async (who: Browser, subject: string) =>
    (await who.request("GET", `/agreements/of/${encodeURIComponent(subject)}`)).status;
  expect(
    await Promise.all(["order/SO-P1", "order/SO-P2", "return/R-1"].map((subject) => about(nora, subject))),
  ).toEqual([200, 404, 200]);

  // She chooses all of a cause, and it is all of it in her plant; what holds another plant's order is not hers to decide about.
  const chosen = { act: "try again", chosen: { cause }, reason: "The item is known now." };
  const frozen = await nora.request("POST", "/selections", chosen);
  expect([frozen.status, frozen.body.totals]).toMatchObject([201, { selected: 1 }]);
  const whole = await alma.request("POST", "/selections", chosen);
  const ids = async (who: Browser) =>
    ((await read(who, "/selections")).selections as unknown as { id: string }[]).map(({ id }) => id);
  expect([await ids(alma), await ids(nora)]).toEqual([[whole.body.id, frozen.body.id], [frozen.body.id]]);
  expect(await read(nora, `/selections/${whole.body.id}`)).toEqual({ status: 404 });
  const { rows } = await db.pool.query<{ key: string }>(
    "select key from delivery where status = 'parked' and correlation in ('order/SO-P1', 'order/SO-P2')",
  );
  const subjects = rows.map(({ key }) => key);
  for (const each of [{ subjects }, { replay: { key: "order/SO-P1" } }])
    expect((await nora.request("POST", "/selections", { ...chosen, chosen: each })).status).toBe(404);
  const begin = { word: "run" };
  expect((await nora.request("POST", `/selections/${whole.body.id}/decide`, begin)).status).toBe(404);
  const tend = { assign: "nora", reason: "Mine." };
  expect((await nora.request("POST", `/causes/${cause}/tend`, tend)).body).toMatchObject({
    detail: expect.stringContaining("1 of its documents lie outside"),
  });

  // What was solved lately is that of her plant too.
  await db.pool.query(
    `insert into exception (fingerprint, class, subject_kind, subject, correlation, title, reason, owner, resolved_at, resolution)
     select 'solved', 'data', 'document', o, o, 'Solved', 'Solved.', 'x', now(), 'Solved.' from unnest(array['order/SO-P1', 'order/SO-P2']) o`,
  );
  const solved = async (who: Browser) =>
    ((await read(who, "/exceptions/solved")).solved as { exceptions: number }[]).map(
      ({ exceptions }) => exceptions,
    );
  expect([await solved(alma), await solved(nora)]).toEqual([[2], [1]]);
});

test("the account, the periods and the runbooks are counted for the part of the business one may see", async () => {
  const day = new Date().toISOString().slice(0, 10);
  for (const ledger of ["ME-01", "ME-02"]) await small.post(`UNKNOWN-${ledger}`, ledger, day);
  const all = await signedIn("arne", "controller");
  const hers = await signedIn("ines", "controller", { ...EVERYWHERE, entities: ["ME-01"] });
  const plant = await signedIn("pia", "logistics", { ...EVERYWHERE, plants: ["NANTES"] });
  const read = async (who: Browser, path: string) => (await who.request("GET", path)).body;
  type Periods = { periods: Readiness[] };
  const waysOf = async (who: Browser) =>
    ((await read(who, "/periods")) as unknown as Periods).periods.map(({ ledger, count, ready }) => [
      ledger,
      count,
      ready,
    ]);
  // The month before is ready, this one is not: the entry was refused.
  await expect
    .poll(() => waysOf(all), { timeout: 10_000 })
    .toEqual([
      ["ME-01", 0, true],
      ["ME-01", 1, false],
      ["ME-02", 0, true],
      ["ME-02", 1, false],
    ]);
  expect(await waysOf(hers)).toEqual([
    ["ME-01", 0, true],
    ["ME-01", 1, false],
  ]);
  const one = (await read(hers, `/periods/ME-01/${day}`)) as unknown as Readiness;
  expect([one.count, one.inTheWay.map(({ correlation }) => correlation)]).toEqual([
    1,
    ["entry/UNKNOWN-ME-01"],
  ]);
  expect((await hers.request("GET", `/periods/ME-02/${day}`)).status).toBe(404);
  const close = { status: "soft-closed", reason: "Month end." };
  expect((await hers.request("POST", "/periods/ME-02/2026-01", close)).status).toBe(404);
  expect((await hers.request("POST", "/periods/ME-01/2026-01", close)).status).toBe(200);
  // A misspelt ledger would read as ready and be closed, and the one that was meant stay open.
  const misspelt = [
    await all.request("GET", `/periods/ME-O1/${day}`),
    await all.request("POST", "/periods/ME-O1/2026-01", close),
    await all.request("POST", "/periods/ME-01/2026-13", close),
  ];
  expect(misspelt.map(({ status, body }) => [status, body.detail])).toEqual([
    ...[404, 404].map((status) => [status, expect.stringContaining("no posting names it")]),
    [422, "The calendar of ME-01 has no period 2026-13; nothing was changed."],
  ]);
  // A plant is a part of each ledger: nobody learns from it that the whole is ready.
  expect(await waysOf(plant)).toEqual(["ME-01", "ME-01", "ME-02", "ME-02"].map((each) => [each, 0, false]));

  // What is open is what the system's page lists, for whoever looks.
  for (const who of [all, hers, plant]) {
    const { open: counted, delivered, applied, superseded, cancelled } = await read(who, "/balance");
    const { deliveries } = await read(who, "/systems/erp/open");
    expect(counted).toBe((deliveries as object[]).length);
    expect(delivered).toBe(Number(applied) + Number(superseded) + Number(cancelled) + Number(counted));
    const { runbooks } = (await read(who, "/runbooks")) as unknown as RunbookList;
    const aside = counted === 0 ? [] : [{ system: "erp", because: expect.stringMatching(`^${counted} `) }];
    expect(runbooks.map(({ id, calledFor }) => [id, calledFor])).toEqual([["RUN-T", aside]]);
    expect((await who.request("GET", "/runbooks/RUN-T?system=erp")).status).toBe(200);
  }
  expect((await read(hers, "/balance")).owed).toBe(null);
});

test("a personal field is shown for a reason, to those who may, and every field shown is in the audit", async () => {
  const address = { name: "Jo Doe", street: "Canary Street 7", city: "Lyon", country: "FR" };
  const order = {
    salesOrderId: "SO-P",
    customerReference: "PO-P",
    customer: "C-SHOP",
    channel: "shop",
    capturedAt: new Date().toISOString(),
    currency: "EUR",
    shipTo: address,
    lines: [
      {
        line: "1",
        item: "PUMP-100",
        quantity: { value: "1", uom: "EA" },
        price: { amount: "5.00", currency: "EUR", per: { value: "1", uom: "EA" } },
      },
    ],
    total: { amount: "5.00", currency: "EUR" },
  };
  await dock.accept("shop-orders-in", { messageId: "PO-P", body: Buffer.from(JSON.stringify(order)) });
  const { rows } = await db.pool.query(
    "select position::text from event where correlation = 'order/SO-P' order by position limit 1",
  );
  const path = `/documents/${encodeURIComponent("order/SO-P")}/steps/${rows[0].position}`;
  const lou = await signedIn("lou", "logistics");
  const dev = await signedIn("dev", "developer");
  const hidden = await lou.request("GET", path);
  expect([hidden.status, hidden.text.includes("Canary"), hidden.text.includes("••••")]).toEqual([
    200,
    false,
    true,
  ]);
  const reveal = (who: Browser, body: object) => who.request("POST", `${path}/reveal`, body);
  expect((await reveal(dev, { mark: "personal", reason: "curious" })).status).toBe(403);
  expect((await reveal(lou, { mark: "personal" })).status).toBe(400);
  expect((await reveal(lou, { mark: "personal", reason: "" })).status).toBe(400);
  expect((await reveal(lou, { mark: "secret", reason: "It is needed." })).status).toBe(403);
  const shown = await reveal(lou, { mark: "personal", reason: "The carrier asks for the street." });
  expect((shown.body.data as { shipTo: object }).shipTo).toEqual(address);
  const audited = await db.pool.query(
    "select actor, reason, facts from audit where action = 'see personal data'",
  );
  expect(audited.rows).toEqual([
    {
      actor: "lou",
      reason: "The carrier asks for the street.",
      facts: expect.stringContaining('"fields":["shipTo.street"]'),
    },
  ]);
  expect((await lou.request("GET", path)).text).not.toContain("Canary");

  // Side by side it is hidden in what arrived as well, and shown there on the same terms.
  const compared = await lou.request("GET", `${path}/side-by-side`);
  const rowOf = (body: object, field: string) =>
    (body as SideBySide).rows.find(({ path: one }) => one === field);
  expect(compared.text).not.toContain("Canary");
  expect(rowOf(compared.body, "shipTo.street")).toMatchObject({
    value: "••••",
    arrived: { place: "shipTo.street", value: "••••" },
  });
  expect(rowOf(compared.body, "shipTo.city")).toEqual({
    path: "shipTo.city",
    value: "Lyon",
    arrived: { place: "shipTo.city", value: "Lyon" },
    sent: null,
    ruleIn: "same value; the map is written by hand",
    ruleOut: "",
    same: true,
  });
  const revealed = await reveal(lou, { mark: "personal", of: "side by side", reason: "The carrier asks." });
  expect(rowOf(revealed.body, "shipTo.street")?.arrived?.value).toBe("Canary Street 7");
  expect((await dev.request("GET", `${path}/side-by-side`)).text).not.toContain("Canary");
});
