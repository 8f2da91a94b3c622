/**
 * /openapi.json is a sound OpenAPI 3.1 document, says every door and every refusal, and nothing that is not there.
 *
 * @covers API-21, API-22, API-23
 */
import type { TSchema } from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { validator } from "./check.ts";
import { PROBLEMS } from "./problems.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document read from the wire.
type Json = Record<string, any>;

let world: GatewayWorld;
let document: Json;
beforeAll(async () => {
  world = await gatewayWorld();
  document = (await world.send("GET", "/openapi.json")).body;
});
afterAll(() => world.close());

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

function operations(): { path: string; method: string; operation: Json }[] {
  return Object.entries(document.paths as Json).flatMap(([path, item]) =>
    Object.entries(item as Json).map(([method, operation]) => ({
      path,
      method,
      operation: operation as Json,
    })),
  );
}

/** Every object in the document with its place. */
function* nodes(at: unknown, place = "#"): Generator<[string, Json]> {
  if (typeof at !== "object" || at === null) return;
  if (!Array.isArray(at)) yield [place, at as Json];
  for (const [name, value] of Object.entries(at)) {
    yield* nodes(value, `${place}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  }
}

function resolve(ref: string): unknown {
  return ref
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (at, step) => (at as Json | undefined)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")],
      document,
    );
}

/** The schema with its references put in place, for a validator that knows only this schema. */
function whole(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(whole);
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref } = schema as Json;
  if (typeof $ref === "string") return whole(resolve($ref));
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, whole(value)]));
}

test("the frame is OpenAPI 3.1", () => {
  expect(document).toMatchObject({
    openapi: "3.1.0",
    info: { title: expect.any(String), version: expect.any(String), license: { identifier: "Apache-2.0" } },
    components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } },
  });
  const known = [
    "openapi",
    "info",
    "jsonSchemaDialect",
    "servers",
    "paths",
    "webhooks",
    "components",
    "security",
    "tags",
    "externalDocs",
  ];
  expect(Object.keys(document).filter((name) => !known.includes(name))).toEqual([]);
  for (const path of Object.keys(document.paths)) expect(path).toMatch(/^\/[^?#]*$/);
  for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
});

test("every reference leads somewhere, and every component is used", () => {
  const refs = [...nodes(document)].flatMap(([, node]) => (typeof node.$ref === "string" ? [node.$ref] : []));
  expect(refs.filter((ref) => resolve(ref) === undefined)).toEqual([]);
  const unused = Object.keys(document.components.schemas).filter(
    (name) => !refs.includes(`#/components/schemas/${name}`),
  );
  expect(unused).toEqual([]);
});

test("every operation has a name of its own, a tag that exists, a summary, a success and its problems", () => {
  const names = operations().map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  const tags = document.tags.map(({ name }: Json) => name);
  for (const { path, method, operation } of operations()) {
    const where = `${method} ${path}`;
    expect(METHODS, where).toContain(method);
    expect(tags, where).toEqual(expect.arrayContaining(operation.tags));
    expect(operation.summary, where).toMatch(/\.$/);
    const statuses = Object.keys(operation.responses);
    expect(
      statuses.some((status) => /^2\d\d$/.test(status)),
      where,
    ).toBe(true);
    for (const [status, response] of Object.entries<Json>(operation.responses)) {
      expect(status, where).toMatch(/^[1-5]\d\d$/);
      expect(response.description, `${where} ${status}`).toEqual(expect.any(String));
      const problem = response.content["application/problem+json"];
      if (Number(status) >= 400 && where !== "get /health/ready") {
        expect(problem.schema, `${where} ${status}`).toEqual({ $ref: "#/components/schemas/Problem" });
      }
    }
    if (operation.security.length > 0)
      expect(statuses, where).toEqual(expect.arrayContaining(["401", "403"]));
    if (operation.requestBody) expect(statuses, where).toEqual(expect.arrayContaining(["413", "415"]));
  }
});

test("every business capability has a version in its address and a domain that answers for it", () => {
  const business = operations().filter(({ operation }) => !operation.tags.includes("operations"));
  expect(business.filter(({ path }) => !/^\/v\d+\//.test(path)).map(({ path }) => path)).toEqual([]);
  expect(
    business
      .filter(({ operation }) => !operation["x-crossdock-owner"])
      .map(({ path, method }) => `${method} ${path}`),
  ).toEqual([]);
});

test("every parameter of a path is declared, required, and in its path", () => {
  for (const { path, operation } of operations()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((each: Json) => each.in === "path");
    expect(declared.map(({ name }: Json) => name)).toEqual(inPath);
    for (const each of operation.parameters ?? []) {
      expect(each).toMatchObject({
        name: expect.any(String),
        description: expect.any(String),
        required: expect.any(Boolean),
        schema: expect.anything(),
      });
      if (each.in === "path") expect(each.required).toBe(true);
    }
  }
});

test("every schema compiles, and every example keeps its schema", () => {
  let examples = 0;
  for (const [place, node] of nodes(document)) {
    if (typeof node.schema !== "object") continue;
    const shape = validator(whole(node.schema) as TSchema);
    const given = [
      ...(node.example === undefined ? [] : [node.example]),
      ...Object.values<Json>(node.examples ?? {}).map(({ value }) => value),
    ];
    for (const example of given) {
      examples++;
      expect(shape.Check(example), `${place}: ${JSON.stringify([...shape.Errors(example)])}`).toBe(true);
    }
  }
  expect(examples).toBeGreaterThan(40);
});

test("documented problems are those of the catalogue", () => {
  for (const { operation } of operations()) {
    for (const [status, response] of Object.entries<Json>(operation.responses)) {
      for (const name of Object.keys(response.content["application/problem+json"]?.examples ?? {})) {
        expect(PROBLEMS[name as keyof typeof PROBLEMS].status).toBe(Number(status));
      }
    }
  }
});

test("the document and the doors are the same, both ways", () => {
  const doors = world.gateway.app
    .printRoutes({ commonPrefix: false })
    .split("\n")
    .filter((line) => line.includes("("));
  const documented = operations().map(({ path, method }) => ({
    method: method.toUpperCase(),
    url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
  }));
  for (const { method, url } of documented) {
    expect(world.gateway.app.hasRoute({ method, url }), `${method} ${url}`).toBe(true);
  }
  const registered = doors.flatMap((line) => /\(([^)]+)\)/.exec(line)![1]!.split(", ")).length;
  expect(registered).toBe(documented.length);
});

test("a route that is not offered is not documented either", async () => {
  const bare = await gatewayWorld({ capabilities: {} });
  try {
    const { body } = await bare.send("GET", "/openapi.json");
    const methods = Object.values<Json>(body.paths as Json).flatMap((item) => Object.keys(item));
    // The world has one connection that brings its own webhook.
    expect(methods.filter((method) => method !== "get")).toEqual(["post"]);
    expect(Object.keys(body.paths as Json)).not.toContain("/v1/credit-checks");
  } finally {
    await bare.close();
  }
});
