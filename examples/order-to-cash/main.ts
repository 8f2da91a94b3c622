/**
 * Runs the example: two orders, one of which needs a person, and an ERP that loses an answer.
 *
 *     node examples/order-to-cash/main.ts
 *
 * Starts an embedded PostgreSQL in a temporary folder, unless DATABASE_URL names an empty one, and ends by itself with 0.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dock, migrate, openPool, start, startEmbedded } from "crossdock/server";
import { contracts } from "./contracts.ts";
import { flows } from "./flows.ts";
import { orderToErp } from "./process.ts";
import { smallErp } from "./small-erp.ts";

const home = mkdtempSync(join(tmpdir(), "crossdock-example-"));
const given = process.env.DATABASE_URL || undefined;
const embedded = given ? undefined : await startEmbedded({ dataDir: join(home, "postgres") });
const database = given ?? embedded?.connectionString ?? "";
const pool = openPool(database);
await migrate(pool);
const erp = await smallErp();
const dock = await start({ database, contracts, flows: flows(erp.url), processes: [orderToErp] });

try {
  erp.loseNextAnswer();
  await order("small", "SO-1", "1200.00");
  await completed("SO-1");
  console.log("SO-1 is booked. The ERP never answered; it was asked, and had booked it.");

  await order("large", "SO-2", "25000.00");
  const question = await asked("SO-2");
  console.log("SO-2 waits for the credit team.");
  await dock.answer(question, "approved", { name: "maria", reason: "A customer of twenty years." }, "");
  await completed("SO-2");
  console.log("SO-2 is booked.");

  const again = await order("small", "SO-1", "1200.00");
  console.log(`SO-1 sent again is a ${again}.`);
  console.log(
    `The ERP's books: ${erp.books.map(({ number, orderId }) => `${number} ${orderId}`).join(", ")}`,
  );
} finally {
  await dock.stop();
  await pool.end();
  erp.close();
  await embedded?.stop();
  rmSync(home, { recursive: true, force: true });
}

/** Hands an order in, as the shop would; resolved means it is durable. */
async function order(size: string, number: string, amount: string): Promise<string> {
  const said = { number, reference: `PO-${size}`, customer: "C-1", amount, currency: "EUR" };
  const body = new TextEncoder().encode(JSON.stringify(said));
  return (await dock.accept("orders-in", { messageId: `shop-${number}`, body })).outcome;
}

async function completed(key: string): Promise<void> {
  await until(dock, async () => {
    const found = await pool.query("select 1 from instance where key = $1 and status = 'completed'", [key]);
    return found.rows.length > 0 ? true : undefined;
  });
}

/** The id of the open question about an order. */
function asked(key: string): Promise<string> {
  return until(dock, async () => {
    const { rows } = await pool.query("select id from question where key = $1 and verdict is null", [key]);
    return rows[0]?.id as string | undefined;
  });
}

/** Looks after every commit until there is something to see. */
async function until<Seen>(watched: Dock, look: () => Promise<Seen | undefined>): Promise<Seen> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = watched.onCommit(() => resolve());
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      await promise;
    } finally {
      leave();
    }
  }
}
