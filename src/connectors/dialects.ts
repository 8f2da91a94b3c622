/**
 * How targets word their refusals.
 *
 * A dialect names the reason and says whether it is a rule of the business, a flaw of our data, a crowd at the door or a matter of
 * credentials. It reads codes, never sentences: those are written for people, change with the language, and may quote the
 * document.
 *
 * @covers PRD-01, PRD-02, PRD-03, PRD-04, PRD-05, PRD-06
 */
import Type, { type Static } from "typebox";
import type { Missing } from "../std/errors.ts";
import { textIn } from "./answer.ts";
import type { Dialect, Verdict } from "./outcome.ts";

/**
 * Problem details (RFC 9457), or an object with a `code` or an `error.code`. 402 and 409 are the target's rules, and so are the codes a
 * connection names. A key that came back with another body is a conflict. The member `missing`, `{"keyType","value"}`, names
 * master data the target does not know yet.
 */
export const problem = (businessCodes: readonly string[] = []): Dialect => {
  const rules = new Set(businessCodes.map(plain));
  return ({ status, headers, json }) => {
    if (!isRefusal(status) || headers["retry-after"] !== undefined) return undefined;
    const code =
      textIn(json, "code") ?? textIn(json, "error.code") ?? textIn(json, "type")?.split(/[/:]/).at(-1);
    const field = textIn(json, "errors.0.field") ?? textIn(json, "errors.0.pointer") ?? textIn(json, "field");
    const business = status === 402 || status === 409 || rules.has(plain(code ?? ""));
    return {
      as: "refused",
      category: business ? "business" : "data",
      code,
      field,
      conflict: /idempoten|key.?reused/i.test(code ?? ""),
      missing: missingIn(json),
    };
  };
};

/** The key at `path`. Both parts are shown to people and compared with keys, so neither may be a sentence. */
export function missingIn(json: unknown, path = "missing"): Missing | undefined {
  const [keyType, value] = [textIn(json, `${path}.keyType`), textIn(json, `${path}.value`)];
  if (keyType === undefined || value === undefined) return undefined;
  return /^[A-Za-z]{1,40}$/.test(keyType) && /^[\w.:/-]{1,80}$/.test(value) ? { keyType, value } : undefined;
}

/** `LANE_NOT_SERVED` in a code is `lane-not-served` in a problem type. */
const plain = (code: string): string => code.toLowerCase().replaceAll("_", "-");

/** Products whose words we know. */
export const DialectName = Type.Union(
  [
    Type.Literal("plain"),
    Type.Literal("salesforce"),
    Type.Literal("netsuite"),
    Type.Literal("dynamics"),
    Type.Literal("oracle"),
  ],
  { description: "How the target words refusals: plain." },
);
export type DialectName = Static<typeof DialectName>;

/** A product's dialect, in which the codes a connection names are rules of the business too. */
export function dialectOf(name: DialectName, businessCodes: readonly string[] = []): Dialect {
  if (name === "plain") return problem(businessCodes);
  const rules = new Set(businessCodes);
  return (answer) => {
    const said = dialects[name](answer);
    return said?.as === "refused" && rules.has(said.code ?? "") ? { ...said, category: "business" } : said;
  };
}

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  plain: problem(),

  /** `[{"errorCode","message","fields":[…]}]`, and `{"success":false,"errors":[…]}` beside a 200. */
  salesforce: ({ status, json }) => {
    const errors = Array.isArray(json) ? json : textOfFailure(json);
    const code = textIn(errors, "0.errorCode") ?? textIn(errors, "0.statusCode");
    if (code === undefined) return undefined;
    const field = textIn(errors, "0.fields.0");
    return (
      named(SALESFORCE, code, field) ?? (isRefusal(status) || status < 300 ? refusal(code, field) : undefined)
    );
  },

  /** `{"type","title","status","o:errorDetails":[{"detail","o:errorCode","o:errorPath"}]}`. */
  netsuite: ({ status, headers, json }) => {
    const details = (json as Record<string, unknown> | undefined)?.["o:errorDetails"];
    const code = textIn(first(details), "o:errorCode");
    if (code === undefined) return undefined;
    const field = textIn(first(details), "o:errorPath");
    // Over its limit of calls at once it says that the login is wrong. A wrong login has no time to come back at.
    if (status === 429 || headers["retry-after"] !== undefined) return { ...busy, code, field };
    return named(NETSUITE, code, field) ?? (isRefusal(status) ? refusal(code, field) : undefined);
  },

  /** `{"error":{"code":"0x80040265","message"}}`: a hexadecimal number for everything. */
  dynamics: ({ status, json }) => {
    const code = textIn(json, "error.code");
    if (code === undefined) return undefined;
    return named(DYNAMICS, code, undefined) ?? (isRefusal(status) ? refusal(code, undefined) : undefined);
  },

  /**
   * `{"title","status","o:errorDetails":[{"detail","o:errorCode","o:errorPath"}]}`, or a page of plain text that begins with a code,
   * whatever we accept. A detail that names master data it does not know carries `missing`, `{"keyType","value"}`.
   */
  oracle: ({ status, headers, json, body }) => {
    if (status === 429 || (status === 503 && headers["retry-after"] !== undefined)) return busy;
    const details = (json as Record<string, unknown> | undefined)?.["o:errorDetails"];
    const field = textIn(first(details), "o:errorPath");
    const code =
      textIn(first(details), "o:errorCode") ??
      textIn(json, "o:errorCode") ??
      /^[A-Z]{2,4}-\d{3,9}\b/.exec(body.toString("latin1", 0, 40))?.[0];
    if (code === undefined) return undefined;
    if (isRefusal(status) && code !== undefined) {
      const missing = missingIn(first(details));
      return named(ORACLE, code, field) ?? { ...refusal(code, field), ...(missing ? { missing } : {}) };
    }
    return named(ORACLE, code, field);
  },
};

type Rule = readonly [RegExp, Omit<Verdict, "code" | "field">];

const business: Omit<Verdict, "code" | "field"> = { as: "refused", category: "business" };
const busy: Omit<Verdict, "code" | "field"> = { as: "busy" };
const denied: Omit<Verdict, "code" | "field"> = { as: "denied" };

// Salesforce rolls the request back before it answers with any of these, so none leaves a doubt.
const SALESFORCE: readonly Rule[] = [
  [/^(REQUEST_LIMIT_EXCEEDED|UNABLE_TO_LOCK_ROW|SERVER_UNAVAILABLE|CONCURRENT_\w+)$/, busy],
  [/^(INVALID_SESSION_ID|INVALID_LOGIN|INVALID_AUTH_HEADER|API_DISABLED_FOR_ORG)$/, denied],
  [/^(FIELD_CUSTOM_VALIDATION_EXCEPTION|ENTITY_IS_LOCKED|DUPLICATES_DETECTED|CREDIT_\w+)$/, business],
];

const NETSUITE: readonly Rule[] = [
  [/CONCURREN|REQUEST_LIMIT_EXCEEDED|RCRD_HAS_BEEN_CHANGED|REQUEST_IN_PROGRESS/, busy],
  [/^(INVALID_LOGIN|INVALID_LOGIN_ATTEMPT|SESSION_TIMED_OUT|INSUFFICIENT_PERMISSION)$/, denied],
  [/PERIOD|CREDIT_LIMIT|APPROV|LOCKED/, business],
];

// Limits of requests, of run time and of calls at once; two upserts of one key at once; a version that has moved on.
const DYNAMICS: readonly Rule[] = [
  [/^0x8007232[126]$|^0x80060892$|^0x80060882$/i, busy],
  [/^0x80040220$|^0x80048306$/i, denied],
  [/^0x80040265$/i, business],
];

// Somebody else has the row, or has changed it: said with 400, as if the document were at fault.
const ORACLE: readonly Rule[] = [
  [/^JBO-(25014|26030|26080)$/, busy],
  [/PERIOD|CREDIT|HOLD/, business],
];

function named(rules: readonly Rule[], code: string, field: string | undefined): Verdict | undefined {
  const rule = rules.find(([pattern]) => pattern.test(code));
  return rule && { ...rule[1], code, field };
}

const refusal = (code: string, field: string | undefined): Verdict => ({
  as: "refused",
  category: "data",
  code,
  field,
});

/** 4xx that are about the document, not about credentials, crowds or time. */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 407, 408, 425, 429].includes(status);

const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

const textOfFailure = (json: unknown): unknown => {
  const { success, errors } = (json ?? {}) as { success?: unknown; errors?: unknown };
  return success === false ? errors : undefined;
};
