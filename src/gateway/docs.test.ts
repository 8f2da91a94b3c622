/** The reference pages say what the code does: every route, scope and problem, and none that is not there. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { SCOPES } from "./keys.ts";
import { PROBLEMS } from "./problems.ts";
import { ProblemDetails } from "./shapes.ts";

const page = (name: string) =>
  readFileSync(new URL(`../../docs/reference/${name}.md`, import.meta.url), "utf8");
const headings = (text: string) => [...text.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading!);

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

test("http-api.md has every route, with its scopes, and no other", () => {
  const text = page("http-api");
  const { routes } = world.gateway;
  expect(headings(text).toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  for (const { method, path, access } of routes) {
    const section = text.split(`### ${method} ${path}\n`)[1]!.split("\n#")[0]!;
    const named = Object.keys(SCOPES).filter((scope) => section.includes(`\`${scope}\``));
    expect(named, path).toEqual(
      typeof access === "string" ? (access === "machine or metrics" ? ["metrics"] : []) : access,
    );
  }
});

test("http-api.md explains every scope", () => {
  const rows = [...page("http-api").matchAll(/^\| `([a-z:<>-]+)` \| (.+) \|$/gm)].map(([, scope]) => scope);
  expect(rows).toEqual([...Object.keys(SCOPES), "customer:<id>", "from:<network>"]);
});

test("problems.md has every problem as the code answers it, and no other", () => {
  const text = page("problems");
  expect(headings(text)).toEqual(Object.keys(PROBLEMS));
  for (const [name, { status, class: next, title, remedy }] of Object.entries(PROBLEMS)) {
    expect(text).toContain(`### ${name}\n\n${status}, class \`${next}\`. ${title} *${remedy}*\n`);
  }
  const classes = [...text.split("## Types")[0]!.matchAll(/^\| `([a-z-]+)` \| [A-Z][^|]+ \|$/gm)].map(
    ([, name]) => name,
  );
  expect(classes).toEqual(expect.arrayContaining([...ProblemDetails.properties.class.enum]));
});
