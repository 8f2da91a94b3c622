/**
 * A gateway in front of a running dock, for tests: real HTTP, the real engine, a real database. Only the systems at the far
 * end are ours: one connection that answers questions as a test says.
 */
import type { Pool } from "pg";
import { type Logger, pino } from "pino";
import Type from "typebox";
import type { Codec } from "../codecs/codec.ts";
import {
  type Accepted,
  type Arrival,
  connection,
  connector,
  type Question,
} from "../connectors/connector.ts";
import { webhook } from "../connectors/webhook/connector.ts";
import {
  finance,
  inquiries,
  logistics,
  master,
  procurement,
  returns,
  stock,
} from "../contracts/canon/index.ts";
import { event } from "../contracts/contract.ts";
import { answering, reporting } from "../contracts/inquiry.ts";
import { flow } from "../flows/flow.ts";
import { type Gateway, openGateway } from "../gateway/gateway.ts";
import { createClient } from "../gateway/keys.ts";
import type { GatewaySettings } from "../gateway/settings.ts";
import { process } from "../processes/process.ts";
import type { Dock } from "../runtime/dock.ts";
import { start } from "../runtime/start.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";

export const PEPPER = "a pepper only tests know";
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

export interface TakenIn {
  readonly flow: string;
  readonly source: string;
  readonly messageId: string;
  readonly mediaType: string | null;
  readonly state: string;
  readonly body: Buffer;
}

export interface GatewayWorld {
  readonly url: string;
  readonly gateway: Gateway;
  /** Another one before the same dock, which remembers nothing of what the first was told: as after a restart. */
  another(): Promise<Gateway>;
  readonly database: FreshDatabase;
  /** The dock's own pool, the one the gateway asks. */
  readonly pool: Pool;
  /** What the dock keeps of what arrived, oldest first. */
  arrivals(): Promise<TakenIn[]>;
  /** What was asked, oldest first. */
  readonly questions: (Question & { readonly connection: string })[];
  /** Everything logged so far, as text. */
  readonly logged: () => string;
  /** What a test changes about the world: how systems answer, and troubles of the dock that are hard to bring about. */
  readonly behave: {
    ask?: (connection: string, question: Question) => Promise<unknown>;
    accept?: (flow: string, arrival: Arrival) => Promise<Accepted>;
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

const Text = Type.String({ minLength: 1 });
const json: Codec<Record<string, unknown>> = {
  name: "json",
  mediaType: "application/json",
  decode(body) {
    try {
      return JSON.parse(toText(body)) as Record<string, unknown>;
    } catch {
      throw new ContractBroken("The document is not JSON.", { facts: { expected: "JSON" } });
    }
  },
  encode: (document) => toBytes(JSON.stringify(document)),
};

const said = (name: string, keys: Record<string, string>) =>
  event({
    name: `test.${name}`,
    version: 1,
    owner: "test",
    summary: "Something a machine told.",
    criticality: "C3",
    data: Type.Record(Type.String(), Type.Unknown()),
    keys,
    says: { milestone: name },
    sample: {},
  });
const Captured = event({
  name: "test.order-captured",
  version: 1,
  owner: "test",
  summary: "An order came in.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Text, customerReference: Text, customer: Text }),
  keys: { order: "salesOrderId", customerReference: "customerReference" },
  says: { milestone: "captured" },
  sample: { salesOrderId: "SO-1", customerReference: "PO-1", customer: "C-1" },
});
const Changed = said("order-changed", { order: "orderId" });
const Told = said("told", { order: "orderId" });
const Machine = said("machine-told", { machine: "machine" });

/** A process that only remembers that the order came. */
const orders = process({
  name: "orders",
  version: 1,
  owner: "test",
  summary: "Remembers an order.",
  keyType: "order",
  state: Type.Object({}),
  milestones: { captured: {}, shipped: { due: "3d" } },
}).startsOn(Captured, "salesOrderId", () => ({ state: {}, reach: "captured" }));

/** Opens a gateway with every capability, before an engine with a database of its own. */
export async function gatewayWorld(settings: Partial<GatewaySettings> = {}): Promise<GatewayWorld> {
  const database = await freshDatabase();
  const questions: GatewayWorld["questions"] = [];
  const behave: GatewayWorld["behave"] = {};
  const lines: string[] = [];
  const logger: Logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const engine = await startEngine(database, questions, behave);
  // The engine's own answers, except where a test makes a trouble it could not bring about otherwise.
  const dock: Dock = {
    ...engine,
    accept: (name, arrival, source) =>
      behave.accept ? behave.accept(name, arrival) : engine.accept(name, arrival, source),
    retryAfterSeconds: () => behave.retryAfterSeconds ?? engine.retryAfterSeconds(),
  };
  const end = async () => {
    await engine.stop();
    await database.drop();
  };
  const another = () =>
    openGateway({
      dock,
      port: 0,
      settings: { capabilities: EVERYTHING, pepper: PEPPER, logger, ...settings },
    });
  const gateway = await another().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  let clients = 0;
  return {
    url: gateway.url,
    gateway,
    another,
    database,
    pool: dock.pool,
    questions,
    logged: () => lines.join(""),
    behave,
    async arrivals() {
      const { rows } = await database.pool.query<TakenIn>(
        `select flow, source, message_id as "messageId", media_type as "mediaType", state, body from arrival order by id`,
      );
      return rows;
    },
    async key(scopes, { name = `client-${++clients}`, ...more } = {}) {
      return (await createClient(database.pool, PEPPER, { name, scopes, perMinute: 100_000, ...more })).key;
    },
    send: (method, path, options) => request(gateway.url, method, path, options),
    async close() {
      await gateway.close();
      await end();
    },
  };
}

const REPORTED = [
  ["confirmShipment", "/shipment-confirmations", logistics.ShipmentDispatched],
  ["confirmPurchaseOrder", "/purchase-order-confirmations", procurement.PurchaseOrderConfirmed],
  ["confirmGoodsReceipt", "/goods-receipts", stock.GoodsReceived],
  ["requestReturn", "/returns", returns.ReturnRequested],
  ["updateSupplier", "/supplier-updates", master.SupplierChanged],
  ["postLedgerEntry", "/postings", finance.PostingSubmitted],
] as const;

const EVERYTHING: GatewaySettings["capabilities"] = {
  ordersFlow: "api-orders",
  changesFlow: "api-changes",
  cancellationsFlow: "api-cancellations",
  inquiries: [
    answering(inquiries.CheckCredit, {
      asks: { erp: { about: "credit" } },
      deadline: "2s",
      answer: ({ erp }) => erp,
    }),
    answering(inquiries.GetPrices, {
      asks: { pricing: { about: "prices" } },
      lastGoodFor: "1h",
      deadline: "100ms",
      answer: ({ pricing }) => pricing,
    }),
    // All others answer what the test has the ERP say.
    ...inquiries.all
      .filter((one) => one !== inquiries.CheckCredit && one !== inquiries.GetPrices)
      .map((one) =>
        answering(one, { asks: { erp: { about: one.name } }, deadline: "2s", answer: ({ erp }) => erp }),
      ),
  ],
  reports: REPORTED.map(([name, path, contract]) => reporting(contract, { name, path, flow: name })),
  webhooks: { wms: { flow: "wms-in", secrets: [WEBHOOK_SECRET] } },
  eventFlows: ["machine-events"],
};

function startEngine(
  database: FreshDatabase,
  questions: GatewayWorld["questions"],
  behave: GatewayWorld["behave"],
): Promise<Dock> {
  const line = (name: string) => {
    const asked = connector({
      name: `test-${name}`,
      summary: "A system that answers as the test says.",
      config: Type.Object({}),
      guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
      open: async () => ({
        probe: async () => {},
        close: async () => {},
        ask: async (question: Question) => {
          questions.push({ ...question, connection: name });
          return behave.ask?.(name, question);
        },
      }),
    });
    return connection(name, asked, { config: {} });
  };
  const [api, erp, pricing, wms] = ["api", "erp", "pricing", "wms"].map(line) as [
    ReturnType<typeof line>,
    ReturnType<typeof line>,
    ReturnType<typeof line>,
    ReturnType<typeof line>,
  ];
  const payments = connection("payments", webhook, { config: { secrets: [WEBHOOK_SECRET] } });
  const toOrder = ({ orderId, customerReference, customer }: Record<string, unknown>) => ({
    salesOrderId: String(orderId ?? `SO-${customerReference}`),
    customerReference: String(customerReference),
    customer: String(customer),
  });
  return start({
    database: database.url,
    worker: "gateway-world",
    flows: [
      flow("api-orders")
        .from(api)
        .decode(json)
        .map((order) => {
          if (order.customer !== "C-GHOST") return order;
          throw new ContractBroken("There is no customer C-GHOST.", {
            facts: { field: "customer", expected: "a customer we know", found: "C-GHOST" },
          });
        })
        .map(toOrder)
        .publish(Captured),
      ...["api-changes", "api-cancellations"].map((name) =>
        flow(name).from(api).decode(json).publish(Changed),
      ),
      ...REPORTED.map(([name, , contract]) => flow(name).from(api).decode(json).publish(contract)),
      flow("wms-in").from(wms).decode(json).publish(Told),
      flow("payments-in").from(payments).decode(json).publish(Told),
      flow("machine-events")
        .from(api)
        .map((bytes): Record<string, unknown> => ({ machine: `M-${bytes.byteLength}` }))
        .publish(Machine),
    ],
    processes: [orders],
    connections: [erp, pricing],
  });
}

/** Sends a request and reads the answer, JSON or text. */
export async function request(
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
