/**
 * Runs the example: an embedded PostgreSQL, a small ERP, and an order dropped into a mailbox.
 *
 *     node examples/one-order/main.ts
 *
 * Ends by itself with 0 once the order is posted. Everything it makes is in a temporary folder and removed.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openPool, start, startEmbedded } from "crossdock/server";
import { integration } from "./integration.ts";

const home = mkdtempSync(join(tmpdir(), "crossdock-one-order-"));
const inbox = join(home, "inbox");
mkdirSync(inbox);

/** The ERP of this example: it gives each idempotency key one number, however often it is asked. */
const books = new Map<string, string>();
const erp = createServer((request, response) => {
  const key = String(request.headers["idempotency-key"]);
  const number = books.get(key) ?? String(4_500_001 + books.size);
  books.set(key, number);
  request.resume().on("end", () => {
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ number }));
  });
});
await new Promise<void>((listening) => erp.listen(0, "127.0.0.1", listening));

const postgres = await startEmbedded({ dataDir: join(home, "postgres") });
const pool = openPool(postgres.connectionString);
await migrate(pool);
const dock = await start({
  database: postgres.connectionString,
  ...integration(inbox, `http://127.0.0.1:${(erp.address() as AddressInfo).port}`),
});

// Written beside and renamed, so that half a file is never read.
writeFileSync(join(home, "order.json"), JSON.stringify({ orderId: "SO-1", newCustomer: false }));
renameSync(join(home, "order.json"), join(inbox, "order.json"));
console.log("An order lies in the mailbox.");

await new Promise<void>((arrived) => {
  dock.onCommit(async () => {
    const { rows } = await pool.query(
      "select status, milestone from instance where key in ('SO-1', 'order/SO-1') and status = 'completed'",
    );
    if (rows.length > 0) arrived();
  });
});
console.log(`It is posted in the ERP as ${[...books.values()].join(", ")}, once.`);

await dock.stop();
await pool.end();
await postgres.stop();
erp.closeAllConnections();
erp.close();
rmSync(home, { recursive: true, force: true });
