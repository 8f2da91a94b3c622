/**
 * What an HTTP answer means for a posting: the one classification every HTTP connector shares.
 *
 * The one thing that must stay true: an answer is a success or a failure only when it says so completely and in a shape we
 * know. Everything else leaves the posting `InDoubt`. A dialect may sharpen a refusal (its reason, its category); it
 * cannot turn doubt into certainty for 5xx.
 *
 * | Answer | Ends in |
 * |---|---|
 * | 200, 201, 202, 204, readable | the answer as data |
 * | 401, 403, 407 | `Unavailable` with `access: true`: credentials, a matter for the connection and not for the parcel |
 * | 425, 429; 503 with Retry-After | `Unavailable`, with `retryAfterMs` when told |
 * | 409 with Retry-After | doubt: the first sending is still being worked on |
 * | other 4xx except 408 | `Refused` |
 * | everything else: 408, 5xx, redirects, unknown or unreadable successes | doubt |
 *
 * Doubt is `InDoubt` when the call could have changed something, and `Unavailable` when it only asked.
 */
import {
  type CrossdockError,
  type Facts,
  InDoubt,
  type Missing,
  type Refusal,
  Refused,
  Unavailable,
} from "../std/errors.ts";
import { readJson } from "./answer.ts";
import type { Answer, Call } from "./http-client.ts";

/** An answer with its body read; `json` is undefined when there was none or it could not be read. */
export interface Read extends Answer {
  readonly json: unknown;
}

/** What a product says in its own words. `code` and `field` are names, never sentences: those may quote the document. */
export interface Verdict {
  readonly as: "refused" | "busy" | "denied";
  readonly category?: Refusal;
  readonly code?: string | undefined;
  readonly field?: string | undefined;
  /** The target holds something else under our key or reference. */
  readonly conflict?: boolean;
  /** Master data the target does not know yet. */
  readonly missing?: Missing | undefined;
}

export type Dialect = (answer: Read) => Verdict | undefined;

/** No target may send us away for longer than this: 1 hour. */
const RETRY_AFTER_MAX_MS = 3_600_000;

/** `Retry-After` in milliseconds, from seconds or an HTTP date, at most an hour; undefined when absent or unreadable. */
export function retryAfterMs(answer: Answer, now: Date): number | undefined {
  const told = String(answer.headers["retry-after"] ?? "").trim();
  const ms = /^\d+$/.test(told) ? Number(told) * 1_000 : Date.parse(told) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}

/** The body as data. An empty body is undefined; an unreadable one is `unreadable`. */
export function read(answer: Answer): { json: unknown; unreadable: boolean } {
  if (answer.body.length === 0) return { json: undefined, unreadable: false };
  try {
    return { json: readJson(answer.body.toString("utf8")), unreadable: false };
  } catch {
    return { json: undefined, unreadable: true };
  }
}

const SUCCESSES = new Set([200, 201, 202, 204]);

/**
 * Gives the answer with its data when it is a success, or throws what it means.
 *
 * @throws {Unavailable | InDoubt | Refused} by the table above
 */
export function judge(answer: Answer, call: Call, now: Date, dialect?: Dialect): Read {
  const { json, unreadable } = read(answer);
  const given: Read = { ...answer, json };
  const facts = { ...call.facts, status: answer.status };

  if (unreadable && answer.status < 300) throw doubt(call, { ...facts, problem: "unreadable answer" });
  const said = answer.status < 500 || answer.status === 503 ? dialect?.(given) : undefined;
  if (said) throw spoken(said, answer, call, facts, now);
  if (SUCCESSES.has(answer.status)) return given;
  throw unspoken(answer, call, facts, now);
}

/** What the dialect recognised. */
function spoken(said: Verdict, answer: Answer, call: Call, known: Facts, now: Date): CrossdockError {
  const facts: Facts = {
    ...known,
    ...word("code", said.code),
    ...word("field", said.field),
    ...(said.conflict ? { conflict: true } : {}),
  };
  switch (said.as) {
    case "refused":
      return refused(call, facts, said.category ?? "data", said.missing);
    case "busy":
      return busy(answer, call, facts, now);
    case "denied":
      return denied(call, facts);
  }
}

/** What the status alone says. */
function unspoken(answer: Answer, call: Call, facts: Facts, now: Date): CrossdockError {
  const { status } = answer;
  const told = retryAfterMs(answer, now) !== undefined;
  if (status === 401 || status === 403 || status === 407) return denied(call, facts);
  if (status === 429 || status === 425 || (status === 503 && told)) return busy(answer, call, facts, now);
  if (status === 408 || (status === 409 && told)) return doubt(call, facts);
  if (status >= 400 && status < 500) return refused(call, facts, "data");
  return doubt(call, facts);
}

const refused = (call: Call, facts: Facts, category: Refusal, missing?: Missing): Refused => {
  const code = facts.code === undefined ? "" : ` with code ${facts.code}`;
  const lacks = missing && `: it does not know ${missing.keyType} ${missing.value} yet`;
  return new Refused(`The other side refused ${call.about}${code}${lacks ?? ""}.`, {
    facts,
    category,
    ...(missing ? { missing } : {}),
  });
};

const busy = (answer: Answer, call: Call, facts: Facts, now: Date): Unavailable => {
  const after = retryAfterMs(answer, now);
  return new Unavailable(`The other side asked us to bring ${call.about} later.`, {
    facts,
    ...(after === undefined ? {} : { retryAfterMs: after }),
  });
};

const denied = (call: Call, facts: Facts): Unavailable =>
  new Unavailable(`The other side does not accept our credentials for ${call.about}. Renew them.`, {
    facts: { ...facts, access: true },
  });

/** The posting may or may not have happened; a mere question has simply not been answered. */
export const doubt = (call: Pick<Call, "about" | "moves">, facts: Facts): InDoubt | Unavailable =>
  call.moves
    ? new InDoubt(`The answer to ${call.about} does not say whether it took effect.`, { facts })
    : new Unavailable(`The answer to ${call.about} could not be used.`, { facts });

/** A name from the other side is shown only if it is one: short, and of letters, digits and joints. */
const word = (name: string, value: string | undefined): Facts =>
  value !== undefined && /^[\w.:/[\]-]{1,80}$/.test(value) ? { [name]: value } : {};
