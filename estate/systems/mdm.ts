/**
 * The master-data platform: items, customers, suppliers, accounts and cost centres, each with its versions.
 *
 * What must stay true: the version of a record only grows, and each version is told once, whole.
 *
 * @covers SYS-39
 */
import { type Body, list, object, Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { customers, descriptions, items, suppliers } from "./goods.ts";

const KINDS = ["item", "customer", "supplier", "account", "bill-of-materials"];

export function mdm(tools: Tools): Trade {
  const records = new Map<string, { kind: string; id: string; version: number; record: Body }>();
  const first = (kind: string, id: string, record: Body) =>
    records.set(`${kind}/${id}`, { kind, id, version: 1, record });
  for (const { sku, cost } of items)
    first("item", sku, {
      description: descriptions[sku] ?? sku,
      status: "active",
      standardCost: { amount: cost, currency: "EUR" },
    });
  for (const [id, { name, terms }] of Object.entries(customers))
    first("customer", id, { partyName: name, paymentTerms: terms });
  for (const [id, record] of Object.entries(suppliers)) first("supplier", id, record);
  const trade = desk(tools, ({ tell }) => ({
    collections: {},
    routes: [
      {
        method: "GET",
        path: /^\/records\/(?<kind>[^/]+)\/(?<id>.+)$/,
        handle: ({ params }) => {
          const found = records.get(`${params.kind}/${params.id}`);
          if (found === undefined)
            throw new Refusal(404, "NOT_FOUND", `There is no ${params.kind} ${params.id} here.`);
          return { status: 200, body: { ...found } };
        },
      },
      {
        method: "POST",
        path: /^\/record-checks$/,
        handle: ({ body }) => ({
          status: 200,
          body: {
            records: list(body, "references").flatMap((one) => {
              const found = records.get(`${text(one, "kind")}/${text(one, "id")}`);
              return found === undefined ? [] : [found];
            }),
          },
        }),
      },
    ],
    acts: {
      change: (body) => {
        const kind = text(body, "kind");
        if (!KINDS.includes(kind))
          throw new Refusal(400, "INVALID_FIELD", `A record is one of ${KINDS.join(", ")}, found ${kind}.`);
        const id = text(body, "id");
        const version = (records.get(`${kind}/${id}`)?.version ?? 0) + 1;
        const record = { ...records.get(`${kind}/${id}`)?.record, ...object(body, "record") };
        tools.commit({ kind: "record", record: { kind, id, version, record } });
        tell(`${kind}/${id}`, { type: "record.changed", record: kind, key: id, version, fields: record });
        return { id, version };
      },
    },
    books: () => ({ records: [...records.values()] }),
  }));
  return {
    ...trade,
    apply(entry, at) {
      if (entry.kind === "record") {
        const record = entry.record as { kind: string; id: string; version: number; record: Body };
        records.set(`${record.kind}/${record.id}`, record);
      } else trade.apply(entry, at);
    },
  };
}
