/**
 * The problems the gateway can answer with, as data, and the one way from an error to one of them.
 *
 * Every answer that is not a success is a problem details document (RFC 9457) whose `class` says what the caller does next,
 * as in the canonical model. It never carries internals: no stack, no SQL, no host name, and nothing of the caller's own
 * payload. The catalogue is the reference: a test compares it with docs/reference/problems.md in both directions.
 *
 * @covers API-23
 */
import { ContractBroken, CrossdockError, InDoubt, Refused, Unavailable } from "../std/errors.ts";

/** What the caller does next. */
export type ProblemClass =
  | "transient" //       later and unchanged
  | "rate" //            slower: after the stated time
  | "unknown-outcome" // find out first
  | "data" //            mend what was sent
  | "dependency" //      something it refers to is not there yet
  | "business-hold" //   a rule says not now
  | "auth" //            credential or right missing
  | "defect"; //         our own mistake

interface Kind {
  readonly status: number;
  readonly class: ProblemClass;
  readonly title: string;
  /** What to do, where nothing better is known. */
  readonly remedy: string;
}

/** Every problem by the last word of its type: `urn:crossdock:problem:<name>`. Names are permanent. */
export const PROBLEMS = {
  "bad-request": {
    status: 400,
    class: "data",
    title: "The request cannot be read.",
    remedy: "Compare the request with /openapi.json.",
  },
  "idempotency-key-missing": {
    status: 400,
    class: "data",
    title: "The request carries no usable Idempotency-Key.",
    remedy:
      "Send one Idempotency-Key of 1 to 255 printable characters, and the same one when you repeat the request.",
  },
  "key-in-query": {
    status: 400,
    class: "auth",
    title: "A credential was sent in the address.",
    remedy: "Send the key in the Authorization header, and replace this key: addresses are kept in logs.",
  },
  "bad-webhook": {
    status: 400,
    class: "data",
    title: "The webhook headers are not those of Standard Webhooks.",
    remedy: "Send webhook-id (without a dot), webhook-timestamp in seconds and webhook-signature.",
  },
  unauthenticated: {
    status: 401,
    class: "auth",
    title: "The caller is not known.",
    remedy: "Send a current key as Authorization: Bearer xdk_live_…",
  },
  "bad-signature": {
    status: 401,
    class: "auth",
    title: "The webhook is not signed as agreed.",
    remedy: "Sign the raw bytes with the current secret, within 300 seconds of sending.",
  },
  forbidden: {
    status: 403,
    class: "auth",
    title: "The key does not carry the right for this.",
    remedy: "Ask the operator of Crossdock for a key with the named scope.",
  },
  "not-found": {
    status: 404,
    class: "data",
    title: "There is no such thing here.",
    remedy:
      "Check the address and the number; a thing you may not see is answered like one that is not there.",
  },
  "method-not-allowed": {
    status: 405,
    class: "data",
    title: "This address does not take that method.",
    remedy: "Use one of the methods in the Allow header.",
  },
  "request-timeout": {
    status: 408,
    class: "transient",
    title: "The request did not arrive in time.",
    remedy: "Send the whole request without pauses; repeating it is safe.",
  },
  "idempotency-conflict": {
    status: 409,
    class: "data",
    title: "This Idempotency-Key was used before with other content.",
    remedy: "Use a new Idempotency-Key for new content, or send exactly the bytes of the first request.",
  },
  "too-large": {
    status: 413,
    class: "data",
    title: "The body is larger than this address takes.",
    remedy: "Send less at once.",
  },
  "unsupported-media-type": {
    status: 415,
    class: "data",
    title: "The body is of a kind this address does not take.",
    remedy: "Send the media type named in expected, without compression unless the address allows it.",
  },
  "invalid-content": {
    status: 422,
    class: "data",
    title: "The content does not keep its contract.",
    remedy: "Mend the named field and send the request again.",
  },
  quarantined: {
    status: 422,
    class: "data",
    title: "The content was kept, but not accepted.",
    remedy:
      "Mend the content and send it under a new Idempotency-Key, or ask the operator to look at the receipt.",
  },
  refused: {
    status: 422,
    class: "business-hold",
    title: "The system asked said no.",
    remedy: "Read detail: repeating the same question gives the same answer.",
  },
  "too-many-requests": {
    status: 429,
    class: "rate",
    title: "Too many requests.",
    remedy: "Wait as long as Retry-After says. Nothing of this request was read.",
  },
  "headers-too-large": {
    status: 431,
    class: "data",
    title: "The request carries too many or too long headers.",
    remedy: "Send at most 100 headers and 16 kB of them.",
  },
  defect: {
    status: 500,
    class: "defect",
    title: "Crossdock made a mistake.",
    remedy: "Repeat the request with the same Idempotency-Key; tell the operator the instance if it stays.",
  },
  "unusable-answer": {
    status: 502,
    class: "dependency",
    title: "The system asked gave an answer that cannot be used.",
    remedy: "Tell the operator the instance.",
  },
  unavailable: {
    status: 503,
    class: "transient",
    title: "This cannot be answered now.",
    remedy: "Repeat the request as it is after the time in Retry-After.",
  },
} as const satisfies Record<string, Kind>;

export type ProblemName = keyof typeof PROBLEMS;

/** What is said beyond the catalogue. Texts are for the caller: ours, never the payload's. */
export interface Said {
  readonly detail?: string | undefined;
  /** Dotted path of the field in the body, or the name of a header or parameter. */
  readonly field?: string | undefined;
  readonly expected?: string | undefined;
  readonly remedy?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Small further members, e.g. the receipt of a quarantined arrival. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  /** Overrules the catalogue, where one problem has several causes. */
  readonly class?: ProblemClass | undefined;
}

/** Thrown by the gateway's own code wherever a request ends without success. */
export class Problem extends Error {
  readonly kind: ProblemName;
  readonly said: Said;
  /** What the log says besides, for whoever runs the dock: places and names, never values. */
  readonly why: string | undefined;

  constructor(kind: ProblemName, said: Said = {}, why?: string) {
    super(said.detail ?? PROBLEMS[kind].title);
    this.why = why;
    this.name = "Problem";
    this.kind = kind;
    this.said = said;
  }
}

/** The body of a problem answer. `instance` names this one occurrence; the log knows it too. */
export function problemBody({ kind, said }: Problem, requestId: string): Record<string, unknown> {
  const { status, class: usual, title, remedy } = PROBLEMS[kind];
  return {
    type: `urn:crossdock:problem:${kind}`,
    title,
    status,
    detail: said.detail ?? title,
    instance: `urn:crossdock:request:${requestId}`,
    class: said.class ?? usual,
    ...(said.field === undefined ? {} : { field: said.field }),
    ...(said.expected === undefined ? {} : { expected: said.expected }),
    remedy: said.remedy ?? remedy,
    ...said.more,
  };
}

/** Headers that belong to a problem, `Retry-After` among them. */
export function problemHeaders({ kind, said }: Problem): Record<string, string> {
  const seconds = said.retryAfterSeconds;
  return {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...(PROBLEMS[kind].status === 401 ? { "www-authenticate": 'Bearer realm="crossdock"' } : {}),
    ...(seconds === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(seconds))) }),
    ...said.headers,
  };
}

/** Refusals of Fastify, of Node and of PostgreSQL, by their code. */
const FRAMEWORK: Readonly<Record<string, readonly [ProblemName, Said]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["too-large", {}],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported-media-type", { field: "content-type" }],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    "bad-request",
    { detail: "The body is not as long as Content-Length says.", field: "content-length" },
  ],
  FST_ERR_BAD_URL: ["bad-request", { detail: "The address is not well formed." }],
  HPE_HEADER_OVERFLOW: ["headers-too-large", {}],
  // SQLSTATE: something that was asked for or sent holds what PostgreSQL has no character for.
  22021: [
    "bad-request",
    { detail: "It holds a NUL character (U+0000), which no text of ours can have. Leave it out." },
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["too-large", {}],
  ERR_HTTP_REQUEST_TIMEOUT: ["request-timeout", {}],
};

/**
 * PostgreSQL is away, full, or going: SQLSTATE classes 08, 53 and 57, "not accepting connections", and the socket's own
 * codes. The driver says two of these without a code.
 */
const AWAY = /^(?:08...|53...|57P..|55000|ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ENOENT|ETIMEDOUT)$/;
const LOST = /^Connection terminated|^timeout exceeded when trying to connect/;

/** Whether anything was recorded is not known then; the same key finds out. */
const withoutDatabase = () =>
  new Problem("unavailable", {
    detail: "The dock is without its database for a moment.",
    retryAfterSeconds: 2,
  });

/**
 * The problem an error becomes. An error nobody foresaw becomes `defect` and says nothing about itself; the log has it.
 */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Unavailable) {
    return new Problem("unavailable", { retryAfterSeconds: (error.retryAfterMs ?? 1_000) / 1_000 });
  }
  if (error instanceof InDoubt) return new Problem("unavailable", { retryAfterSeconds: 1 });
  if (error instanceof Refused) {
    return new Problem("refused", {
      detail: error.message,
      class: error.category === "business" ? "business-hold" : "data",
    });
  }
  if (error instanceof ContractBroken) return new Problem("invalid-content", placeOf(error));
  if (error instanceof CrossdockError) return new Problem("defect");
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") {
    const known = FRAMEWORK[code];
    if (known) return new Problem(...known);
    if (AWAY.test(code)) return withoutDatabase();
    if (code.startsWith("HPE_")) return new Problem("bad-request");
  }
  if (error instanceof Error && LOST.test(error.message)) return withoutDatabase();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === "number" && status >= 400 && status < 500) return new Problem("bad-request");
  return new Problem("defect");
}

/** Where a contract was broken, without what was found there: that is the caller's payload. */
export function placeOf(error: { readonly message?: string; readonly facts: ContractBroken["facts"] }): Said {
  const { field, path, line, offset, expected } = error.facts;
  const place = field ?? path ?? (line === undefined ? undefined : `line ${line}`) ?? undefined;
  return {
    field: place === undefined ? (offset === undefined ? undefined : `byte ${offset}`) : String(place),
    expected: expected === undefined ? undefined : String(expected),
  };
}
