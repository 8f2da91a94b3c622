/**
 * The master-data platform: items, customers, suppliers, accounts and cost centres, each with its versions.
 *
 * What must stay true: the version of a record only grows, and each version is told once, whole.
 *
 * @covers SYS-39
 */
import { type Body, object, Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

const KINDS = ["item", "customer", "supplier", "account", "bill-of-materials"];

export function mdm(tools: Tools): Trade {
  const records = new Map<string, { kind: string; id: string; version: number; record: Body }>();
  const trade = desk(tools, ({ tell }) => ({
    collections: {},
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
