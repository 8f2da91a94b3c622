/**
 * The six named products: each in its own words, with its own limits, locks, pages and tokens, and each posts once what was sent twice.
 *
 * Those that stand for a system of the order-to-cash solution keep the kit's guarantees in the file of their connector too.
 *
 * @covers PRD-01, PRD-02, PRD-03, PRD-04, PRD-05, PRD-06
 */
import type { Connector, Parcel, Session } from "crossdock";
import { odata } from "crossdock/connectors/odata";
import { settlingWithin } from "crossdock/connectors/rest-searchable";
import { restUpsert } from "crossdock/connectors/rest-upsert";
import { afterEach, describe, expect, test } from "vitest";
import type { SystemName } from "../../estate/client.ts";
import { againstEstate, type Stand, TOKEN } from "./estate-world.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };
const fusion = settlingWithin("2s");
const signIn = (url: string, path: string) => ({
  tokenUrl: `${url}${path}`,
  clientId: "crossdock",
  clientSecret: TOKEN,
});
const json = (data: unknown) => new TextEncoder().encode(JSON.stringify(data));
const FINANCE = "/services/rest/record/v1";

/** Each product's connection, and a document it takes. */
const PRODUCTS: Record<
  string,
  Stand & { connector: Connector; data: (id: string) => Record<string, unknown> }
> = {
  salesforce: {
    system: "crm",
    connector: restUpsert,
    config: (url) => ({
      url,
      ...signIn(url, "/services/oauth2/token"),
      dialect: "salesforce" as const,
      guarded: true,
      paths: {
        "crm.update-order": "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/{OrderNumber__c}",
      },
      asks: {
        orders: { method: "GET" as const, path: "/services/data/v62.0/query?q={soql}", list: "records" },
      },
      timeoutMs: 3_000,
    }),
    data: (id) => ({ OrderNumber__c: id, Status__c: "posted" }),
    parcel: (id) => ({
      contract: "crm.update-order",
      subject: `order/${id}`,
      data: product("salesforce").data(id),
    }),
    effects: ({ records }, _, id) =>
      records.filter(({ externalId }: { externalId: string }) => externalId === id).length,
  },
  "S/4HANA": {
    system: "erp",
    connector: odata,
    config: (url) => ({
      url: `${url}/sap/opu/odata4/meridian`,
      ...signIn(url, "/sap/bc/sec/oauth2/token"),
      paths: { "erp.post-sales-order": { path: "/A_SalesOrder", reference: "SalesOrder" } },
      asks: { orders: { method: "GET" as const, path: "/A_SalesOrder", list: "value" } },
      timeoutMs: 3_000,
    }),
    data: () => ({
      SoldToParty: "C-ACME",
      TransactionCurrency: "EUR",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "2", NetPrice: "500.00" }],
    }),
    parcel: (id) => ({
      contract: "erp.post-sales-order",
      subject: `order/${id}`,
      data: { PurchaseOrderByCustomer: id, ...product("S/4HANA").data(id) },
    }),
    effects: ({ documents }, { key }) =>
      documents.A_SalesOrder.filter(
        ({ ExternalReference }: { ExternalReference: string }) => ExternalReference === key,
      ).length,
  },
  "S/4HANA Cloud": {
    system: "s4cloud",
    connector: odata,
    config: (url) => ({
      url: `${url}/sap/opu/odata/sap`,
      ...signIn(url, "/sap/bc/sec/oauth2/token"),
      version: "v2" as const,
      referenceField: "YY1_ExternalReference",
      duplicateCodes: ["ZXD/001"],
      paths: {
        "erp.post-sales-order": {
          path: "/API_SALES_ORDER_SRV/A_SalesOrder",
          reference: "SalesOrder",
          search: "$expand=to_Item",
          compare: [
            "SoldToParty",
            "to_Item[].Material = to_Item.results[].Material",
            "to_Item[].RequestedQuantity = to_Item.results[].RequestedQuantity",
          ],
        },
      },
      asks: {
        orders: { method: "GET" as const, path: "/API_SALES_ORDER_SRV/A_SalesOrder", list: "d.results" },
      },
      timeoutMs: 3_000,
    }),
    data: () => ({
      SoldToParty: "C-NORTH",
      TransactionCurrency: "EUR",
      SalesOrderDate: "/Date(1793577600000)/",
      to_Item: [{ Material: "PUMP-100", RequestedQuantity: "2" }],
    }),
    parcel: (id) => ({
      contract: "erp.post-sales-order",
      subject: `order/${id}`,
      data: { PurchaseOrderByCustomer: id, ...product("S/4HANA Cloud").data(id) },
    }),
    effects: ({ documents: { A_SalesOrder = [] } }, { key }) =>
      A_SalesOrder.filter(({ reference }: { reference: string }) => reference === key).length,
    occupy: (parcel, config) =>
      send(odata, config, {
        ...parcel,
        body: json({ ...product("S/4HANA Cloud").data(""), SoldToParty: "C-BAKER" }),
      }),
  },
  "Oracle Fusion": {
    system: "fusion",
    connector: fusion,
    config: (url) => ({
      url: `${url}/fscmRestApi/resources/11.13.18.05`,
      ...signIn(url, "/oauth2/v1/token"),
      probe: "/",
      dialect: "oracle" as const,
      referenceField: "CrossReference",
      search: "q={field}='{reference}'",
      businessCodes: ["AR-855118"],
      paths: {
        "finance.post-invoice": {
          path: "/receivablesInvoices",
          reference: "TransactionNumber",
          search: "expand=receivablesInvoiceLines",
        },
      },
      asks: { invoices: { method: "GET" as const, path: "/receivablesInvoices", list: "items" } },
      timeoutMs: 3_000,
    }),
    data: (id) => ({
      BillToCustomerNumber: "C-NORTH",
      InvoiceCurrencyCode: "EUR",
      AccountingDate: "2026-11-20",
      Comments: id,
      TaxAmount: "200.00",
      receivablesInvoiceLines: [
        { LineNumber: 1, ItemNumber: "PUMP-100", Quantity: "2", UnitSellingPrice: "500.00" },
      ],
    }),
    parcel: (id) => ({
      contract: "finance.post-invoice",
      subject: `invoice/${id}`,
      data: product("Oracle Fusion").data(id),
    }),
    effects: ({ documents: { receivablesInvoices = [] } }, { key }) =>
      receivablesInvoices.filter(({ reference }: { reference: string }) => reference === key).length,
    occupy: (parcel, config) =>
      send(fusion, config, { ...parcel, body: json(product("Oracle Fusion").data("somebody else's")) }),
  },
  "Dynamics 365": {
    system: "dynamics",
    connector: restUpsert,
    config: (url) => ({
      url: `${url}/api/data/v9.2`,
      ...signIn(url, "/oauth2/v2.0/token"),
      probe: "/",
      dialect: "dynamics" as const,
      guarded: true,
      reference: "number",
      paths: { "finance.post-journal": "/journals(externalkey='{key}')" },
      asks: { journals: { method: "GET" as const, path: "/journals", list: "value" } },
      timeoutMs: 3_000,
    }),
    data: (id) => ({
      postingdate: "2026-11-20",
      description: id,
      lines: [
        { account: "Receivables", debit: "80.00" },
        { account: "Revenue", credit: "80.00" },
      ],
    }),
    parcel: (id) => ({
      contract: "finance.post-journal",
      subject: `invoice/${id}`,
      data: product("Dynamics 365").data(id),
    }),
    effects: ({ documents: { journals = [] } }, { key }) =>
      journals.filter(({ reference }: { reference: string }) => reference === key).length,
  },
  NetSuite: {
    system: "finance",
    connector: restUpsert,
    config: (url) => ({
      url,
      ...signIn(url, "/services/rest/auth/oauth2/v1/token"),
      dialect: "netsuite" as const,
      paths: { "finance.post-journal": `${FINANCE}/journalEntry/eid:{key}` },
      asks: { journals: { method: "GET" as const, path: `${FINANCE}/journalEntry?limit=2`, list: "items" } },
      timeoutMs: 3_000,
    }),
    data: (id) => ({
      tranDate: "2026-11-20",
      memo: id,
      line: {
        items: [
          { account: "Receivables", debit: "80.00" },
          { account: "Revenue", credit: "80.00" },
        ],
      },
    }),
    parcel: (id) => ({
      contract: "finance.post-journal",
      subject: `invoice/${id}`,
      data: product("NetSuite").data(id),
    }),
    effects: ({ journalEntries }, { key }) =>
      journalEntries.filter(({ externalId }: { externalId: string }) => externalId === key).length,
  },
};

async function send(connector: Connector, config: unknown, parcel: Parcel): Promise<void> {
  const session = await connector.open(config, around);
  await session.deliver?.(parcel);
  await session.close();
}

const upserts = { occupy: "an upsert overwrites what stood there before; that is its promise" };
const stands = Object.values(PRODUCTS).map((product) => ({
  ...product,
  signsIn: true,
  without:
    product.connector === restUpsert
      ? upserts
      : product.occupy
        ? {}
        : { occupy: "shown in the connector's own file" },
}));
const { estate } = againstEstate(odata, stands, {});

let open: Session[] = [];
afterEach(async () => {
  for (const session of open) await session.close();
  open = [];
  for (const { system } of stands) {
    await estate().clear(system);
    await estate().settings(system, { limits: {} });
  }
});

const product = (name: string) => {
  const found = PRODUCTS[name];
  if (!found) throw new Error(`There is no product ${name} here.`);
  return found;
};
let count = 0;
const parcelOf = (name: string, data?: unknown): Parcel => {
  count += 1;
  const { data: usual, ...rest } = product(name).parcel(`P-${count}`);
  return { ...rest, key: `product-${count}`, mediaType: "application/json", body: json(data ?? usual) };
};
async function lineTo(name: string, more: Record<string, unknown> = {}): Promise<Session> {
  const { system, connector, config } = product(name);
  const session = await connector.open(
    { ...(config(estate().url[system] ?? "") as object), ...more },
    around,
  );
  open.push(session);
  return session;
}
const systemOf = (name: string): SystemName => product(name).system;
const effects = async (name: string, parcel: Parcel) =>
  product(name).effects(await estate().books(systemOf(name)), parcel, parcel.subject.split("/")[1] ?? "");

describe.each(Object.keys(PRODUCTS))("%s", (name) => {
  test("a token that has ended is renewed, and what was refused for it goes through once", async () => {
    const line = await lineTo(name);
    await line.deliver?.(parcelOf(name));
    await estate().act(systemOf(name), "end-sessions");
    const parcel = parcelOf(name);
    await line.deliver?.(parcel);
    expect(await effects(name, parcel)).toBe(1);
  });

  test("a crowd at its door is busy or in doubt, never a refusal, whatever it says", async () => {
    const line = await lineTo(name);
    await line.deliver?.(parcelOf(name));
    await estate().settings(systemOf(name), { limits: { concurrent: 1, workMs: 60 } });
    const parcels = [1, 2, 3].map(() => parcelOf(name));
    const outcomes = await Promise.allSettled(parcels.map((parcel) => line.deliver?.(parcel)));
    const failed = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.name as string] : []));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.filter((kind) => kind !== "Unavailable" && kind !== "InDoubt")).toEqual([]);
    await estate().settings(systemOf(name), { limits: {} });
    for (const parcel of parcels) {
      const known = await line.verify?.(parcel);
      if (!known) await line.deliver?.(parcel);
      expect(await effects(name, parcel)).toBe(1);
    }
  });

  test("its lists come whole, whatever pages they come in", async () => {
    if (systemOf(name) === "crm") await estate().settings("crm", { pageSize: 2 });
    if (systemOf(name) === "dynamics") await estate().settings("dynamics", { pageSize: 2 });
    const line = await lineTo(name);
    const wanted = systemOf(name) === "fusion" ? 27 : 5;
    for (const parcel of Array.from({ length: wanted }, () => parcelOf(name))) await line.deliver?.(parcel);
    const about = Object.keys((product(name).config("http://x") as { asks: object }).asks)[0] ?? "";
    const answer = (await line.ask?.({ about, data: { soql: "SELECT Id FROM Order__c" } }, 3_000)) as {
      [list: string]: unknown;
    };
    const list = (answer.value ??
      answer.items ??
      answer.records ??
      (answer.d as { results: unknown })?.results) as unknown[];
    const books = await estate().books(systemOf(name));
    const all = books.records ?? books.journalEntries ?? Object.values(books.documents)[0];
    expect(list.length).toBe(all.length);
    expect(list.length).toBeGreaterThanOrEqual(wanted);
  });
});

test("a closed period is a rule of the business in every product's words", async () => {
  for (const [name, code] of [
    ["S/4HANA Cloud", "F5/201"],
    ["Oracle Fusion", "AR-855118"],
    ["Dynamics 365", "0x80040265"],
    ["NetSuite", "PERIOD_CLOSED"],
  ] as const) {
    const material = {
      PostingDate: "/Date(1793577600000)/",
      to_MaterialDocumentItem: [{ Material: "SEAL-9", QuantityInEntryUnit: "1" }],
    };
    const more =
      name === "S/4HANA Cloud"
        ? { paths: { "erp.post-sales-order": "/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader" } }
        : {};
    const line = await lineTo(name, more);
    await estate().settings(systemOf(name), { periods: { "2026-11": "closed" } });
    const posting = line.deliver?.(parcelOf(name, name === "S/4HANA Cloud" ? material : undefined));
    await expect(posting).rejects.toMatchObject({ name: "Refused", category: "business", facts: { code } });
    await estate().settings(systemOf(name), { periods: { "2026-11": "open" } });
  }
});

test("a document somebody else holds is tried again, though it is called a bad request", async () => {
  const held = async (name: string, about: object) => {
    const line = await lineTo(name);
    const parcel = parcelOf(name);
    const id = parcel.subject.split("/")[1];
    await estate().act(systemOf(name), "hold", { externalId: id, ms: "100", ...about });
    await expect(line.deliver?.(parcel)).rejects.toMatchObject({ name: "Unavailable" });
    expect(await effects(name, parcel)).toBe(0);
    await expect
      .poll(() =>
        line.deliver?.(parcel).then(
          () => "through",
          () => "held",
        ),
      )
      .toBe("through");
    expect(await effects(name, parcel)).toBe(1);
  };
  await held("salesforce", {});
  await held("S/4HANA", { customer: "C-ACME" });
  await held("S/4HANA Cloud", { customer: "C-NORTH" });
  await held("Oracle Fusion", {});
});

test("what was changed by hand since it was read is not written over; it is read again", async () => {
  const line = await lineTo("Dynamics 365");
  const first = parcelOf("Dynamics 365");
  await line.deliver?.(first);
  const before = await line.verify?.(first);
  expect(before).toMatchObject({ reference: expect.stringMatching(/^GJ-\d+$/) });

  // Somebody edits the row between our reading and our writing: `If-Match` names a version that is gone.
  const url = `${estate().url.dynamics}/api/data/v9.2/journals(externalkey='${first.key}')`;
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const tag = (await fetch(url, { headers })).headers.get("etag") ?? "";
  await estate().act("dynamics", "edit", {
    table: "journals",
    key: first.key,
    fields: { description: "by hand" },
  });
  const late = await fetch(url, {
    method: "PATCH",
    headers: { ...headers, "if-match": tag },
    body: JSON.stringify({ description: "too late" }),
  });
  expect([late.status, (await late.json()).error.code]).toEqual([412, "0x80060882"]);

  // The connector reads first, so it writes over the newest version, and a second sending writes nothing.
  await line.deliver?.(first);
  await line.deliver?.(first);
  const { documents } = await estate().books("dynamics");
  const row = documents.journals.find(({ reference }: { reference: string }) => reference === first.key);
  expect([row.version, row.fields.description]).toEqual([3, first.subject.split("/")[1]]);
});

test("a change of a sales order without its version is refused by both S/4HANA, and with an old one too", async () => {
  const receipt = await (await lineTo("S/4HANA")).deliver?.(parcelOf("S/4HANA"));
  const cloud = await (await lineTo("S/4HANA Cloud")).deliver?.(parcelOf("S/4HANA Cloud"));
  for (const [system, path, root] of [
    ["erp", `/sap/opu/odata4/meridian/A_SalesOrder('${receipt?.reference}')`, "/sap/opu/odata4/meridian/"],
    [
      "s4cloud",
      `/sap/opu/odata/sap/API_SALES_ORDER_SRV/A_SalesOrder('${cloud?.reference}')`,
      "/sap/opu/odata/sap/",
    ],
  ] as const) {
    const url = estate().url[system];
    const authorization = `Bearer ${TOKEN}`;
    const guard = await fetch(`${url}${root}`, { headers: { authorization, "x-csrf-token": "fetch" } });
    const headers = {
      authorization,
      "x-csrf-token": guard.headers.get("x-csrf-token") ?? "",
      cookie: (guard.headers.get("set-cookie") ?? "").split(";")[0] ?? "",
      "content-type": "application/json",
    };
    const etag = (await fetch(`${url}${path}`, { headers })).headers.get("etag");
    const known =
      etag ??
      ((await (await fetch(`${url}${path}`, { headers })).json()) as Record<string, string>)["@odata.etag"];
    const change = async (version?: string) => {
      const answer = await fetch(`${url}${path}`, {
        method: "PATCH",
        headers: { ...headers, ...(version === undefined ? {} : { "if-match": version }) },
        body: JSON.stringify({ PurchaseOrderByCustomer: "PO-9" }),
      });
      return answer.status;
    };
    expect([await change(), await change(known), await change(known)]).toEqual([428, 204, 412]);
  }
});
