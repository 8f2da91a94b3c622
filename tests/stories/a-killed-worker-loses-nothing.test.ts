/**
 * Two workers share one PostgreSQL; one is killed while orders travel. Its lanes go to the other, it is started again, and
 * every order arrives, once.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { crossdock, freePortBase, goneFrom, newFolder, Running, remove } from "./a-site.ts";

const ORDERS = 8;

test("a killed worker loses nothing and doubles nothing", async () => {
  const data = newFolder();
  const base = await freePortBase();
  const args = [
    "dev",
    "--data",
    data,
    "--port-base",
    String(base),
    "--pace",
    "fast",
    "--no-demo",
    "--workers",
    "2",
  ];
  const site = new Running(args);
  try {
    await site.says(/Keep playing/);
    const estate = async (path: string, body?: object) => {
      const response = await fetch(`http://127.0.0.1:${base + 100}${path}`, {
        method: body ? "POST" : "GET",
        ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
      });
      return response.json();
    };
    const order = () =>
      estate("/systems/acme/acts/send-order", {
        lines: [{ sku: "PUMP-100", quantity: "1", price: "500.00" }],
      });
    const workers = () => JSON.parse(readFileSync(join(data, "run.json"), "utf8")).processes;

    for (let sent = 0; sent < ORDERS / 2; sent++) await order();
    const killed = workers()["worker-2"];
    process.kill(killed, "SIGKILL");
    for (let sent = 0; sent < ORDERS / 2; sent++) await order();

    // A retry of something financial waits up to two minutes after its first few tries.
    const until = Date.now() + 180_000;
    for (let paid = 0; paid < ORDERS; ) {
      if (Date.now() > until) throw new Error(await unpaid(data));
      await sleep(500);
      const { said } = await crossdock(["status", "--data", data, "--json"]);
      const stages = JSON.parse(said).overview.funnels[0].stages;
      paid = stages.find(({ milestone }: { milestone: string }) => milestone === "paid").reached;
    }
    const { documents } = await estate("/systems/erp/books");
    const references = documents.A_SalesOrder.map(
      ({ ExternalReference }: { ExternalReference: string }) => ExternalReference,
    );
    expect([references.length, new Set(references).size]).toEqual([ORDERS, ORDERS]);
    expect(workers()["worker-2"]).not.toBe(killed);
    expect(site.remarked).toContain("Worker 2 ended by SIGKILL; it is started again.");
  } finally {
    await site.stop();
    expect(await goneFrom(data)).toEqual([]);
    remove(data);
  }
}, 280_000);

/** The stories of the orders that did not arrive, for whoever reads the failure. */
async function unpaid(data: string): Promise<string> {
  const numbers = Array.from({ length: ORDERS }, (_, index) => `PO-${4711 + index}`);
  const told = await Promise.all(
    numbers.map((number) => crossdock(["trace", number, "--attempts", "--data", data])),
  );
  return told
    .map(({ said }) => said)
    .filter((said) => !said.includes("✔ paid"))
    .join("\n\n");
}
