/** Holds `rest-upsert` to its guarantees against a CRM and a ledger of its own, each in its dialect. */
import { expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import { type HttpWorld, httpWorld } from "../../testing/http-world.ts";
import type { Parcel } from "../connector.ts";
import { restUpsert } from "./connector.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };

const parcel = (n: number): Parcel => ({
  key: `key-${n}`,
  contract: "crm.update-order",
  subject: `order/SO-${n}`,
  mediaType: "application/json",
  body: toBytes(JSON.stringify({ OrderId__c: `SO-${n}`, Status__c: "posted", Total__c: "500.00" })),
});

interface Kept {
  readonly fields: Record<string, unknown>;
  readonly number: string;
}

/** Keeps records by the id in the path. `effects` is how many records stand under it: one, however often it is written. */
async function records(answers: {
  created(kept: Kept): { status: number; headers?: Record<string, string>; body?: unknown };
  written(kept: Kept): { status: number; headers?: Record<string, string>; body?: unknown };
}): Promise<{ wire: HttpWorld; kept: Map<string, Kept> }> {
  const kept = new Map<string, Kept>();
  const wire = await httpWorld(({ method, path, headers, text }) => {
    if (path === "/health" || path === "/limits") return { status: 200, body: { DailyApiRequests: 5 } };
    if (headers.authorization !== "Bearer token-for-the-records") return { status: 401 };
    const id = path.toLowerCase();
    const known = kept.get(id);
    if (method === "GET")
      return known ? { status: 200, body: { Id: known.number, ...known.fields } } : { status: 404 };
    const fields = JSON.parse(text) as Record<string, unknown>;
    const record = { fields, number: known?.number ?? String(101 + kept.size) };
    kept.set(id, record);
    return known ? answers.written(record) : answers.created(record);
  });
  return { wire, kept };
}

const crm = () =>
  records({
    created: ({ number }) => ({ status: 201, body: { id: number, success: true, errors: [] } }),
    written: () => ({ status: 204 }),
  });

const ledger = () => {
  const taken = ({ number }: Kept) => ({
    status: 204,
    headers: { location: `/record/v1/journalEntry/${number}` },
  });
  return records({ created: taken, written: taken });
};

const config = (url: string, dialect: "salesforce" | "netsuite") => ({
  url,
  dialect,
  token: "token-for-the-records",
  paths: {
    "crm.update-order":
      dialect === "salesforce"
        ? "/sobjects/Order__c/Crossdock_Id__c/{OrderId__c}"
        : "/journalEntry/eid:{key}",
  },
  asks: { limits: { method: "GET" as const, path: "/limits" } },
  timeoutMs: 2_000,
  answerBytesMax: 1_000_000,
});

const worldOf =
  (dialect: "salesforce" | "netsuite", records: typeof crm, refusal: unknown) => async (): Promise<World> => {
    const { wire, kept } = await records();
    return {
      ...wire,
      config: config(wire.url, dialect),
      parcel,
      effects: ({ key, subject }) =>
        [...kept.keys()].filter((id) =>
          id.endsWith(dialect === "salesforce" ? subject.slice(6).toLowerCase() : `eid:${key}`),
        ).length,
      question: () => ({ about: "limits", data: {} }),
      refuseNext: () => wire.answerNext({ status: 400, body: refusal }),
    };
  };

const without = {
  occupy: "an upsert overwrites what stood there before; that is its promise",
  arrive: "nothing arrives over this connector",
};
const crmWorld = worldOf("salesforce", crm, [
  { errorCode: "REQUIRED_FIELD_MISSING", message: "Jane", fields: ["Name"] },
]);
for (const { name, run } of conformance(restUpsert, crmWorld, { without })) test(`${name} (CRM)`, run);
const ledgerWorld = worldOf("netsuite", ledger, {
  "o:errorDetails": [{ detail: "Jane", "o:errorCode": "INVALID_KEY" }],
});
for (const { name, run } of conformance(restUpsert, ledgerWorld, { without })) test(`${name} (ledger)`, run);

test("after the document moved on, an older state is not called applied", async () => {
  const { wire } = await crm();
  const session = await restUpsert.open(config(wire.url, "salesforce"), around);
  await session.deliver?.(parcel(1));
  const older = { ...parcel(1), key: "older", body: toBytes('{"OrderId__c":"SO-1","Status__c":"received"}') };
  expect(await session.verify?.(older)).toBeNull();
  await session.close();
  await wire.close();
});

test("each product's codes say whether the business, the data, a crowd or the credentials stand in the way", async () => {
  const { wire } = await crm();
  const fateOf = async (dialect: "salesforce" | "netsuite", status: number, body: unknown) => {
    const session = await restUpsert.open(config(wire.url, dialect), around);
    wire.answerNext({ status, body });
    const error = await session.deliver?.(parcel(1)).then(
      () => ({ name: "taken" }),
      (thrown: unknown) => thrown as { name: string; category?: string; facts: Record<string, unknown> },
    );
    await session.close();
    return error && "facts" in error ? [error.name, error.category ?? error.facts.access ?? "busy"] : error;
  };
  const salesforce = (errorCode: string) => [{ errorCode, message: "in words", fields: [] }];
  const netsuite = (code: string) => ({
    title: "t",
    "o:errorDetails": [{ detail: "in words", "o:errorCode": code }],
  });
  expect(await fateOf("salesforce", 400, salesforce("FIELD_CUSTOM_VALIDATION_EXCEPTION"))).toEqual([
    "Refused",
    "business",
  ]);
  expect(await fateOf("salesforce", 400, salesforce("MALFORMED_ID"))).toEqual(["Refused", "data"]);
  expect(await fateOf("salesforce", 403, salesforce("REQUEST_LIMIT_EXCEEDED"))).toEqual([
    "Unavailable",
    "busy",
  ]);
  expect(await fateOf("salesforce", 400, salesforce("UNABLE_TO_LOCK_ROW"))).toEqual(["Unavailable", "busy"]);
  expect(await fateOf("salesforce", 401, salesforce("INVALID_SESSION_ID"))).toEqual(["Unavailable", true]);
  expect(
    await fateOf("salesforce", 200, { success: false, errors: [{ statusCode: "STRING_TOO_LONG" }] }),
  ).toEqual(["Refused", "data"]);
  expect(await fateOf("salesforce", 500, salesforce("UNKNOWN_EXCEPTION"))).toEqual(["InDoubt", "busy"]);
  expect(await fateOf("salesforce", 500, salesforce("UNABLE_TO_LOCK_ROW"))).toEqual(["InDoubt", "busy"]);
  expect(await fateOf("netsuite", 400, netsuite("PERIOD_CLOSED"))).toEqual(["Refused", "business"]);
  expect(await fateOf("netsuite", 400, netsuite("UNBALANCED"))).toEqual(["Refused", "data"]);
  expect(await fateOf("netsuite", 429, netsuite("CONCURRENCY_LIMIT_EXCEEDED"))).toEqual([
    "Unavailable",
    "busy",
  ]);
  expect(await fateOf("netsuite", 401, netsuite("INVALID_LOGIN"))).toEqual(["Unavailable", true]);
  // Over its limit of calls at once it says the same; that is a crowd and no wrong credential.
  expect(await fateOf("netsuite", 429, netsuite("INVALID_LOGIN"))).toEqual(["Unavailable", "busy"]);
  await wire.close();
});
