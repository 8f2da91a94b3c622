/** Holds `odata` to its guarantees against a small ERP of its own that keeps references unique and guards its writes. */
import { expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import { httpWorld } from "../../testing/http-world.ts";
import type { Parcel } from "../connector.ts";
import { odata } from "./connector.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };
const SET = "/sap/opu/odata4/meridian/A_SalesOrder";

const parcel = (n: number): Parcel => ({
  key: `delivery'${n}`,
  contract: "erp.post-sales-order",
  subject: `order/SO-${n}`,
  mediaType: "application/json",
  body: toBytes(
    JSON.stringify({
      SoldToParty: "C-ACME",
      NetAmount: "500.00",
      Items: [{ Material: `P-${n}`, Quantity: "1" }],
    }),
  ),
});

interface Document {
  readonly SalesOrder: string;
  readonly ExternalReference: string;
}

/** An ERP whose session token expires whenever `forget` is called. */
async function erp() {
  const documents: Document[] = [];
  let token = "t1";
  let fetches = 0;
  const wire = await httpWorld(({ method, path, query, headers, text }) => {
    if (headers.authorization !== "Bearer erp-token-very-secret") return { status: 401 };
    if (path === "/sap/opu/odata4/meridian/" && headers["x-csrf-token"] === undefined)
      return { status: 200, body: {} };
    if (path === "/sap/opu/odata4/meridian/") {
      fetches += 1;
      return {
        status: 200,
        headers: { "x-csrf-token": token, "set-cookie": `session=${token}; Path=/; HttpOnly` },
        body: {},
      };
    }
    if (path.includes("CreditCheck("))
      return { status: 200, body: { Decision: "approved", Asked: decodeURIComponent(path) } };
    if (method === "GET" && path === SET) {
      const reference = /^ExternalReference eq '(.*)'$/
        .exec(query.get("$filter") ?? "")?.[1]
        ?.replaceAll("''", "'");
      return { status: 200, body: { value: documents.filter((one) => one.ExternalReference === reference) } };
    }
    if (headers["x-csrf-token"] !== token || headers.cookie !== `session=${token}`) {
      return { status: 403, headers: { "x-csrf-token": "Required" } };
    }
    const sent = JSON.parse(text) as Document;
    const known = documents.find((one) => one.ExternalReference === sent.ExternalReference);
    if (known) return { status: 400, body: { error: { code: "V1/311", message: "It exists: Jane Roe" } } };
    const document = { ...sent, SalesOrder: String(4_500_001 + documents.length) };
    documents.push(document);
    return { status: 201, body: document };
  });
  return {
    wire,
    documents,
    fetches: () => fetches,
    forget: () => {
      token = `t${Math.max(fetches, 1) + 1}`;
    },
  };
}

const config = (url: string) => ({
  url: `${url}/sap/opu/odata4/meridian/`,
  token: "erp-token-very-secret",
  paths: { "erp.post-sales-order": { path: "/A_SalesOrder", reference: "SalesOrder" } },
  asks: {
    "erp.check-credit": {
      method: "GET" as const,
      path: "/CreditCheck(Customer='{customer}',Amount={amount},Currency='{currency}')",
    },
  },
  timeoutMs: 2_000,
  answerBytesMax: 1_000_000,
});

async function openWorld(): Promise<World> {
  const { wire, documents } = await erp();
  // The token is fetched by a read, so faults hit the posting itself.
  return {
    ...wire,
    config: config(wire.url),
    parcel,
    effects: ({ key }) => documents.filter((one) => one.ExternalReference === key).length,
    question: () => ({
      about: "erp.check-credit",
      data: { customer: "C-1", amount: "10.00", currency: "EUR" },
    }),
    refuseNext: () =>
      wire.answerNext({
        status: 400,
        body: { error: { code: "F5/201", message: "Period closed for Jane Roe" } },
      }),
    occupy: ({ key }) => void documents.push({ SalesOrder: "4499999", ExternalReference: key }),
  };
}

for (const { name, run } of conformance(odata, openWorld, { without: { arrive: "nothing arrives" } }))
  test(name, run);

test("a session whose write token was forgotten renews it once and posts once", async () => {
  const { wire, documents, fetches, forget } = await erp();
  const session = await odata.open(config(wire.url), around);
  await session.deliver?.(parcel(1));
  forget();
  expect(await Promise.all([session.deliver?.(parcel(2)), session.deliver?.(parcel(3))])).toHaveLength(2);
  expect(documents.map((one) => one.ExternalReference).sort()).toEqual([
    "delivery'1",
    "delivery'2",
    "delivery'3",
  ]);
  expect(fetches()).toBe(2);
  await session.close();
  await wire.close();
});

test("a closed period is a refusal of the business, with its code and without its sentence", async () => {
  const { wire } = await erp();
  const session = await odata.open(config(wire.url), around);
  wire.answerNext({
    status: 400,
    body: { error: { code: "F5/201", message: "Period closed for Jane Roe" } },
  });
  await expect(session.deliver?.(parcel(1))).rejects.toMatchObject({
    name: "Refused",
    category: "business",
    message: "The other side refused erp.post-sales-order for order/SO-1 with code F5/201.",
    facts: { key: "delivery'1", contract: "erp.post-sales-order", status: 400, code: "F5/201" },
  });
  await session.close();
  await wire.close();
});

test("a customer number cannot break out of a question", async () => {
  const { wire } = await erp();
  const session = await odata.open(config(wire.url), around);
  const ask = (customer: string, amount: string) =>
    session.ask?.({ about: "erp.check-credit", data: { customer, amount, currency: "EUR" } }, 1_000);
  expect(await ask("O'Hara", "10.00")).toEqual({
    Decision: "approved",
    Asked: "/sap/opu/odata4/meridian/CreditCheck(Customer='O''Hara',Amount=10.00,Currency='EUR')",
  });
  await expect(ask("C-1", "1),Other(x=1")).rejects.toMatchObject({ name: "Refused" });
  await session.close();
  await wire.close();
});

test("only the places named are compared where the target keeps not all we sent", async () => {
  const { wire, documents } = await erp();
  documents.push({
    SalesOrder: "4499999",
    ExternalReference: "delivery'1",
    Customer: "C-ACME",
    Items: [{ Material: "P-1" }],
  } as unknown as Document);
  const found = async (...compare: string[]) => {
    const paths = { "erp.post-sales-order": { path: "/A_SalesOrder", reference: "SalesOrder", compare } };
    const session = await odata.open({ ...config(wire.url), paths }, around);
    const fate = await session.verify?.(parcel(1)).then(
      (receipt) => receipt?.reference,
      (error: { facts: object }) => error.facts,
    );
    await session.close();
    return fate;
  };
  expect(await found("SoldToParty = Customer", "Items[].Material")).toBe("4499999");
  expect(await found("Items[].Material", "Items[].Quantity")).toMatchObject({ conflict: true });
  expect(await found("SoldToParty")).toMatchObject({ conflict: true, field: "SoldToParty" });
  expect(await found("SoldToPrty", "Itms[].Material")).toMatchObject({ conflict: true });
  await wire.close();
});

test("two documents under one reference are duplicates somebody must reverse, though the target promised to keep it unique", async () => {
  const { wire, documents } = await erp();
  const session = await odata.open(config(wire.url), around);
  await session.deliver?.(parcel(1));
  documents.push(...documents);
  await expect(session.verify?.(parcel(1))).rejects.toMatchObject({
    name: "Refused",
    facts: { duplicates: 2 },
  });
  await session.close();
  await wire.close();
});

test("a mapping may give the document a reference of its own, and is found by it", async () => {
  const { wire, documents } = await erp();
  const session = await odata.open(config(wire.url), around);
  const own = { ...parcel(1), body: toBytes('{"ExternalReference":"SO-1","SoldToParty":"C-ACME"}') };
  const receipt = await session.deliver?.(own);
  expect(documents.map((one) => one.ExternalReference)).toEqual(["SO-1"]);
  expect((await session.verify?.(own))?.reference).toBe(receipt?.reference);
  await session.close();
  await wire.close();
});

test("a reference that exists but cannot be read back leaves the posting in doubt", async () => {
  const { wire } = await erp();
  const session = await odata.open(config(wire.url), around);
  wire.answerNext({ status: 400, body: { error: { code: "V1/311" } } });
  await expect(session.deliver?.(parcel(1))).rejects.toMatchObject({ name: "InDoubt" });
  await session.close();
  await wire.close();
});

test("a contract nobody gave a path is not sent, and the sentence says what to add", async () => {
  const session = await odata.open(config("http://127.0.0.1:9"), around);
  await expect(session.deliver?.({ ...parcel(1), contract: "erp.unknown" })).rejects.toMatchObject({
    name: "Refused",
    message: "This connection has no path for erp.unknown. Add it to `paths` in its settings.",
  });
  await session.close();
});
