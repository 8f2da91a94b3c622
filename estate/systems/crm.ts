/**
 * The CRM: Salesforce-like sObjects written by external id.
 *
 * What must stay true: one record per external id, however often it is written; the first write answers 201, later
 * ones 200. Refusals come as Salesforce's list of `{errorCode, message, fields}`; over its limits it answers 403, as if the caller were
 * not allowed, and a row somebody else holds is a bad request.
 *
 * @covers PRD-01, SYS-01
 */
import { type Answer, type Body, type Call, object, optionalText, Refusal, text } from "../kernel/call.ts";
import { Limits } from "../kernel/limits.ts";
import { Sessions } from "../kernel/sessions.ts";
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

const QUERY = /^\/services\/data\/v[\d.]+\/query(?:\/(?<locator>\d+))?$/;

export function crm(tools: Tools): Trade {
  const records = new Map<string, Sobject>();
  /** Rows somebody has open, until when. */
  const held = new Map<string, number>();
  let pageSize = 2_000;
  const sessions = new Sessions(tools.token);
  const limits = new Limits((crowd) =>
    refused(
      new Refusal(
        403,
        "REQUEST_LIMIT_EXCEEDED",
        crowd === "calls at once" ? "ConcurrentRequests Limit exceeded." : "TotalRequests Limit exceeded.",
      ),
    ),
  );

  const keyOf = (params: Readonly<Record<string, string>>) => `${params.sobject}/${params.externalId}`;

  const tagOf = ({ writes }: Sobject) => `"${writes}"`;

  function upsert({ params, body, headers }: Call): Answer {
    const known = records.get(keyOf(params));
    if ((held.get(params.externalId!) ?? 0) > Date.now()) {
      throw new Refusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
    }
    const nested = Object.entries(body).find(
      ([name, value]) => name !== "attributes" && Array.isArray(value),
    );
    if (nested !== undefined) {
      throw new Refusal(400, "INVALID_FIELD", `${nested[0]} is a list: children are written by themselves.`, {
        field: nested[0],
      });
    }
    const wanted = headers["if-match"];
    if (wanted !== undefined && (known === undefined || wanted !== tagOf(known))) {
      throw new Refusal(412, "PRECONDITION_FAILED", "The record was changed meanwhile.");
    }
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

  /** `SELECT … FROM Sobject`: pages, each with the address of the next. */
  function query({ path, params, query: asked }: Call): Answer {
    const q = asked.get("q") ?? "";
    const [subquery = "", relation] =
      /\(\s*select[^()]*(?:\([^()]*\))?[^()]*\bfrom\s+(\w+)__r\s*\)/i.exec(q) ?? [];
    const [, sobject] = /\bfrom\s+(\w+)/i.exec(q.replace(subquery, "")) ?? [];
    const start = Number(params.locator ?? 0);
    if (sobject === undefined && params.locator === undefined) {
      throw new Refusal(400, "MALFORMED_QUERY", "A query is SELECT fields FROM sobject.");
    }
    const [, list] = /\bwhere\s+Crossdock_Id__c\s+in\s+\((.*)\)$/i.exec(q) ?? [];
    const named =
      list &&
      new Set([...list.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, quoted]) => quoted!.replaceAll("\\'", "'")));
    const all = [...records.values()].filter(
      (one) => (sobject === undefined || one.sobject === sobject) && (!named || named.has(one.externalId)),
    );
    const page = all.slice(start, start + pageSize);
    const done = start + page.length >= all.length;
    const version = path.split("/query")[0];
    return {
      status: 200,
      body: {
        totalSize: all.length,
        done,
        ...(done ? {} : { nextRecordsUrl: `${version}/query/${start + pageSize}` }),
        records: page.map((one) => ({
          ...rowOf(one),
          ...(relation === undefined ? {} : { [`${relation}__r`]: childrenOf(one, relation) }),
        })),
      },
    };
  }

  const rowOf = ({ id, externalId, fields }: Sobject) => ({ Id: id, ExternalId: externalId, ...fields });

  /** `Credit_Notes` of an order are the `Credit_Note__c` that name it as `Order__r`; null where there are none. */
  function childrenOf({ sobject, externalId }: Sobject, relation: string) {
    const field = sobject.replace(/__c$/, "__r");
    const found = [...records.values()].filter(
      ({ sobject: child, fields }) =>
        child === `${relation.replace(/s$/, "")}__c` &&
        (fields[field] as Body | undefined)?.Crossdock_Id__c === externalId,
    );
    return found.length === 0 ? null : { totalSize: found.length, done: true, records: found.map(rowOf) };
  }

  return {
    apply(entry, at) {
      if (entry.kind === "settings") {
        const settings = entry.settings as { pageSize?: number; limits?: Body };
        pageSize = settings.pageSize ?? pageSize;
        if (settings.limits !== undefined) limits.set(settings.limits);
      }
      if (entry.kind === "by-hand") {
        const known = records.get(entry.key as string);
        if (known === undefined) return;
        for (const field of entry.without as string[]) delete known.fields[field];
        Object.assign(known.fields, entry.fields);
        if (entry.gone === true) records.delete(entry.key as string);
        return;
      }
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
    sessions,
    limits,
    routes: [
      sessions.route(/^\/services\/oauth2\/token$/),
      { method: "GET", path: QUERY, handle: query },
      { method: "PATCH", path: PATH, handle: upsert },
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
            headers: { etag: tagOf(known) },
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
    acts: {
      "end-sessions": () => {
        sessions.end();
        return {};
      },
      /** Somebody has the record open for a while. */
      hold: (body) => {
        held.set(text(body, "externalId"), Date.now() + Number(optionalText(body, "ms") ?? "1000"));
        return {};
      },
      /** A backup is read back: the last records that hold `having` and all of `without` lose those, once there are so many. */
      "read-back": (body) => {
        const without = Array.isArray(body.without) ? body.without.map(String) : [];
        const [having, last] = [text(body, "having"), Number(body.last)];
        const found = [...records].filter(([, { fields }]) =>
          [having, ...without].every((field) => fields[field] !== undefined),
        );
        if (found.length < last)
          throw new Refusal(409, "NOTHING_TO_LOSE", `Only ${found.length} records hold ${having} by now.`);
        for (const [key] of found.slice(-last)) tools.commit({ kind: "by-hand", key, without, fields: {} });
        return { lost: found.slice(-last).map(([key]) => key) };
      },
      /** Somebody edits a record, or deletes it, and tells nobody. */
      "by-hand": (body) => {
        const key = `${text(body, "sobject")}/${text(body, "externalId")}`;
        if (!records.has(key)) throw new Refusal(404, "NOT_FOUND", `There is no record ${key}.`);
        const without = Array.isArray(body.without) ? body.without.map(String) : [];
        tools.commit({
          kind: "by-hand",
          key,
          without,
          fields: object(body, "fields"),
          gone: body.gone === true,
        });
        return { key };
      },
    },
    settle(body) {
      const { pageSize: rows } = body;
      if (rows !== undefined && !(Number.isInteger(rows) && (rows as number) > 0)) {
        throw new Refusal(400, "INVALID_FIELD", "pageSize is a whole number above 0.");
      }
      return {
        ...(rows === undefined ? {} : { pageSize: rows }),
        ...(body.limits === undefined ? {} : { limits: Limits.settle(object(body, "limits")) }),
      };
    },
    books: () => ({ records: [...records.values()] }),
    resume: () => undefined,
    dialect: refused,
    refusal: () =>
      new Refusal(
        400,
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "The order cannot be changed: its account is frozen.",
      ),
  };
}

const refused = ({ status, code, message, facts }: Refusal): Answer => ({
  status,
  body: [
    {
      errorCode: salesforceCode[code] ?? code,
      message,
      ...(facts.field === undefined ? {} : { fields: [facts.field] }),
    },
  ],
});

const salesforceCode: Readonly<Record<string, string>> = {
  UNAUTHORIZED: "INVALID_SESSION_ID",
  INVALID_JSON: "JSON_PARSER_ERROR",
  TOO_BUSY: "REQUEST_LIMIT_EXCEEDED",
  UNEXPECTED: "UNKNOWN_EXCEPTION",
};
