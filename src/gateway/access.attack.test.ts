/** Every door of /openapi.json against every kind of caller (security.md 4.4): closed unless a key says otherwise. */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { SCOPES } from "./keys.ts";
import type { Route } from "./route.ts";
import { CLOSE_WITHIN_MS } from "./settings.ts";

let world: GatewayWorld;
const keys = new Map<string, string>();
beforeAll(async () => {
  world = await gatewayWorld({ failuresPerMinute: 1_000_000, openPerMinute: 1_000_000 });
  for (const scope of Object.keys(SCOPES)) keys.set(scope, await world.key([scope]));
});
afterAll(() => world.close());

/** The status a door answers with, as somebody from elsewhere: under a name that is not this machine's. */
const knock = (route: Route, key?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(
      world.url + route.path.replaceAll(/\{\w+\}/g, "X-1"),
      {
        method: route.method,
        headers: {
          host: "gateway.example",
          "idempotency-key": "access",
          ...(route.body ? { "content-type": "application/json", "content-length": 2 } : {}),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.on("error", reject);
    sent.end(route.body ? "{}" : undefined);
  });

test("without a key only the open doors are open, and a webhook without a signature is refused", async () => {
  for (const route of world.gateway.routes) {
    const status = await knock(route);
    if (route.access === "open") expect(status, route.path).toBe(200);
    else expect([401, 404], route.path).toContain(status);
  }
});

test("a key opens the doors of its scope and no other", async () => {
  let tried = 0;
  for (const route of world.gateway.routes) {
    if (route.access === "open" || route.access === "signed") continue;
    const open: readonly string[] = route.access === "machine or metrics" ? ["metrics"] : route.access;
    for (const [scope, key] of keys) {
      tried++;
      const status = await knock(route, key);
      if (open.includes(scope)) expect([401, 403], `${scope} ${route.path}`).not.toContain(status);
      else expect(status, `${scope} ${route.path}`).toBe(403);
    }
  }
  expect(tried).toBeGreaterThan(50);
});

test("a gateway that closes answers what is under way, cuts off what trickles, and is gone", async () => {
  expect(CLOSE_WITHIN_MS).toBeLessThan(9_000);
  const closing = await gatewayWorld({ closeWithinMs: 500 });
  const { connect } = await import("node:net");
  const { port } = new URL(closing.url);
  const slow = connect(Number(port), "127.0.0.1", () =>
    slow.write("POST /v1/sales-orders HTTP/1.1\r\nhost: x\r\n"),
  );
  slow.on("error", () => {});
  await closing.send("GET", "/health/live");
  const started = performance.now();
  await closing.close();
  expect(performance.now() - started).toBeLessThan(9_000);
  await expect(closing.send("GET", "/health/live")).rejects.toThrow();
});
