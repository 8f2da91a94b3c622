/**
 * Writes the OpenAPI 3.1 document from the route records and the schemas that validate.
 *
 * Nothing is described twice: a schema that is named in `COMPONENTS` is referred to, every problem is documented with an
 * example made by the code that answers it.
 *
 * @covers API-21, API-22
 */
import type { TSchema } from "typebox";
import { SCOPES } from "./keys.ts";
import { PROBLEMS, Problem, type ProblemName, problemBody } from "./problems.ts";
import { type Parameter, problemsOf, type Route } from "./route.ts";
import { COMPONENTS } from "./shapes.ts";

type Json = Record<string, unknown>;

/** By what they say: `Type.Optional` copies a schema, so identity does not find it again. */
const NAMES = new Map(Object.entries(COMPONENTS).map(([name, schema]) => [JSON.stringify(schema), name]));

/** The whole document, as plain data. */
export function openapi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Crossdock gateway",
      version,
      summary: "Business capabilities for machines.",
      description:
        "Everything sent with an Idempotency-Key is taken once; a repetition gives the same receipt. Every problem is a problem details document whose class says what to do next.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "orders", description: "Sales orders and what becomes of them." },
      { name: "inquiries", description: "Questions that change nothing." },
      { name: "documents", description: "Shipments and invoices." },
      { name: "intake", description: "Webhooks and events of other systems." },
      { name: "operations", description: "Health and figures." },
    ],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(COMPONENTS).map(([name, schema]) => [name, written(schema, schema)]),
      ),
      securitySchemes: {
        apiKey: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "xdk_live_<id>_<secret>_<checksum>",
          description: `Made with crossdock clients create. Scopes: ${Object.entries(SCOPES)
            .map(([scope, meaning]) => `${scope} — ${meaning}`)
            .join(" ")}`,
        },
      },
    },
  };
}

function operation(route: Route): Json {
  const parameters = [
    ...listed(route.params, "path"),
    ...listed(route.query, "query"),
    ...(route.idempotent ? listed({ "Idempotency-Key": IDEMPOTENCY }, "header") : []),
    ...listed(route.headers, "header"),
  ];
  const scopes = typeof route.access === "string" ? ["metrics"] : route.access;
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.owner === undefined ? {} : { "x-crossdock-owner": route.owner }),
    security:
      route.access === "open" || route.access === "signed"
        ? []
        : [
            ...scopes.map((scope) => ({ apiKey: [scope] })),
            ...(route.access === "machine or metrics" ? [{}] : []),
          ],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: responses(route),
  };
}

const IDEMPOTENCY: Parameter = {
  description: "Your own id of this request. The same one twice is the same request, for ever.",
  required: true,
  schema: {
    type: "string",
    minLength: 1,
    maxLength: 255,
    pattern: "^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$",
  } as TSchema,
  example: "web-shop-2026-000117",
};

const listed = (parameters: Readonly<Record<string, Parameter>> | undefined, place: string): Json[] =>
  Object.entries(parameters ?? {}).map(([name, { description, schema, required, example }]) => ({
    name,
    in: place,
    description,
    required: place === "path" ? true : (required ?? false),
    schema: written(schema),
    ...(example === undefined ? {} : { example }),
  }));

function requestBody(body: NonNullable<Route["body"]>): Json {
  const types = body.mediaTypes.length > 0 ? body.mediaTypes : ["*/*"];
  const shape = {
    ...(body.schema ? { schema: written(body.schema) } : {}),
    ...(body.example === undefined ? {} : { example: body.example }),
  };
  return {
    required: true,
    description: `At most ${body.maxBytes} bytes.`,
    content: Object.fromEntries(types.map((type) => [type, shape])),
  };
}

function responses(route: Route): Json {
  const all: Record<string, Json> = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    all[status] = {
      description: answer.description,
      content: {
        [answer.mediaType ?? "application/json"]: {
          ...(answer.schema ? { schema: written(answer.schema) } : {}),
          ...(answer.example === undefined ? {} : { example: answer.example }),
        },
      },
      ...(Array.isArray(route.access) ? { headers: LIMITS } : {}),
    };
  }
  const byStatus = Map.groupBy(problemsOf(route), (name) => PROBLEMS[name].status);
  for (const [status, names] of [...byStatus].sort(([a], [b]) => a - b)) {
    const problem = {
      description: names.map((name) => `${name}: ${PROBLEMS[name].title}`).join(" "),
      ...(status === 429 || status === 503 ? { headers: RETRY } : {}),
      content: { "application/problem+json": { schema: ref("Problem"), examples: examples(names) } },
    };
    const same = all[status];
    all[status] = same
      ? { ...problem, ...same, content: { ...problem.content, ...(same.content as Json) } }
      : problem;
  }
  return all;
}

const RETRY = {
  "Retry-After": { description: "Seconds to stay away.", required: true, schema: { type: "integer" } },
};
const LIMITS = {
  RateLimit: {
    description: "Requests left (r) and seconds until all are back (t).",
    schema: { type: "string" },
  },
  "RateLimit-Policy": { description: "Requests (q) a window of w seconds.", schema: { type: "string" } },
};

const examples = (names: readonly ProblemName[]): Json =>
  Object.fromEntries(names.map((name) => [name, { value: problemBody(new Problem(name), "4f2a-17") }]));

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** A schema as plain data, with every named schema inside it as a reference. */
function written(schema: unknown, whole?: unknown): unknown {
  if (schema !== whole && typeof schema === "object" && schema !== null) {
    const name = NAMES.get(JSON.stringify(schema));
    if (name !== undefined) return ref(name);
  }
  if (Array.isArray(schema)) return schema.map((each) => written(each));
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, written(value)]));
}
