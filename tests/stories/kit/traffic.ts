/** Many orders by every channel, sent while something else happens. */
import type { World } from "./world.ts";

/** Items and prices that the company holds, so nothing of the traffic waits for a person. */
const GOODS = [
  { sku: "PUMP-100", price: "500.00" },
  { sku: "VALVE-20", price: "50.00" },
  { sku: "SEAL-9", price: "5.00" },
  { sku: "MOTOR-7", price: "150.00" },
] as const;

/**
 * Sends `count` orders, six of ten by EDI, three by the shop, one by the API, some `pauseMs` apart. Callers of the API do
 * what callers must: the same request again, under the same key, until it is answered.
 */
export async function send(world: World, count: number, pauseMs: number): Promise<{ invoiced: number }> {
  let invoiced = 0;
  for (let index = 0; index < count; index += 1) {
    const good = GOODS[index % GOODS.length] ?? GOODS[0];
    const lines = [{ ...good, quantity: String(1 + (index % 7)) }];
    const kind = index % 10;
    if (kind === 9) {
      await world.orderByApi("C-NORTH", lines, { fate: "invoiced" });
      invoiced += 1;
    } else if (kind % 3 === 2) await world.orderByShop(lines);
    else await world.orderByEdi(lines);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return { invoiced };
}

/** Waits until all of them are delivered, and everything has come to rest. */
export async function arrived(world: World, invoiced: number, withinMs = 120_000): Promise<void> {
  await world.until(`${world.owed.length} orders have arrived`, withinMs, async () => {
    const { rows } = await world.pool.query(
      `select count(*) filter (where status = 'completed')::int as paid,
        count(*) filter (where status = 'running' and milestone = 'invoiced')::int as invoiced from instance
        where process = 'order-to-cash'`,
    );
    return rows[0].paid === world.owed.length - invoiced && rows[0].invoiced === invoiced;
  });
  await world.rest({ running: invoiced, withinMs });
}
