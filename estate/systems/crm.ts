/**
 * The CRM: Salesforce-like sObjects written by external id.
 *
 * What must stay true: one record per external id, however often it is written; the first write answers 201, later
 * ones 200. Refusals come as Salesforce's list of `{errorCode, message, fields}`.
 *
 * @covers PRD-01, SYS-01
 */
import { type Answer, type Body, noSettings, Refusal } from "../kernel/call.ts";
import type { Tools, Trade } from "../kernel/station.ts";

interface Sobject {
  readonly id: string;
  readonly sobject: string;
  readonly externalId: string;
  readonly fields: Record<string, unknown>;
  readonly createdAt: string;
  changedAt: string;
  writes: number;
}

const PATH = /^\/services\/data\/v[\d.]+\/sobjects\/(?<sobject>\w+)\/(?<field>\w+)\/(?<externalId>.+)$/;

export function crm(tools: Tools): Trade {
  const records = new Map<string, Sobject>();

  const keyOf = (params: Readonly<Record<string, string>>) => `${params.sobject}/${params.externalId}`;

  function upsert(params: Readonly<Record<string, string>>, body: Body): Answer {
    const known = records.get(keyOf(params));
    const id = known?.id ?? `801${String(records.size + 1).padStart(12, "0")}AAA`;
    const { attributes: _, ...fields } = body;
    tools.commit({
      kind: "upserted",
      id,
      sobject: params.sobject,
      field: params.field,
      externalId: params.externalId,
      fields,
    });
    const created = known === undefined;
    return { status: created ? 201 : 200, body: { id, success: true, errors: [], created } };
  }

  return {
    apply(entry, at) {
      if (entry.kind !== "upserted") return;
      const key = `${entry.sobject}/${entry.externalId}`;
      const known = records.get(key);
      if (known === undefined) {
        records.set(key, {
          id: entry.id as string,
          sobject: entry.sobject as string,
          externalId: entry.externalId as string,
          fields: { ...(entry.fields as Body) },
          createdAt: at,
          changedAt: at,
          writes: 1,
        });
        return;
      }
      Object.assign(known.fields, entry.fields);
      known.changedAt = at;
      known.writes += 1;
    },
    routes: [
      { method: "PATCH", path: PATH, handle: (call) => upsert(call.params, call.body) },
      {
        method: "GET",
        path: PATH,
        handle: ({ params }) => {
          const known = records.get(keyOf(params));
          if (known === undefined) {
            throw new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
          }
          const attributes = {
            type: known.sobject,
            url: `/services/data/v62.0/sobjects/${known.sobject}/${known.id}`,
          };
          return {
            status: 200,
            body: {
              attributes,
              Id: known.id,
              [params.field!]: known.externalId,
              CreatedDate: known.createdAt,
              LastModifiedDate: known.changedAt,
              ...known.fields,
            },
          };
        },
      },
    ],
    acts: {},
    settle: noSettings,
    books: () => ({ records: [...records.values()] }),
    resume: () => undefined,
    dialect: ({ status, code, message, facts }) => ({
      status,
      body: [
        {
          errorCode: salesforceCode[code] ?? code,
          message,
          ...(facts.field === undefined ? {} : { fields: [facts.field] }),
        },
      ],
    }),
    refusal: () =>
      new Refusal(
        400,
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "The order cannot be changed: its account is frozen.",
      ),
  };
}

const salesforceCode: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "INVALID_SESSION_ID",
  INVALID_JSON: "JSON_PARSER_ERROR",
  TOO_BUSY: "REQUEST_LIMIT_EXCEEDED",
  UNEXPECTED: "UNKNOWN_EXCEPTION",
};
