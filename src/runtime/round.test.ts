/** What several processes of one business key did is taken back as one list, last first; and what takes up an instance that had ended. */
import Type from "typebox";
import { expect, test } from "vitest";
import { json } from "../codecs/json/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { command, event, type Message } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { type Process, process } from "../processes/process.ts";
import type { Instance } from "../work/instances.ts";
import { arrange } from "./arrangement.ts";
import { Carriage } from "./carriage.ts";
import { Gathered } from "./gathered.ts";
import { Round } from "./round.ts";

const Order = Type.Object({ orderId: Type.String() });
const card = {
  version: 1,
  owner: "sales",
  summary: "A word about an order.",
  criticality: "C2",
  data: Order,
  keys: { order: "orderId" },
  sample: { orderId: "SO-1" },
} as const;
const fact = (name: string) => event({ ...card, name: `sales.order-${name}` });
const Captured = fact("captured");
const Short = fact("short");
const Made = fact("made");
const Cancelled = fact("cancelled");
const commands = ["post", "plan", "buy", "book"].flatMap((name) => [
  command({ ...card, name: `site.${name}` }),
  command({ ...card, name: `site.undo-${name}` }),
]);
const doing = (name: string, options: { apart?: boolean } = {}) => {
  const named = (contract: string) => commands.find((one) => one.name === contract)!.of({ orderId: "SO-1" });
  return { send: [send(named(`site.${name}`), { undo: named(`site.undo-${name}`), ...options })] };
};

const header = (name: string) => ({
  name,
  version: 1,
  owner: "sales",
  summary: "Part of an order.",
  keyType: "order",
  state: Type.Object({}),
  milestones: {},
});
const ends = () => ({ end: { abandon: "cancelled" } });
const sells = process(header("sells"))
  .startsOn(Captured, "orderId", () => ({ state: {}, ...doing("post") }))
  .when(Made, "orderId", () => doing("book"))
  .when(Cancelled, "orderId", ends);
const makes = process(header("makes"))
  .startsOn(Short, "orderId", () => ({ state: {}, ...doing("plan") }))
  .when(Made, "orderId", () => doing("buy", { apart: true }))
  .when(Cancelled, "orderId", ends);

const bills = process({ ...header("bills"), reopenedBy: [Made] })
  .startsOn(Captured, "orderId", () => ({ state: {}, end: "completed" as const }))
  .when(Made, "orderId", (_, __, { at }) =>
    at.includes(":02:") ? { note: "Nothing to it." } : { ...doing("book"), end: "completed" as const },
  )
  .when(Short, "orderId", () => doing("buy"));

const site = connection(
  "site",
  connector({
    name: "site",
    summary: "Takes commands.",
    config: Type.Object({}),
    guarantees: { repeat: "key", verifies: true, ordered: true, settleMs: 0, concurrency: 1 },
    open: async () => ({ probe: async () => undefined, close: async () => undefined }),
  }),
  { config: {} },
);
const definitions = arrange({
  processes: [sells, makes, bills],
  flows: commands.map((one) => flow(one.name.replace(".", "-")).on(one).deliver(site, json())),
});

/** Tells those processes of a fact in one round, and says what is sent then, each with what it waits for. */
async function told(
  instances: Map<Process, Instance>,
  message: Message,
  minute: number,
  to: readonly Process[],
): Promise<string[][]> {
  const gathered = new Gathered();
  const given = { definitions, setsAside: () => null, gathered };
  const store = { lookUp: async () => [] };
  const carriage = new Carriage({ ...given, store, maySendNow: () => false });
  const at = `2026-01-05T08:${String(minute).padStart(2, "0")}:00.000Z`;
  const round = new Round({ ...given, laneCount: 1, now: at, carriage });
  for (const each of to) {
    const input = { kind: "event", at, message, source: "test" } as const;
    const cause = { ref: `event:${minute}`, correlation: "order/SO-1" };
    const now = await round.input(each, "SO-1", instances.get(each) ?? null, input, cause);
    if (now) instances.set(each, now);
  }
  await round.takeBack();
  const named = new Map(gathered.deliveries.map(({ key, contract }) => [key, contract]));
  return gathered.deliveries.map(({ contract, afterKey }) => [
    contract,
    afterKey === null ? "" : (named.get(afterKey) ?? "?"),
  ]);
}

for (const order of [
  [sells, makes],
  [makes, sells],
])
  test(`what was sent last is taken back first, whichever process sent it, ${order[0]?.header.name} being told first`, async () => {
    const instances = new Map<Process, Instance>();
    const of = { orderId: "SO-1" };
    await told(instances, Captured.of(of), 1, [sells]);
    await told(instances, Short.of(of), 2, [makes]);
    await told(instances, Made.of(of), 3, [makes]);
    await told(instances, Made.of(of), 4, [sells]);
    expect(await told(instances, Cancelled.of(of), 5, order)).toEqual([
      ["site.undo-book", ""],
      ["site.undo-buy", "site.undo-book"],
      // What stands apart is waited for by nothing.
      ["site.undo-plan", "site.undo-book"],
      ["site.undo-post", "site.undo-plan"],
    ]);
  });

test("a fact may take up a completed instance again; one it only notes, and any other, leave it ended", async () => {
  const instances = new Map<Process, Instance>();
  const of = { orderId: "SO-1" };
  await told(instances, Captured.of(of), 1, [bills]);
  const stand = () => {
    const { status, body } = instances.get(bills)!;
    return [status, body.notes.map(({ text }) => text)];
  };
  expect(await told(instances, Made.of(of), 2, [bills])).toEqual([]);
  expect(await told(instances, Short.of(of), 3, [bills])).toEqual([]);
  const noted = ["Nothing to it.", "event:sales.order-short came after the end."];
  expect(stand()).toEqual(["completed", noted]);
  expect(await told(instances, Made.of(of), 4, [bills])).toEqual([["site.book", ""]]);
  expect(stand()).toEqual(["completed", [...noted, "event:sales.order-made takes it up again."]]);
});

test("what was given up stays given up", async () => {
  const instances = new Map<Process, Instance>();
  await told(instances, Captured.of({ orderId: "SO-1" }), 1, [bills]);
  instances.get(bills)!.status = "abandoned";
  expect(await told(instances, Made.of({ orderId: "SO-1" }), 4, [bills])).toEqual([]);
});
