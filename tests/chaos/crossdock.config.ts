/**
 * What the chaos runs work with: the business of the simulation, over the shipped connectors, to systems of every guarantee.
 *
 * Where the systems are comes by the environment as JSON, because there is a proxy before each of them; so does which orders
 * end whoever touches them, how, and how many versions of the order's process this build knows.
 */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { env, kill, pid } from "node:process";
import {
  type Connection,
  type Connector,
  command,
  connection,
  event,
  flow,
  process,
  secret,
  send,
} from "crossdock";
import { json } from "crossdock/codecs/json";
import { http } from "crossdock/connectors/http";
import { settlingWithin } from "crossdock/connectors/rest-searchable";
import { restUpsert } from "crossdock/connectors/rest-upsert";
import { configuration } from "crossdock/server";
import Type from "typebox";
import { business, client, type Touch } from "../simulation/integration.ts";

const Item = Type.Object({ item: Type.String({ minLength: 1 }) });
const about = { version: 1, owner: "chaos", criticality: "C2", data: Item, keys: { item: "item" } } as const;
/** `at`: all of a herd fall due together. */
const Planned = Type.Object({ item: Type.String({ minLength: 1 }), at: Type.String() });
const sample = { item: "H-1", at: "2026-01-05T08:00:00.000Z" };
const RecountPlanned = event({
  ...about,
  name: "stock.recount-planned",
  summary: "To be counted again at a moment.",
  data: Planned,
  sample,
});
const AskRecount = command({
  ...about,
  name: "stock.ask-recount",
  summary: "Count it now.",
  sample: { item: "H-1" },
});
const recount = process({
  name: "recount",
  version: 1,
  owner: "chaos",
  summary: "Waits, then asks for a recount.",
  keyType: "item",
  state: Item,
  milestones: {},
  timers: { wait: "1d" },
})
  .startsOn(RecountPlanned, "item", ({ item, at }) => ({ state: { item }, start: [{ timer: "wait", at }] }))
  .whenElapsed("wait", (state) => ({ send: [send(AskRecount.of(state))], end: "completed" }));

const folder = env.CROSSDOCK_DATA ?? ".";
/** Order → where and how it ends whoever touches it, until it is mended. */
const deadly = JSON.parse(env.CHAOS_DEADLY ?? "{}") as Readonly<
  Record<string, { readonly at: Parameters<Touch>[0]; readonly by: "signal" | "error" | "heap" }>
>;
const touch: Touch = (at, order) => {
  const found = deadly[order];
  if (found?.at !== at || existsSync(join(folder, "cured"))) return;
  appendFileSync(join(folder, "ended.ndjson"), `${JSON.stringify({ order, at })}\n`);
  if (found.by === "signal") kill(pid, "SIGKILL");
  if (found.by === "error")
    queueMicrotask(() => {
      throw new Error("Nobody catches this.");
    });
  for (const hoard: number[][] = []; found.by === "heap"; ) hoard.push(new Array<number>(100_000).fill(0.5));
};

const ports = JSON.parse(env.CHAOS_PORTS ?? "{}") as Readonly<Record<string, number>>;
const TIMEOUT_MS = 1_500;

/** As rest-searchable posts, to a system that can be asked nothing afterwards. */
const searchable = settlingWithin("2s");
const forgetful: Connector = {
  ...searchable,
  name: "forgetful",
  summary: "Posts, and can never ask what became of it.",
  guarantees: { ...searchable.guarantees, repeat: "none", verifies: false },
  async open(config, around) {
    const { verify: _, ...session } = await searchable.open(config, around);
    return session;
  },
};

const CONTRACTS = [
  "erp.post-order",
  "erp.cancel-order",
  "erp.order-posted",
  "wms.allocate-stock",
  "wms.release-stock",
  "wms.ship-order",
  "sales.order-captured",
  "sales.cancellation-requested",
  "stock.counted",
  "operations.milestone-reached",
  "stock.ask-recount",
];

function made(name: string): Connection {
  const url = `http://127.0.0.1:${ports[name]}/${name}`;
  const paths = (to: string) =>
    Object.fromEntries(CONTRACTS.map((contract) => [contract, `/${contract}/${to}`]));
  const common = { url, probe: "/health", timeoutMs: TIMEOUT_MS };
  switch (name) {
    case "credit":
      return connection(name, http, { config: { ...common, paths: {}, asks: { credit: "/checks" } } });
    case "erp":
      return connection(name, searchable, { config: { ...common, paths: paths("{subject}") } });
    case "ledger":
      return connection(name, forgetful, { config: { ...common, paths: paths("{subject}") } });
    case "crm":
      return connection(name, restUpsert, {
        config: { ...common, paths: paths("{key}"), token: secret(`file:${join(folder, "token-of-crm")}`) },
      });
    default:
      return connection(name, http, { config: { ...common, paths: paths("{subject}") } });
  }
}

const systems = new Map<string, Connection>();
const system = (name: string): Connection => {
  const known = systems.get(name) ?? made(name);
  systems.set(name, known);
  return known;
};
const versions = Array.from({ length: Number(env.CHAOS_BUILD ?? 1) }, (_, n) => n + 1);
const { flows, processes } = business(system, { pack: "2s", touch, versions });

export default configuration({
  name: "Chaos",
  solutions: [
    {
      name: "chaos",
      processes: [...(processes ?? []), recount],
      flows: [
        ...flows,
        flow("plans-in")
          .from(client)
          .decode(json<(typeof sample)[]>())
          .split("plans", (plans) => plans)
          .expect(RecountPlanned)
          .publish(RecountPlanned),
        flow("recounts").on(AskRecount).deliver(system("board"), json()),
      ],
      capabilities: {
        eventFlows: ["orders-in", "cancels-in", "stock-in", "counts-in", "bundles-in", "plans-in"],
      },
    },
  ],
});
