/** What arrived and was set aside: what people see of it, and that they can have it read again. On a real dock. */
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { toBytes } from "../std/bytes.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { crossdock } from "../testing/terminal.ts";
import type { ArrivalView } from "../trace/index.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import { Arrival } from "./shapes-arrivals.ts";

let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
beforeAll(async () => {
  db = await freshDatabase();
  ({ dock } = await smallDock(db.url));
  open = await openConsole({ dock, port: 0, settings: { actor: "maria" } });
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

async function api(path: string, body?: object) {
  const { token } = (await (await fetch(new URL("/api/session", open.url))).json()) as { token: string };
  const response = await fetch(new URL(`/api${path}`, open.url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json", "x-crossdock-token": token },
  });
  return { status: response.status, said: (await response.json()) as ArrivalView };
}
const broken = async (flow: string, name: string, body: string) =>
  (await dock.accept(flow, { messageId: `${name}#${"0".repeat(32)}`, body: toBytes(body) })).receipt;

test("an arrival says who sent it and why it was set aside; its words are hidden where something of them may be", async () => {
  const order = await broken("shop-orders-in", "order-7.json", `{"salesOrderId":"SO-7"`);
  const entry = await broken("entries-in", "entry-7.json", `{"entry":"JE-7"}`);
  const { said } = await api(`/arrivals/${entry}`);
  expect([...Compile(Arrival).Errors(said)]).toEqual([]);
  expect({ ...said, receivedAt: null, exceptions: said.exceptions.length }).toEqual({
    id: entry,
    flow: "entries-in",
    source: "shop",
    sourceTitle: "Web shop",
    name: "entry-7.json",
    mediaType: null,
    receivedAt: null,
    state: "quarantined",
    bytes: 16,
    exceptions: 1,
    text: `{"entry":"JE-7"}`,
    complete: true,
  });
  // Orders name people, and nobody can say where in these bytes.
  expect((await api(`/arrivals/${order}`)).said.text).toBe("••••");
  expect((await api(`/arrivals/${order}/reveal`, { reason: "" })).status).toBe(400);
  expect((await api(`/arrivals/${order}/reveal`, { reason: "The shop asks why." })).said.text).toBe(
    `{"salesOrderId":"SO-7"`,
  );
  const { rows } = await db.pool.query("select actor, action, subject, reason from audit");
  expect(rows).toEqual([
    {
      actor: "maria",
      action: "see personal data",
      subject: `arrival/${order}`,
      reason: "The shop asks why.",
    },
  ]);
  for (const id of ["nonsense", "00000000-0000-0000-0000-000000000000"])
    expect((await api(`/arrivals/${id}`)).status).toBe(404);

  const { exit, out } = await crossdock(["arrival", order, "--database-url", db.url]);
  expect([exit, out.includes("SO-7")]).toEqual([0, false]);
  expect(out).toMatch(/^order-7\.json {2}quarantined\n {2}from .* · flow shop-orders-in · 22 bytes/);
  expect(out).toMatch(/Next: crossdock exceptions show (GR-\w+) {3}crossdock exceptions try \1$/);
  expect((await crossdock(["arrival", order, "--show-personal", "--database-url", db.url])).exit).toBe(2);
});

test("the button that tries again has it read again, and says by its end what came of it", async () => {
  const id = await broken("entries-in", "entry-8.json", `{"entry":"JE-8"}`);
  expect((await api(`/deliveries/${id}/try-again`, { reason: "Once more." })).status).toBe(200);
  const over = async () =>
    (await db.pool.query("select said from arrival_wait where arrival = $1 and over_at is not null", [id]))
      .rows[0]?.said;
  await expect.poll(over, { timeout: 5_000 }).toMatch(/^erp\.post-entry v1 is not kept/);
  expect((await api(`/arrivals/${id}`)).said.exceptions[0]?.resolvedAt).toBe(null);
  expect((await api("/deliveries/00000000-0000-0000-0000-000000000000/try-again", {})).status).toBe(409);
});
