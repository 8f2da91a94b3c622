/**
 * A question is answered by the system that knows, or by its last word with its age, or not at all; never by a guess.
 *
 * @covers API-01, API-02, API-03, API-04, API-07, API-11, API-12, API-13, API-18, API-19, API-26, SYS-20
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inquiries, production } from "../contracts/canon/index.ts";
import { answering, reporting } from "../contracts/inquiry.ts";
import { InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
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
