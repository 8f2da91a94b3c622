/**
 * A question is answered by the system that knows, or by its last word with its age, or not at all; never by a guess.
 *
 * @covers API-01, API-02, API-03, API-04, API-07, API-11, API-12, API-13, API-18, API-19, API-26, SYS-20
 */
import { Big } from "big.js";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inquiries, production } from "../contracts/canon/index.ts";
import { answering, reporting } from "../contracts/inquiry.ts";
import { InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { promises } from "../trace/promises.ts";
import { validator } from "./check.ts";

let world: GatewayWorld;
let key: string;
beforeAll(async () => {
  world = await gatewayWorld();
  key = await world.key(["inquiries"]);
});
afterAll(() => world.close());
beforeEach(() => {
  world.questions.length = 0;
});

const CREDIT = { customer: "C-NORTH", amount: "1500.00", currency: "EUR" };
const PRICES = {
  customer: "C-NORTH",
  currency: "EUR",
  lines: [{ line: "1", sku: "PUMP-100", quantity: "2" }],
};
const PRICED = { lines: [{ line: "1", sku: "PUMP-100", price: "500.00" }] };
type Question = typeof inquiries.GetPrices.sample.question;
type Answer = typeof inquiries.GetPrices.sample.answer;
const PROMISING = {
  asks: { pricing: { about: "prices" } },
  deadline: "2s",
  promise: {
    worth: ({ currency, lines }: Question, { lines: priced }: Answer) => ({
      amount: new Big(priced[0]!.price).times(lines[0]!.quantity).toFixed(2),
      currency,
    }),
    limit: { EUR: "2000.00" },
    atOnce: 10,
    owner: "sales",
  },
  answer: ({ pricing }: { pricing: Answer }) => pricing,
} as const;
const ask = (path: string, body: unknown) => world.send("POST", path, { key, body });
const away = async () => {
  throw new Unavailable("No line.", { retryAfterMs: 4_000 });
};

test("an answer comes from the connection, now", async () => {
  world.behave.ask = async () => ({ decision: "approved", limit: "8000.00", exposure: "10.00" });
  const { status, body } = await ask("/v1/credit-checks", CREDIT);
  expect({ status, body, asked: world.questions }).toEqual({
    status: 200,
    body: {
      answer: { decision: "approved", limit: "8000.00", exposure: "10.00" },
      degraded: false,
      asOf: expect.stringMatching(/Z$/),
      ageSeconds: 0,
    },
    asked: [{ connection: "erp", about: "credit", data: CREDIT }],
  });
});

test("the last good answer stands in for the same question, with its age, and for no other", async () => {
  world.behave.ask = async () => PRICED;
  const fresh = await ask("/v1/prices", PRICES);
  world.behave.ask = async () => {
    throw new InDoubt("The deadline passed.");
  };
  // The same question with its fields in another order is the same question.
  const again = await ask("/v1/prices", { lines: PRICES.lines, currency: "EUR", customer: "C-NORTH" });
  expect({ status: again.status, body: again.body }).toEqual({
    status: 200,
    body: { answer: PRICED, degraded: true, asOf: fresh.body.asOf, ageSeconds: expect.any(Number) },
  });
  expect((await ask("/v1/prices", { ...PRICES, customer: "C-BAKER" })).status).toBe(503);
});

test("a last answer that is too old does not stand in", async () => {
  const brief = await gatewayWorld({
    capabilities: {
      inquiries: [
        answering(inquiries.GetPrices, {
          asks: { pricing: { about: "prices" } },
          deadline: "2s",
          lastGoodFor: "1ms",
          answer: ({ pricing }) => pricing,
        }),
      ],
    },
  });
  try {
    const own = await brief.key(["inquiries"]);
    brief.behave.ask = async () => PRICED;
    expect((await brief.send("POST", "/v1/prices", { key: own, body: PRICES })).status).toBe(200);
    brief.behave.ask = async () => {
      // Longer than an answer stays good, however quick the machine.
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Unavailable("No line.");
    };
    expect((await brief.send("POST", "/v1/prices", { key: own, body: PRICES })).status).toBe(503);
  } finally {
    await brief.close();
  }
});

test("an answer on an old value is a promise within a limit, told once, and made true when the system speaks again", async () => {
  expect(() => answering(inquiries.GetPrices, PROMISING)).toThrow("for how long that is good");
  const own = await gatewayWorld({
    capabilities: { inquiries: [answering(inquiries.GetPrices, { ...PROMISING, lastGoodFor: "1h" })] },
  });
  try {
    const [shop, agent] = [
      await own.key(["inquiries"], { name: "shop" }),
      await own.key(["inquiries"], { name: "agent" }),
    ];
    const price = (by: string, quantity: string, customer = "C-NORTH", currency = "EUR") =>
      own.send("POST", "/v1/prices", {
        key: by,
        body: { customer, currency, lines: [{ line: "1", sku: "PUMP-100", quantity }] },
      });
    const now = (unit: string) => async () => ({ lines: [{ line: "1", sku: "PUMP-100", price: unit }] });
    own.behave.ask = now("500.00");
    for (const quantity of ["1", "2", "4"]) await price(shop, quantity);
    await price(shop, "1", "C-SWISS", "CHF");

    own.behave.ask = away;
    const first = await price(shop, "1");
    expect(first).toMatchObject({ status: 200, body: { degraded: true, promise: expect.any(String) } });
    // The same to the same client is one promise, however many ask at once; to another client it is another.
    const same = await Promise.all([price(shop, "1"), price(shop, "1"), price(shop, "1")]);
    expect(new Set(same.map(({ body }) => body.promise))).toEqual(new Set([first.body.promise]));
    expect((await price(agent, "1")).body.promise).not.toBe(first.body.promise);
    // 1,000.00 are promised. 500.00 more reach the limit; two who ask at once for the last of it do not both get it.
    const race = await Promise.all([price(agent, "2"), price(shop, "2")]);
    expect(race.map(({ status }) => status).toSorted()).toEqual([200, 503]);
    expect((await price(shop, "4")).body.detail).toContain("as much is promised on old values as may be");
    // In a currency without a limit nothing is promised.
    expect((await price(shop, "1", "C-SWISS", "CHF")).status).toBe(503);
    const open = await promises(own.pool);
    expect(open.exposure).toEqual([
      { inquiry: "getPrices", promises: 3, money: [{ amount: "2000.00", currency: "EUR" }] },
    ]);

    // It answers again: what it says now is held against each promise. The price of two has changed since.
    own.behave.ask = async (_connection, { data }) =>
      now((data as typeof PRICES).lines[0]!.quantity === "2" ? "505.00" : "500.00")();
    await expect.poll(async () => (await promises(own.pool)).exposure, { timeout: 8_000 }).toEqual([]);
    const settled = (await promises(own.pool)).promises.map(({ worth, state, difference }) => [
      worth?.amount,
      state,
      difference,
    ]);
    expect(settled.toSorted()).toEqual([
      ["1000.00", "differs", "10.00"],
      ["500.00", "kept", null],
      ["500.00", "kept", null],
    ]);
    const told = await own.pool.query(
      "select contract, count(*)::int as n from event where contract like 'operations.promise-%' group by 1 order by 1",
    );
    expect(told.rows).toEqual([
      { contract: "operations.promise-given", n: 3 },
      { contract: "operations.promise-settled", n: 3 },
    ]);
    await expect
      .poll(async () => (await own.pool.query("select class, owner, reason, at_risk from exception")).rows)
      .toEqual([
        {
          class: "business hold",
          owner: "sales",
          reason: expect.stringMatching(
            /^(shop|agent) was told what the system had last said at .*Z\. 1000\.00 EUR was promised, and it is 1010\.00 EUR now\. Honour it, or tell them\.$/,
          ),
          at_risk: '{"money":[{"amount":"10.00","currency":"EUR"}],"units":[]}',
        },
      ]);
  } finally {
    await own.close();
  }
}, 20_000);

test("what may be promised survives a restart while its system is away, for as long as it is good", async () => {
  const own = await gatewayWorld({
    capabilities: { inquiries: [answering(inquiries.GetPrices, { ...PROMISING, lastGoodFor: "1h" })] },
  });
  try {
    const bearer = await own.key(["inquiries"]);
    own.behave.ask = async () => PRICED;
    const fresh = await own.send("POST", "/v1/prices", { key: bearer, body: PRICES });
    const kept = () => own.pool.query("select flow, fact from last_answer");
    await expect
      .poll(async () => (await kept()).rows, { timeout: 5_000 })
      .toEqual([{ flow: "inquiry getPrices", fact: JSON.stringify(PRICED) }]);
    own.behave.ask = away;
    const after = await own.another();
    const asked = async () => {
      const said = await fetch(`${after.url}/v1/prices`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: JSON.stringify(PRICES),
      });
      return { status: said.status, body: await said.json() };
    };
    try {
      expect(await asked()).toMatchObject({
        status: 200,
        body: { answer: PRICED, degraded: true, asOf: fresh.body.asOf, promise: expect.any(String) },
      });
      await own.pool.query("update last_answer set said_at = said_at - interval '2 hours'");
      expect((await asked()).status).toBe(503);
    } finally {
      await after.close();
    }
  } finally {
    await own.close();
  }
});

test("where no stand-in is safe, silence is a 503 that says when to ask again", async () => {
  world.behave.ask = async () => ({ decision: "approved" });
  await ask("/v1/credit-checks", CREDIT);
  world.behave.ask = away;
  const { status, headers, body } = await ask("/v1/credit-checks", CREDIT);
  expect({ status, after: headers.get("retry-after"), class: body.class }).toEqual({
    status: 503,
    after: "4",
    class: "dependency",
  });
});

test("a system that says no is a 422 with its reason", async () => {
  world.behave.ask = async () => {
    throw new Refused("Customer C-NORTH is blocked.", { category: "business" });
  };
  expect(await ask("/v1/credit-checks", CREDIT)).toMatchObject({
    status: 422,
    body: { class: "business-hold", detail: "Customer C-NORTH is blocked." },
  });
});

test("an answer that does not keep the published shape is never passed on", async () => {
  world.behave.ask = async () => ({ Decision: "yes", internal: "secret" });
  const { status, body } = await ask("/v1/credit-checks", CREDIT);
  expect(status).toBe(502);
  expect(JSON.stringify(body)).not.toContain("secret");
  // Whoever runs the dock reads which question, of whom, and which field; the caller and the log see no values.
  expect(world.logged()).toContain(
    "checkCredit, asked of erp: the answer must have required properties decision.",
  );
  expect(world.logged()).not.toContain("secret");
});

test("a solution translates between the published shapes and a system's dialect", async () => {
  const translated = await gatewayWorld({
    capabilities: {
      inquiries: [
        answering(inquiries.CheckCredit, {
          asks: {
            erp: {
              about: "CreditCheck",
              ask: ({ customer, amount, currency }) => ({
                Customer: customer,
                Amount: amount,
                Currency: currency,
              }),
            },
          },
          deadline: "2s",
          answer: ({ erp: { Decision, Limit } }) => ({ decision: Decision, limit: Limit }),
        }),
      ],
    },
  });
  try {
    translated.behave.ask = async () => ({ Decision: "held", Limit: "100.00", "@odata.context": "x" });
    const { body } = await translated.send("POST", "/v1/credit-checks", {
      key: await translated.key(["inquiries"]),
      body: CREDIT,
    });
    expect(body.answer).toEqual({ decision: "held", limit: "100.00" });
    expect(translated.questions).toEqual([
      {
        connection: "erp",
        about: "CreditCheck",
        data: { Customer: "C-NORTH", Amount: "1500.00", Currency: "EUR" },
      },
    ]);
    expect((await translated.send("POST", "/v1/prices", { body: PRICES })).status).toBe(404);
  } finally {
    await translated.close();
  }
});

test.each([
  ["/v1/credit-checks", { ...CREDIT, amount: 1500 }, "amount"],
  ["/v1/prices", { ...PRICES, lines: [] }, "lines"],
  ["/v1/availability", { lines: [{ sku: "PUMP-100" }] }, "lines[0].quantity"],
])("%s names the field that is wrong", async (path, body, field) => {
  expect(await ask(path, body)).toMatchObject({ status: 422, body: { field } });
  expect(world.questions).toEqual([]);
});

test.each(inquiries.all.map((one) => [one.name, one] as const))(
  "%s is served from its declaration: checked question, checked answer, and refused when it is not asked well",
  async (_name, { path, question: _, sample, answer }) => {
    world.behave.ask = async () => sample.answer;
    const [number] = Object.values(sample.question as Record<string, string>);
    const byNumber = path.includes("{");
    const address = `/v1${path.replace(/\{\w+\}/, encodeURIComponent(number!))}`;
    const asked = byNumber
      ? await world.send("GET", address, { key })
      : await world.send("POST", address, { key, body: sample.question });
    expect(asked).toMatchObject({ status: 200, body: { answer: sample.answer, degraded: false } });
    expect(validator(answer).Check(asked.body.answer)).toBe(true);
    if (byNumber) {
      world.behave.ask = async () => {
        throw new Refused("There is none.", { facts: { status: 404 } });
      };
      expect((await world.send("GET", address, { key })).status).toBe(404);
    } else {
      const { body, status } = await world.send("POST", address, { key, body: {} });
      expect({ status, field: body.field }).toEqual({ status: 422, field: expect.any(String) });
    }
  },
);

test("several systems are asked at once, and one that refuses is part of the answer where that is said", async () => {
  const joined = await gatewayWorld({
    capabilities: {
      inquiries: [
        answering(inquiries.ValidatePosting, {
          asks: { erp: { about: "period" }, pricing: { about: "accounts", mayRefuse: true } },
          deadline: "2s",
          answer: ({ erp, pricing }) => ({
            valid: false,
            reasons: [`Accounts: ${pricing.refused}.`],
            period: erp.period,
            periodStatus: "open",
          }),
        }),
      ],
    },
  });
  try {
    joined.behave.ask = async (connection) => {
      if (connection === "erp") return { period: "2026-01" };
      throw new Refused("No.", { facts: { code: "ACCOUNT_UNKNOWN" } });
    };
    const { body } = await joined.send("POST", "/v1/posting-validations", {
      key: await joined.key(["inquiries"]),
      body: inquiries.ValidatePosting.sample.question,
    });
    expect(body.answer).toMatchObject({ reasons: ["Accounts: ACCOUNT_UNKNOWN."], period: "2026-01" });
  } finally {
    await joined.close();
  }
});

test("callers who wait never crowd a system: beyond sixteen at a time the next is told to come back", async () => {
  let let_go: (value: unknown) => void = () => undefined;
  const gate = new Promise((resolve) => {
    let_go = resolve;
  });
  world.behave.ask = async () => {
    await gate;
    return { decision: "held" };
  };
  const waiting = Array.from({ length: 16 }, () => ask("/v1/credit-checks", CREDIT));
  while (world.questions.length < 16) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(await ask("/v1/credit-checks", CREDIT)).toMatchObject({
    status: 503,
    body: { class: "dependency" },
  });
  let_go(null);
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(200));
});

test("what cannot be answered while somebody waits, and what machines count, is refused when it is declared", () => {
  const slow = {
    asks: { erp: { about: "x" } },
    deadline: "1m",
    answer: () => ({ decision: "held" }),
  } as const;
  expect(() => answering(inquiries.CheckCredit, slow)).toThrow(/answered within 10s/);
  const cycles = { name: "reportCycle", path: "/machine-cycles", flow: "cycles" };
  expect(() => reporting(production.MachineCycleCompleted, cycles)).toThrow(/telemetry/);
});
