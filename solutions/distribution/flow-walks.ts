/** What the tests of the flows share: the solution over systems that are not there, and ways to walk its flows by name. */
import type { Flow, Message } from "crossdock";
import { type Outgoing, walkArrival, walkMessage } from "crossdock/testing";
import { MERIDIAN } from "../demonstration/meridian.ts";
import { distribution } from "./index.ts";
import { standardPolicy } from "./policy.ts";
import type { DistributionSettings } from "./settings.ts";

const system = { url: "http://127.0.0.1:1" };
const tellingSystem = { ...system, webhookSecrets: ["whsec_x"] };
export const settings: DistributionSettings = {
  ...MERIDIAN,
  policy: standardPolicy,
  folders: { fromPartner: "/in", toPartner: "/out", bankStatements: "/bank" },
  systems: {
    shop: system,
    crm: system,
    erp: system,
    wms: tellingSystem,
    tms: tellingSystem,
    pricing: system,
    tax: system,
    payments: tellingSystem,
    finance: system,
  },
};
export const solution = distribution(settings);
export const flows = new Map((solution.flows ?? []).map((each) => [each.name, each]));
export const walked = new Set<string>();
/** A flow by its name, noted as walked. */
export const flow = (name: string): Flow => {
  walked.add(name);
  const found = flows.get(name);
  if (!found) throw new Error(`There is no flow ${name}.`);
  return found;
};

export const bytes = (text: string) => new TextEncoder().encode(text);
export const text = (body: Uint8Array | undefined) => new TextDecoder().decode(body);
/** Walks a JSON body in; nothing of it may be refused. */
export function arrive(name: string, body: unknown): readonly Message[] {
  const { messages, refused } = walkArrival(flow(name), bytes(JSON.stringify(body)));
  const [refusal] = refused;
  if (refusal) throw refusal.error;
  return messages;
}

/** Walks a message out; every order is the shop's. */
export function leave(name: string, message: Message): Extract<Outgoing, { connection: string }> {
  const out = walkMessage(flow(name), message, (reference) =>
    "give" in reference && reference.give === "customer" ? "C-SHOP" : null,
  );
  if ("passedOver" in out) throw new Error(out.passedOver);
  return out;
}

export const told = (messages: readonly Message[]) => messages.map(({ contract, data }) => [contract, data]);

/** The flows of one direction that no test of this file has walked. */
export const unwalked = (direction: Flow["direction"]): string[] =>
  [...flows.values()]
    .filter((each) => each.direction === direction && !walked.has(each.name))
    .map(({ name }) => name);
