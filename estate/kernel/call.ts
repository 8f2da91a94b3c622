/**
 * What a system is asked and what it answers, in plain words, so that a system's file knows no sockets.
 *
 * Reading helpers throw a `Refusal` that names the field, what was expected and what was found; each system turns
 * refusals into its own dialect.
 */
import type { IncomingHttpHeaders } from "node:http";
import { cents, milli, NotADecimal } from "./decimal.ts";

export type Body = Readonly<Record<string, unknown>>;

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
  /** The body as it came, to tell whether two bodies are the same. */
  readonly raw: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  /** Matched against the decoded path; its named groups are the call's `params`. */
  readonly path: RegExp;
  /** Anyone may call it, and its body is read by itself: the sign-in. */
  readonly open?: boolean;
  readonly handle: (call: Call) => Answer;
}

/** A no in the business sense: the request was understood and is not done. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(status: number, code: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }
}

const shown = (value: unknown) =>
  value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60).replaceAll('"', "'");

/** A text field that must be there, at most 200 characters. */
export function text(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "" || value.length > 200) {
    throw new Refusal(
      400,
      "INVALID_FIELD",
      `${field} must be text of 1 to 200 characters, found ${shown(value)}.`,
      {
        field,
      },
    );
  }
  return value;
}

/** A text field that may be missing. */
export function optionalText(body: Body, field: string): string | undefined {
  return body[field] === undefined || body[field] === null ? undefined : text(body, field);
}

/** An amount in cents that must be there. */
export function amount(body: Body, field: string): bigint {
  return decimal(() => cents(body[field], field), field);
}

/** A quantity in thousandths that must be there and be more than zero. */
export function positiveQuantity(body: Body, field: string): bigint {
  const value = decimal(() => milli(body[field], field), field);
  if (value <= 0n) {
    throw new Refusal(400, "INVALID_FIELD", `${field} must be more than 0, found ${shown(body[field])}.`, {
      field,
    });
  }
  return value;
}

function decimal(read: () => bigint, field: string): bigint {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof NotADecimal) throw new Refusal(400, "INVALID_FIELD", problem.message, { field });
    throw problem;
  }
}

/** A list of objects that must be there; at most 1,000, at least `least`. */
export function list(body: Body, field: string, least = 1): readonly Body[] {
  const value = body[field];
  const sound =
    Array.isArray(value) &&
    value.length >= least &&
    value.length <= 1000 &&
    value.every((item) => item !== null && typeof item === "object" && !Array.isArray(item));
  if (!sound) {
    throw new Refusal(
      400,
      "INVALID_FIELD",
      `${field} must be a list of ${least} to 1000 objects, found ${shown(value)}.`,
      {
        field,
      },
    );
  }
  return value as readonly Body[];
}

/** An object field, or an empty one when it is missing. */
export function object(body: Body, field: string): Body {
  const value = body[field];
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal(400, "INVALID_FIELD", `${field} must be an object, found ${shown(value)}.`, { field });
  }
  return value as Body;
}

/** A refusal as problem details (RFC 9457), the dialect of most systems here. */
export function problemDetails(refusal: Refusal): Answer {
  return {
    status: refusal.status,
    headers: { "content-type": "application/problem+json" },
    body: {
      type: `urn:estate:${refusal.code.toLowerCase().replaceAll("_", "-")}`,
      code: refusal.code,
      title: refusal.code,
      status: refusal.status,
      detail: refusal.message,
      ...refusal.facts,
    },
  };
}

/** `settle` of a system without settings of its own. */
export function noSettings(body: Body): Body {
  const [first] = Object.keys(body);
  if (first !== undefined) throw new Refusal(400, "NO_SUCH_SETTING", `There is no setting ${first} here.`);
  return {};
}
