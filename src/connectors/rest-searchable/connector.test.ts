/** Holds `rest-searchable` to its guarantees against a warehouse of its own that books whatever comes, twice if it comes twice. */
import { expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import { httpWorld } from "../../testing/http-world.ts";
import type { Parcel } from "../connector.ts";
import { restSearchable, settlingWithin } from "./connector.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };

const parcel = (n: number): Parcel => ({
  key: `key-${n}`,
  contract: "wms.allocate-stock",
  subject: `order/SO-${n}`,
  mediaType: "application/json",
  body: toBytes(JSON.stringify({ orderId: `SO-${n}`, lines: [{ line: 1, sku: "P", quantity: "2" }] })),
});

async function warehouse() {
  const booked: { id: string; reference: string }[] = [];
  const wire = await httpWorld(({ method, path, query, headers, text }) => {
    if (path === "/health") return { status: 200 };
    if (headers.authorization !== "Bearer token-for-the-warehouse") return { status: 401 };
    if (path === "/api/levels") return { status: 200, body: { sku: "P", onHand: "5" } };
    if (path !== "/api/allocations") return { status: 404 };
    if (method === "GET") {
      const items = booked.filter(({ reference }) => reference === query.get("reference"));
      return { status: 200, body: { items } };
    }
    const one = { ...(JSON.parse(text) as { reference: string }), id: `A-${booked.length + 1}` };
    booked.push(one);
    return { status: 201, body: one };
  });
  return { wire, booked };
}

const config = (url: string) => ({
  url,
  token: "token-for-the-warehouse",
  paths: { "wms.allocate-stock": "/api/allocations" },
  asks: { "wms.levels": { method: "GET" as const, path: "/api/levels" } },
  timeoutMs: 2_000,
  answerBytesMax: 1_000_000,
});

async function openWorld(): Promise<World> {
  const { wire, booked } = await warehouse();
  return {
    ...wire,
    config: config(wire.url),
    parcel,
    effects: ({ key }) => booked.filter(({ reference }) => reference === key).length,
    question: () => ({ about: "wms.levels", data: {} }),
    refuseNext: () => wire.answerNext({ status: 422, body: { code: "unknown_sku" } }),
    occupy: ({ key }) => void booked.push({ id: "A-0", reference: key }),
  };
}

const without = { arrive: "what a warehouse reports comes in as webhooks" };
for (const { name, run } of conformance(restSearchable, openWorld, { without })) test(name, run);

test("a search that answers without a list never says the parcel is not there", async () => {
  const wire = await httpWorld(() => ({ status: 200, body: { message: "search index is being rebuilt" } }));
  const session = await restSearchable.open(config(wire.url), around);
  await expect(session.verify?.(parcel(1))).rejects.toMatchObject({ name: "Unavailable" });
  await session.close();
  await wire.close();
});

test("a target may promise a shorter time in which it acts", () => {
  expect([restSearchable.guarantees.settleMs, settlingWithin("2s").guarantees.settleMs]).toEqual([
    60_000, 2_000,
  ]);
});
