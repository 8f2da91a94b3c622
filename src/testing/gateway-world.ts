/**
 * A gateway in front of a small dock, for tests of the gateway itself: real HTTP, real keys in a real database.
 *
 * The dock here keeps the promises of `Dock` that the gateway relies on (same id and bytes: same receipt; other bytes:
 * conflict) in memory, and can be told to be overloaded, away, or to answer questions. What the engine does with an arrival
 * is the engine's tests' business.
 */
import { createHash, randomUUID } from "node:crypto";
import { type Logger, pino } from "pino";
import Type from "typebox";
import {
  type Accepted,
  type Arrival,
  connection,
  connector,
  type Question,
} from "../connectors/connector.ts";
import { flow } from "../flows/flow.ts";
import { type Gateway, openGateway } from "../gateway/gateway.ts";
import { createClient } from "../gateway/keys.ts";
import type { GatewaySettings } from "../gateway/settings.ts";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";
import { known } from "./order-story.ts";

export const PEPPER = "a pepper only tests know";
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

export interface GatewayWorld {
  readonly url: string;
  readonly gateway: Gateway;
  readonly database: FreshDatabase;
  /** What the dock was handed, oldest first. */
  readonly arrivals: (Arrival & { readonly flow: string; readonly source: string | undefined })[];
  /** What was asked, oldest first. */
  readonly questions: (Question & { readonly connection: string })[];
  /** Everything logged so far, as text. */
  readonly logged: () => string;
  /** How the dock behaves from now on. */
  readonly behave: {
    accept?: (flow: string, arrival: Arrival) => Promise<Accepted>;
    ask?: (connection: string, question: Question) => Promise<unknown>;
    retryAfterSeconds?: number | null;
  };
  /** A new key with these scopes. */
  key(
    scopes: readonly string[],
    more?: { name?: string; perMinute?: number; lifetime?: `${number}ms` | `${number}d` },
  ): Promise<string>;
  /** Sends a request and reads the answer. */
  send(
    method: string,
    path: string,
    options?: { key?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

const silent = connector({
  name: "silent",
  summary: "A line nobody is at the other end of.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => {}, close: async () => {} }),
});

/** Opens a gateway with every capability, before a dock in memory and a database of its own. */
export async function gatewayWorld(settings: Partial<GatewaySettings> = {}): Promise<GatewayWorld> {
  const database = await freshDatabase();
  await database.pool.query("insert into lane (id, owner, lease_until) values (0, 'w', 'infinity')");
  const arrivals: GatewayWorld["arrivals"] = [];
  const questions: GatewayWorld["questions"] = [];
  const behave: GatewayWorld["behave"] = {};
  const dock = memoryDock(database, arrivals, questions, behave);
  const lines: string[] = [];
  const logger: Logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const gateway = await openGateway({
    dock,
    port: 0,
    settings: {
      capabilities: {
        ordersFlow: "api-orders",
        changesFlow: "api-changes",
        cancellationsFlow: "api-cancellations",
        credit: { connection: "erp", about: "credit" },
        price: { connection: "pricing", about: "prices", lastGoodFor: "1h", deadline: "100ms" },
        availability: { connection: "wms", about: "stock" },
        webhooks: { wms: { flow: "wms-in", secrets: [WEBHOOK_SECRET] } },
        eventFlows: ["machine-events"],
      },
      pepper: PEPPER,
      logger,
      ...settings,
    },
  });
  let clients = 0;
  return {
    url: gateway.url,
    gateway,
    database,
    arrivals,
    questions,
    logged: () => lines.join(""),
    behave,
    async key(scopes, { name = `client-${++clients}`, ...more } = {}) {
      return (await createClient(database.pool, PEPPER, { name, scopes, perMinute: 100_000, ...more })).key;
    },
    send: (method, path, options) => send(gateway.url, method, path, options),
    async close() {
      await gateway.close();
      await database.drop();
    },
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  { key, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
  } as RequestInit);
  const text = await answer.text();
  const parsed = /json/.test(answer.headers.get("content-type") ?? "") ? JSON.parse(text) : { text };
  return { status: answer.status, headers: answer.headers, body: parsed as Record<string, unknown> };
}

function memoryDock(
  { pool }: FreshDatabase,
  arrivals: GatewayWorld["arrivals"],
  questions: GatewayWorld["questions"],
  behave: GatewayWorld["behave"],
): Dock {
  const lines = ["erp", "pricing", "wms"].map((name) => connection(name, silent, { config: {} }));
  const flows = ["api-orders", "api-changes", "api-cancellations", "wms-in", "machine-events"].map((name) =>
    flow(name)
      .from(lines[0]!)
      .publishAs([], () => []),
  );
  const receipts = new Map<string, { hash: string; receipt: string; subject?: string }>();
  const never = async () => false;
  return {
    definitions: {
      contracts: known.contracts,
      flows: new Map(flows.map((one) => [one.name, one])),
      processes: known.processes,
      connections: new Map(lines.map((line) => [line.name, line])),
    },
    pool,
    worker: "test",
    async accept(flowName, arrival, source) {
      if (behave.accept) return behave.accept(flowName, arrival);
      const hash = createHash("sha256").update(arrival.body).digest("hex");
      const id = `${source} ${arrival.messageId}`;
      const known = receipts.get(id);
      if (known?.hash === hash) {
        return { outcome: "duplicate", receipt: known.receipt, ...subjectOf(arrival) };
      }
      if (known) return { outcome: "conflict", receipt: known.receipt, reason: "Other content." };
      const receipt = randomUUID();
      receipts.set(id, { hash, receipt });
      arrivals.push({ ...arrival, flow: flowName, source });
      return { outcome: "accepted", receipt, ...subjectOf(arrival) };
    },
    async ask(name, question) {
      questions.push({ ...question, connection: name });
      return behave.ask?.(name, question);
    },
    answer: never,
    tryAgain: never,
    settle: never,
    cancelDelivery: never,
    connections: () => [],
    retryAfterSeconds: () => behave.retryAfterSeconds ?? null,
    onCommit: () => () => {},
    stop: async () => {},
  };
}

function subjectOf({ body }: Arrival): { subject?: string } {
  try {
    const { customerReference } = JSON.parse(new TextDecoder().decode(body)) as {
      customerReference?: string;
    };
    return customerReference === undefined ? {} : { subject: `order/SO-${customerReference}` };
  } catch {
    return {};
  }
}
