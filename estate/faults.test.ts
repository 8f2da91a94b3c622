/** Every fault switch does what it says, to a real process over real HTTP, and is counted. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestEstate, refusedConnection, type TestEstate, until } from "./testing/receiver.ts";

let world: TestEstate;
beforeAll(async () => {
  world = await openTestEstate(["crm", "tax", "wms", "finance"]);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const system of ["crm", "tax", "wms", "finance"] as const) await world.estate.clear(system);
});

let count = 0;
const fresh = (prefix: string) => `${prefix}-${++count}`;
const transaction = (documentCode: string, amount = "100.00") => ({
  documentCode,
  customer: "C-NORTH",
  currency: "EUR",
  commit: true,
  lines: [{ line: 1, sku: "PUMP-100", amount }],
});
const commit = (code: string, timeoutMs?: number) =>
  world.call("tax", "POST", "/v2/transactions", transaction(code), { "idempotency-key": code }, timeoutMs);
const documents = async (code: string) =>
  (await world.estate.books("tax")).documents.filter(
    (one: { documentCode: string }) => one.documentCode === code,
  );
const fired = async (fault: "lose-answer" | "hang" | "error" | "busy" | "refuse" | "slow" | "down") =>
  (await world.estate.faults("tax")).fired[fault] ?? 0;

describe("a lost answer", () => {
  test("commits exactly once: the books show it, the key gives the answer, and a second send books nothing", async () => {
    const code = fresh("TAX");
    const before = await fired("lose-answer");
    await world.estate.fault("tax", "lose-answer", { times: 1 });
    await expect(commit(code)).rejects.toThrow();
    expect(await documents(code)).toHaveLength(1);

    const outcome = await world.call("tax", "GET", `/outcomes/${code}`);
    expect(outcome.status).toBe(200);
    const again = await commit(code);
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual(outcome.body);
    expect(await documents(code)).toHaveLength(1);
    expect(await fired("lose-answer")).toBe(before + 1);
  });

  test("books twice where nothing is unique, and the search by reference finds both", async () => {
    const order = {
      reference: fresh("AL"),
      orderId: fresh("SO"),
      lines: [{ line: 1, sku: "SEAL-9", quantity: "1" }],
    };
    await world.estate.fault("wms", "lose-answer", { times: 1 });
    await expect(world.call("wms", "POST", "/api/allocations", order)).rejects.toThrow();
    await world.call("wms", "POST", "/api/allocations", order);
    const found = await world.call("wms", "GET", `/api/allocations?reference=${order.reference}`);
    expect(found.body.items).toHaveLength(2);
  });

  test("leaves reads alone", async () => {
    await world.estate.fault("wms", "lose-answer");
    expect((await world.call("wms", "GET", "/api/stock")).status).toBe(200);
  });
});

test("a hung request is committed and never answered", async () => {
  const code = fresh("TAX");
  await world.estate.fault("tax", "hang", { times: 1 });
  await expect(commit(code, 300)).rejects.toThrow();
  expect(await documents(code)).toHaveLength(1);
});

test("an error happens before anything is done, in the dialect of the system", async () => {
  const code = fresh("TAX");
  await world.estate.fault("tax", "error", { times: 1 });
  expect((await commit(code)).status).toBe(500);
  expect(await documents(code)).toHaveLength(0);
  expect((await commit(code)).status).toBe(201);

  await world.estate.fault("crm", "error", { times: 1 });
  const path = `/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/${fresh("SO")}`;
  const failed = await world.call("crm", "PATCH", path, { Status__c: "accepted" });
  expect([failed.status, failed.body[0].errorCode]).toEqual([500, "UNKNOWN_EXCEPTION"]);
});

test("a busy system says when to come back and does nothing", async () => {
  const code = fresh("TAX");
  await world.estate.fault("tax", "busy", { times: 1, status: 503, retryAfterSeconds: 7 });
  const answer = await commit(code);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
  expect(await documents(code)).toHaveLength(0);
});

test("a refusal is a business answer with the code asked for, and the key stays free", async () => {
  const code = fresh("TAX");
  await world.estate.fault("tax", "refuse", {
    times: 1,
    code: "CUSTOMER_UNKNOWN",
    message: "No such customer.",
  });
  const answer = await commit(code);
  expect([answer.status, answer.body.title, answer.body.detail]).toEqual([
    422,
    "CUSTOMER_UNKNOWN",
    "No such customer.",
  ]);
  expect((await commit(code)).status).toBe(201);

  await world.estate.fault("finance", "refuse", { times: 1 });
  const entry = { tranDate: "2026-11-21", memo: "", line: { items: [] } };
  const refused = await world.call(
    "finance",
    "PUT",
    `/services/rest/record/v1/journalEntry/eid:${fresh("J")}`,
    entry,
  );
  expect([refused.status, refused.body["o:errorDetails"][0]["o:errorCode"]]).toEqual([
    400,
    "INVALID_KEY_OR_REF",
  ]);
});

test("a slow system acts at once and answers late, or acts late when told so", async () => {
  const early = fresh("TAX");
  await world.estate.fault("tax", "slow", { times: 1, ms: 1000 });
  let answered = false;
  const start = performance.now();
  const answer = commit(early).finally(() => {
    answered = true;
  });
  await until("the document is there", async () => (await documents(early)).length === 1);
  expect(answered).toBe(false);
  expect((await answer).status).toBe(201);
  expect(performance.now() - start).toBeGreaterThanOrEqual(990);

  // The caller gives up; the request takes effect afterwards all the same.
  const late = fresh("TAX");
  await world.estate.fault("tax", "slow", { times: 1, ms: 400, when: "before" });
  await expect(commit(late, 100)).rejects.toThrow();
  expect(await documents(late)).toHaveLength(0);
  await until("the late request takes effect", async () => (await documents(late)).length === 1);
});

describe("a system that is down", () => {
  test("refuses connections and is back, on its port, with its books", async () => {
    const code = fresh("TAX");
    await commit(code);
    await world.estate.fault("tax", "down");
    expect(await refusedConnection(world.call("tax", "GET", "/health"))).toBe(true);
    expect(await refusedConnection(commit(code))).toBe(true);
    expect((await world.estate.describe()).tax?.up).toBe(false);
    await world.estate.clear("tax", "down");
    expect((await world.call("tax", "GET", `/outcomes/${code}`)).status).toBe(200);
    expect(await fired("down")).toBeGreaterThanOrEqual(1);
  });

  test("comes back by itself after the time asked for", async () => {
    await world.estate.fault("tax", "down", { ms: 150 });
    expect(await refusedConnection(world.call("tax", "GET", "/health"))).toBe(true);
    await until("it is back", () =>
      world.call("tax", "GET", "/health").then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });

  test("does no physical acts and sends no webhooks until it is up again", async () => {
    const orderId = fresh("SO");
    const events = (type: string) => world.listener.events(type).filter((event) => event.orderId === orderId);
    const lines = [{ line: 1, sku: "HOUS-4", quantity: "1" }];
    await world.estate.settings("wms", { stock: { "HOUS-4": "0" } });
    await world.call("wms", "POST", "/api/allocations", { reference: orderId, orderId, lines });
    await until("it is backordered", () => events("order.backordered").length === 1);
    await world.estate.fault("wms", "down");
    await world.estate.act("wms", "receive-stock", { sku: "HOUS-4", quantity: "1" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(events("stock.allocated")).toEqual([]);
    await world.estate.clear("wms");
    await until("the allocation is told after all", () => events("stock.allocated").length === 1);
  });
});

test("health tells of a standing outage and does not use up a counted fault", async () => {
  await world.estate.fault("tax", "error");
  expect((await world.call("tax", "GET", "/health")).status).toBe(503);
  await world.estate.fault("tax", "error", { times: 1 });
  expect((await world.call("tax", "GET", "/health")).status).toBe(200);
  expect((await world.estate.faults("tax")).active).toMatchObject([{ fault: "error", times: 1 }]);
});

test("times, path and direction narrow a fault, and chance leaves some requests alone", async () => {
  await world.estate.fault("tax", "error", { times: 2, path: "/v2/voids" });
  expect((await commit(fresh("TAX"))).status).toBe(201);
  const undo = (key: string) =>
    world.call("tax", "POST", "/v2/voids", { documentCode: "none" }, { "idempotency-key": key });
  const statuses = [];
  for (let turn = 0; turn < 3; turn += 1) statuses.push((await undo(fresh("VOID"))).status);
  expect(statuses).toEqual([500, 500, 201]);

  await world.estate.fault("tax", "error", { on: "reads" });
  expect((await commit(fresh("TAX"))).status).toBe(201);
  expect((await world.call("tax", "GET", "/outcomes/x")).status).toBe(500);

  await world.estate.fault("tax", "error", { probability: 0 });
  expect((await commit(fresh("TAX"))).status).toBe(201);
});

test("a fault that makes no sense is refused with a sentence", async () => {
  await expect(world.estate.fault("tax", "flood" as never)).rejects.toThrow("A fault is one of down, slow,");
  await expect(world.estate.fault("tax", "slow", { ms: -1 })).rejects.toThrow("ms is a number from 0");
  await expect(world.estate.fault("printer" as never, "slow")).rejects.toThrow("The systems here are crm");
});

test("a wrong token is refused in the dialect of the system", async () => {
  const bad = { authorization: "Bearer wrong" };
  expect(
    (await world.call("crm", "GET", "/services/data/v62.0/sobjects/A/B/c", undefined, bad)).body,
  ).toEqual([{ errorCode: "INVALID_SESSION_ID", message: "The bearer token is missing or wrong." }]);
  expect((await world.call("tax", "GET", "/outcomes/x", undefined, bad)).status).toBe(401);
});
