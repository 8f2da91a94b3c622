/**
 * The estate as a whole: which systems there are, how they are started and stopped, and their control plane.
 *
 * What must stay true: every system is set up from its books before any of them answers or acts, and stopping leaves
 * nothing behind but the books. The control plane listens on loopback only; it can break everything, on purpose.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Body, Refusal } from "./kernel/call.ts";
import { NotADecimal } from "./kernel/decimal.ts";
import { type FaultName, faultNames, readFault } from "./kernel/faults.ts";
import {
  type Estate,
  type Pace,
  type Secrets,
  type Station,
  station,
  type Tools,
  type Trade,
} from "./kernel/station.ts";
import { acme } from "./systems/acme.ts";
import { apigateway } from "./systems/api-gateway.ts";
import { billing, ledger, plm, receivables, workflow } from "./systems/back-office.ts";
import { bank } from "./systems/bank.ts";
import { broker } from "./systems/broker.ts";
import { cpq, fieldsales, marketplace, translator } from "./systems/channels.ts";
import { crm } from "./systems/crm.ts";
import { dynamics } from "./systems/dynamics.ts";
import { edge } from "./systems/edge.ts";
import { equipment } from "./systems/equipment.ts";
import { erp } from "./systems/erp.ts";
import { finance } from "./systems/finance.ts";
import { fusion } from "./systems/fusion.ts";
import { legacyerp, planning } from "./systems/legacy.ts";
import { mdm } from "./systems/mdm.ts";
import { mes } from "./systems/mes.ts";
import { oldbooks } from "./systems/oldbooks.ts";
import { payments } from "./systems/payments.ts";
import { pricing } from "./systems/pricing.ts";
import { procurement } from "./systems/procurement.ts";
import { qms } from "./systems/qms.ts";
import { s4cloud } from "./systems/s4cloud.ts";
import { scheduling } from "./systems/scheduling.ts";
import { portal, shop } from "./systems/shop.ts";
import { bi, consolidation, demand, replenishment } from "./systems/subscribers.ts";
import { supplier } from "./systems/supplier.ts";
import { tax } from "./systems/tax.ts";
import { carrier, fulfilment, threepl } from "./systems/third-party.ts";
import { tms } from "./systems/tms.ts";
import { wms } from "./systems/wms.ts";

/** In the order of their ports: the first is at port base + 1. */
const trades: Readonly<Record<string, (tools: Tools) => Trade>> = {
  acme,
  shop,
  crm,
  erp,
  wms,
  tms,
  pricing,
  tax,
  payments,
  bank,
  finance,
  mes,
  equipment,
  qms,
  supplier,
  mdm,
  scheduling,
  procurement,
  bi,
  demand,
  replenishment,
  consolidation,
  dynamics,
  fusion,
  s4cloud,
  portal,
  marketplace,
  cpq,
  fieldsales,
  translator,
  threepl,
  carrier,
  fulfilment,
  legacyerp,
  planning,
  billing,
  receivables,
  ledger,
  plm,
  workflow,
  apigateway,
  oldbooks,
  broker,
  edge,
};

export const systemNames: readonly string[] = Object.keys(trades);

export interface EstateOptions {
  readonly data: string;
  /** The control plane's port; systems follow in order. 0: any free ports. */
  readonly portBase: number;
  readonly systems: readonly string[];
  readonly pace: Pace;
  readonly crossdock: string;
  readonly secrets: Secrets;
  readonly database?: string;
}

export interface RunningEstate {
  readonly control: number;
  readonly systems: Readonly<Record<string, Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** Sets up the systems, opens their ports and lets them take up what a restart left unfinished. */
export async function openEstate(options: EstateOptions): Promise<RunningEstate> {
  const estate: Estate = { ...options, stations: new Map() };
  for (const name of options.systems) {
    const trade = trades[name];
    if (trade === undefined) throw new Error(`The systems are ${systemNames.join(", ")}; found ${name}.`);
    const wanted = options.portBase === 0 ? 0 : options.portBase + 1 + systemNames.indexOf(name);
    estate.stations.set(name, station(name, estate, wanted, trade));
  }
  const stations = [...estate.stations.values()];
  const control = createServer((request, response) => void answer(estate.stations, request, response));
  await new Promise<void>((resolve, reject) => {
    control.once("error", reject);
    control.listen(options.portBase, "127.0.0.1", resolve);
  });
  for (const one of stations) await one.open();
  for (const one of stations) one.resume();
  return {
    control: (control.address() as AddressInfo).port,
    systems: Object.fromEntries(stations.map((one) => [one.name, one.describe()])),
    async stop() {
      control.close();
      control.closeAllConnections();
      for (const one of stations) await one.stop();
    },
  };
}

async function answer(
  stations: ReadonlyMap<string, Station>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let status = 200;
  let result: unknown;
  try {
    const path = decodeURIComponent((request.url ?? "/").split("?")[0]!);
    result = await controlled(stations, request.method ?? "GET", path, await bodyOf(request));
    if (request.method === "POST") status = 201;
  } catch (problem) {
    status = problem instanceof Refusal ? problem.status : problem instanceof NotADecimal ? 400 : 500;
    if (status === 500) console.error(problem);
    const code = problem instanceof Refusal ? problem.code : status === 400 ? "INVALID_FIELD" : "INTERNAL";
    result = { error: { code, message: (problem as Error).message } };
  }
  const text = JSON.stringify(result ?? null);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

async function controlled(
  stations: ReadonlyMap<string, Station>,
  method: string,
  path: string,
  body: Body,
): Promise<unknown> {
  const [first, name, what, which] = path.split("/").slice(1);
  if (method === "GET" && path === "/health") return { status: "up" };
  if (first !== "systems") throw new Refusal(404, "NOT_FOUND", `There is no ${method} ${path} here.`);
  if (name === undefined && method === "GET") {
    return { systems: Object.fromEntries([...stations.values()].map((one) => [one.name, one.describe()])) };
  }
  const one = stations.get(name ?? "");
  if (one === undefined) {
    throw new Refusal(
      404,
      "NO_SUCH_SYSTEM",
      `The systems here are ${[...stations.keys()].join(", ")}; found ${name}.`,
    );
  }
  if (method === "GET" && what === undefined) return one.describe();
  if (method === "GET" && what === "books") return one.books();
  if (method === "GET" && what === "faults") return one.faults();
  if (method === "POST" && what === "faults") {
    let fault: ReturnType<typeof readFault>;
    try {
      fault = readFault(body);
    } catch (problem) {
      throw new Refusal(400, "INVALID_FIELD", (problem as Error).message);
    }
    await one.setFault(fault);
    return one.faults();
  }
  if (method === "DELETE" && what === "faults") {
    if (which !== undefined && !faultNames.includes(which as FaultName)) {
      throw new Refusal(404, "NO_SUCH_FAULT", `A fault is one of ${faultNames.join(", ")}; found ${which}.`);
    }
    await one.clearFault(which as FaultName | undefined);
    return one.faults();
  }
  if (method === "POST" && what === "acts" && which !== undefined) return one.act(which, body);
  if (method === "POST" && what === "settings") return one.settings(body);
  throw new Refusal(404, "NOT_FOUND", `There is no ${method} ${path} here.`);
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, "INVALID_JSON", "The body is not JSON.");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal(400, "INVALID_JSON", "The body must be a JSON object.");
  }
  return value as Body;
}
