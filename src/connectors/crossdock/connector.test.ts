/** Holds `crossdock` to its guarantees against a gateway that keeps receipts as ours does. */
import { test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import { httpWorld } from "../../testing/http-world.ts";
import { crossdock } from "./connector.ts";

async function openWorld(): Promise<World> {
  const receipts = new Map<string, string>();
  const wire = await httpWorld(({ method, path, headers }) => {
    if (path === "/health/ready") return { status: 200, body: { ready: true } };
    if (headers.authorization !== "Bearer xdk_live_secret") return { status: 401 };
    if (method !== "POST" || path !== "/v1/events/from-plant-1") return { status: 404 };
    const key = String(headers["idempotency-key"]);
    const known = receipts.get(key);
    const receipt = known ?? `0190b6f0-0000-7000-8000-${String(receipts.size).padStart(12, "0")}`;
    receipts.set(key, receipt);
    return { status: known ? 200 : 202, body: { receipt, duplicate: known !== undefined } };
  });
  return {
    ...wire,
    config: { url: wire.url, token: "xdk_live_secret", as: "plant-1", timeoutMs: 2_000 },
    parcel: (n) => ({
      key: `key-${n}`,
      contract: "production.output-reported",
      subject: `productionOrder/PO-${n}`,
      mediaType: "application/json",
      body: toBytes(JSON.stringify({ contract: "production.output-reported", version: 1, data: { n } })),
    }),
    effects: ({ key }) => (receipts.has(key) ? 1 : 0),
    refuseNext: () => wire.answerNext({ status: 422, body: { type: "quarantined", code: "quarantined" } }),
  };
}

const without = {
  question: "sites tell each other things; what one wants to know of the other it is told",
  occupy: "a second body under a known key is refused by the gateway, whatever it says",
  arrive: "what comes from the other site is pushed into our gateway",
};
for (const { name, run } of conformance(crossdock, openWorld, { without })) test(name, run);
