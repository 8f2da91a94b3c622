/** `file` keeps its guarantees towards the simulated trading partner, who empties its mailbox as partners do. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Accepted, Arrival, Parcel } from "crossdock";
import { file } from "crossdock/connectors/file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedEstate, startEstate } from "../../estate/client.ts";

const data = mkdtempSync(join(tmpdir(), "crossdock-estate-"));
const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };
let estate: StartedEstate;

beforeAll(async () => {
  estate = await startEstate({ data, systems: ["acme", "bank"] });
});
afterAll(async () => {
  await estate.stop();
  rmSync(data, { recursive: true, force: true });
});

/** Receives from a folder until `count` files were handed over, and stops cleanly. */
async function received(inbox: string, count: number, identity?: "content"): Promise<Arrival[]> {
  const session = await file.open({ inbox, pollMs: 20, settleMs: 0, ...(identity && { identity }) }, around);
  const arrivals: Arrival[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const loop = session.receive?.(async (arrival): Promise<Accepted> => {
    arrivals.push(arrival);
    if (arrivals.length === count) resolve();
    return { outcome: "accepted", receipt: "r" };
  });
  await Promise.race([promise, loop]);
  await session.close();
  return arrivals;
}

test("an order the partner sends is taken whole and moved, and one it sends again is the same message by its content", async () => {
  const inbox = join(estate.folder("acme"), "to-crossdock");
  const sent = await estate.act("acme", "send-order", {
    poNumber: "PO-1",
    lines: [{ sku: "PUMP-100", quantity: "2" }],
  });
  await estate.act("acme", "resend", { poNumber: "PO-1" });
  const arrivals = await received(inbox, 2, "content");
  const own = readFileSync(join(estate.folder("acme"), "sent", sent.file), "utf8");
  expect(arrivals.map(({ body }) => new TextDecoder().decode(body))).toEqual([own, own]);
  expect(new Set(arrivals.map(({ messageId }) => messageId)).size).toBe(1);
  expect(readdirSync(inbox)).toEqual(["done"]);
});

test("a statement the bank writes is taken whole", async () => {
  const inbox = join(estate.folder("bank"), "statements");
  await estate.act("bank", "receive", { amount: "600.00", debtor: "ACME Corp", remittance: "INV-1" });
  const [statement] = await received(inbox, 1);
  expect(new TextDecoder().decode(statement?.body)).toMatch(/^<\?xml[\s\S]*<\/Document>\s*$/);
  expect(statement?.mediaType).toBe("application/xml");
});

test("a document the partner has read and taken away is not put there again", async () => {
  const acme = estate.folder("acme");
  const session = await file.open({ outbox: join(acme, "from-crossdock") }, around);
  const parcel: Parcel = {
    key: "delivery-1",
    contract: "edi.send-acknowledgement",
    subject: "order/PO-1",
    mediaType: "application/edi-x12",
    body: new TextEncoder().encode("not an interchange, but a file"),
  };
  const receipt = await session.deliver?.(parcel);
  await expect
    .poll(() => readdirSync(join(acme, "received")), { timeout: 5_000 })
    .toEqual([receipt?.reference]);
  expect(await session.verify?.(parcel)).toEqual(receipt);
  expect(await session.deliver?.(parcel)).toEqual(receipt);
  expect(readdirSync(join(acme, "from-crossdock"))).toEqual([".crossdock"]);
  await session.close();
});
