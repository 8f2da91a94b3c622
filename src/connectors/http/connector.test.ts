/** Holds `http` to its guarantees against a real HTTP server of its own, and tries what only it does. */
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import { httpWorld } from "../../testing/http-world.ts";
import type { Parcel } from "../connector.ts";
import { http } from "./connector.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };

const parcel = (n: number): Parcel => ({
  key: `key-${n}`,
  contract: "tax.finalise-document",
  subject: `invoice/INV-${n}`,
  mediaType: "application/json",
  body: toBytes(JSON.stringify({ documentCode: `INV-${n}`, customer: "Jane Roe", amount: "10.00" })),
});

interface Stored {
  readonly effects: number;
  readonly answer: { readonly id: string; readonly documentCode: string };
}

/** A tax engine that keeps its first answer under the key. */
async function taxEngine() {
  const stored = new Map<string, Stored>();
  const wire = await httpWorld(({ method, path, headers, text }) => {
    if (path === "/health") return { status: 200, body: "fine" };
    if (headers.authorization !== "Bearer token-for-the-tax-engine") return { status: 401 };
    if (method === "GET" && path.startsWith("/outcomes/")) {
      const found = stored.get(decodeURIComponent(path.slice("/outcomes/".length)));
      return found ? { status: 200, body: found.answer } : { status: 404 };
    }
    if (path === "/rates")
      return { status: 200, body: '{"rate":20.00,"digits":12345678901234567890,"count":3}' };
    const key = String(headers["idempotency-key"]);
    const known = stored.get(key);
    if (known) return { status: 200, body: known.answer };
    const { documentCode } = JSON.parse(text) as { documentCode: string };
    const answer = { id: `tx-${stored.size + 1}`, documentCode };
    stored.set(key, { effects: 1, answer });
    return { status: 201, body: answer };
  });
  return { wire, stored };
}

const config = (url: string) => ({
  url,
  token: "token-for-the-tax-engine",
  paths: { "tax.finalise-document": "/v2/transactions" },
  asks: { "tax.rates": "/rates" },
  timeoutMs: 2_000,
  answerBytesMax: 1_000_000,
});

async function openWorld(): Promise<World> {
  const { wire, stored } = await taxEngine();
  return {
    ...wire,
    config: config(wire.url),
    parcel,
    effects: ({ key }) => stored.get(key)?.effects ?? 0,
    question: () => ({ about: "tax.rates", data: { country: "AT" } }),
    refuseNext: () =>
      wire.answerNext({ status: 422, body: { code: "unknown_customer", detail: "Jane Roe" } }),
  };
}

const without = {
  occupy: "a key system gives the first answer again, whatever the second body says",
  arrive: "nothing arrives over this connector",
};
for (const { name, run } of conformance(http, openWorld, { without })) test(name, run);

test("an unanswered call ends when its time is over, and stays in doubt", async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const session = await http.open({ ...config(`http://127.0.0.1:${port}`), timeoutMs: 100 }, around);
  await expect(session.deliver?.(parcel(1))).rejects.toMatchObject({
    name: "InDoubt",
    facts: { key: "key-1", contract: "tax.finalise-document", problem: "timeout" },
  });
  await session.close();
  server.close();
});

test("a code the connection names is a rule of the other side, however it is spelt", async () => {
  const { wire } = await taxEngine();
  const session = await http.open({ ...config(wire.url), businessCodes: ["LANE_NOT_SERVED"] }, around);
  const categoryOf = async (body: unknown) => {
    wire.answerNext({ status: 422, body });
    return session.deliver?.(parcel(1)).catch((error: { category: string }) => error.category);
  };
  expect(await categoryOf({ type: "urn:carrier:lane-not-served" })).toBe("business");
  expect(await categoryOf({ error: { code: "LANE_NOT_SERVED" } })).toBe("business");
  expect(await categoryOf({ type: "urn:carrier:weight-missing" })).toBe("data");
  await session.close();
  await wire.close();
});
