/**
 * A route is a record: where it is, who may use it, what it takes, what it answers.
 *
 * The server registers these records and /openapi.json is written from the same ones, so the document and the doors cannot
 * differ. A route without `access` does not compile: nothing is open by forgetting.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { TSchema } from "typebox";
import type { Caller } from "./callers.ts";
import type { Scope } from "./keys.ts";
import type { ProblemName } from "./problems.ts";

/**
 * - a list of scopes: a key that carries one of them
 * - `open`: anybody, sparingly
 * - `signed`: whoever signs the body; checked by the handler
 * - `machine or metrics`: this machine, or a key with the scope `metrics`
 */
export type Access = readonly Scope[] | "open" | "signed" | "machine or metrics";

export interface Parameter {
  readonly description: string;
  readonly schema: TSchema;
  readonly required?: boolean;
  readonly example?: string;
}

export interface AnswerShape {
  readonly description: string;
  readonly schema?: TSchema;
  readonly example?: unknown;
  readonly mediaType?: string;
}

/** One request, as a handler sees it. */
export interface Call {
  /** Null where no key was needed. */
  readonly caller: Caller | null;
  readonly address: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** As Node gives them, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  readonly raw: Buffer;
  /** The body, read and held against the route's schema; undefined where the route has none. */
  readonly data: unknown;
  readonly mediaType: string | undefined;
  /** Present on routes that ask for it. */
  readonly idempotencyKey: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  /** The operationId. */
  readonly name: string;
  readonly method: "GET" | "POST";
  /** As in OpenAPI: `/v1/sales-orders/{orderId}`. */
  readonly path: string;
  readonly tag: "orders" | "inquiries" | "documents" | "intake" | "operations";
  /** The domain that answers for it. */
  readonly owner?: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Takes something into the dock: asks for room first, and measures how long it takes. */
  readonly intake?: boolean;
  /** Asks for an Idempotency-Key. */
  readonly idempotent?: boolean;
  readonly params?: Readonly<Record<string, Parameter>>;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly headers?: Readonly<Record<string, Parameter>>;
  readonly body?: {
    /** Without one the bytes are taken as they are. */
    readonly schema?: TSchema;
    /** Empty: any. */
    readonly mediaTypes: readonly string[];
    readonly maxBytes: number;
    readonly example?: unknown;
  };
  readonly answers: Readonly<Record<number, AnswerShape>>;
  /** Beyond those every route of its kind can give. */
  readonly problems: readonly ProblemName[];
  handle(call: Call): Promise<Answer> | Answer;
}

/** The problems a route can answer with: its own, and those of its kind. */
export function problemsOf(route: Route): ProblemName[] {
  const all = new Set<ProblemName>(["bad-request", "too-many-requests", "defect", ...route.problems]);
  if (Array.isArray(route.access))
    for (const each of ["unauthenticated", "forbidden"] as const) all.add(each);
  if (route.access === "machine or metrics") {
    for (const each of ["unauthenticated", "forbidden"] as const) all.add(each);
  }
  if (Array.isArray(route.access)) all.add("key-in-query").add("unavailable");
  if (route.intake) all.add("unavailable");
  if (route.idempotent) all.add("idempotency-key-missing");
  if (route.body) all.add("too-large").add("unsupported-media-type");
  if (route.body?.schema) all.add("invalid-content");
  return [...all];
}
