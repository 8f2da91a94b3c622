/**
 * Webhooks, reported facts and events: things other systems tell us, each once.
 *
 * A webhook is believed for its signature over the raw bytes, checked before anyone reads them; an event for its sender's
 * key. The sender's own id makes a repetition the same message, for ever.
 *
 * @covers API-08, API-13, API-14, API-16, API-17
 */
import Type from "typebox";
import { secretBytes, verifySignature } from "../connectors/webhook/signature.ts";
import type { Reporting } from "../contracts/inquiry.ts";
import type { Flow } from "../flows/flow.ts";
import type { Capabilities, WebhookIntake } from "../runtime/capabilities.ts";
import type { Dock } from "../runtime/dock.ts";
import { openSecret } from "../runtime/secrets.ts";
import { Unusable } from "../std/errors.ts";
import { isSecretReference } from "../std/secret.ts";
import type { Guard } from "./guard.ts";
import type { Metrics } from "./metrics.ts";
import { proof } from "./orders.ts";
import { Problem } from "./problems.ts";
import type { Answer, Call, Route } from "./route.ts";
import { Taken } from "./shapes.ts";

const EXAMPLE = { receipt: "0190b6f0-7b1e-7c43-9d7e-2b0f5c1f4a10", duplicate: false };
const ANSWERS = {
  202: { description: "It is taken and durable.", schema: Taken, example: EXAMPLE },
  200: {
    description: "It was taken before; nothing happened again.",
    schema: Taken,
    example: { ...EXAMPLE, duplicate: true },
  },
};

interface Around {
  readonly dock: Dock;
  readonly metrics: Metrics;
  readonly guard: Guard;
  readonly bodyMaxBytes: number;
}

/** @throws {Unusable} when a webhook has no usable secret: it would let in everybody, or nobody */
export function intakeRoutes(
  { webhooks = {}, eventFlows = [], reports = [] }: Capabilities,
  around: Around,
): Route[] {
  const routes: Route[] = reports.map((one) => reportRoute(one, around));
  if (Object.keys(webhooks).length > 0) routes.push(webhookRoute(webhooks, around));
  if (eventFlows.length > 0) routes.push(eventRoute(eventFlows, around));
  return routes;
}

/**
 * The capabilities with a door for every connection that others push into: a webhook's, which is nothing but a name and secrets
 * for this door, and another site's. A flow that reads from one needs no second mention.
 *
 * @throws {Unusable} when two flows read from one webhook: it goes into one flow
 */
export function withOwnDoors(dock: Dock, capabilities: Capabilities): Capabilities {
  const webhooks: Record<string, WebhookIntake> = { ...capabilities.webhooks };
  const eventFlows = new Set(capabilities.eventFlows);
  for (const flow of dock.definitions.flows.values()) {
    if (siteBehind(flow) !== null) eventFlows.add(flow.name);
    if (flow.direction !== "in" || flow.connection?.connector.name !== "webhook") continue;
    const { name, config } = flow.connection;
    if (capabilities.webhooks?.[name]) continue;
    if (webhooks[name]) {
      throw new Unusable(
        `The flows ${webhooks[name].flow} and ${flow.name} both read webhooks of ${name}. Join them.`,
      );
    }
    webhooks[name] = { flow: flow.name, secrets: (config as { secrets: string[] }).secrets };
  }
  return { ...capabilities, webhooks, eventFlows: [...eventFlows] };
}

/** The other site whose messages a flow takes; null when it takes none. */
const siteBehind = (flow: Flow | undefined): string | null =>
  flow?.direction === "in" && flow.connection?.connector.name === "crossdock" ? flow.connection.name : null;

function webhookRoute(webhooks: NonNullable<Capabilities["webhooks"]>, around: Around): Route {
  const { dock, metrics, guard, bodyMaxBytes } = around;
  const doors = new Map(
    Object.entries(webhooks).map(([name, intake]) => [name, { ...intake, secrets: secretsOf(name, intake) }]),
  );
  return {
    name: "takeWebhook",
    method: "POST",
    path: "/v1/webhooks/{name}",
    tag: "intake",
    owner: "integration",
    summary: "Tell something by Standard Webhooks.",
    description:
      "Signed over `id.timestamp.body` with HMAC-SHA256 (v1). The same webhook-id twice is the same message, for ever.",
    access: "signed",
    intake: true,
    params: {
      name: {
        description: "The name agreed for the sender.",
        schema: Type.String({ minLength: 1, maxLength: 100 }),
        example: [...doors.keys()][0]!,
      },
    },
    headers: {
      "webhook-id": {
        description: "The sender's id of this message.",
        required: true,
        schema: Type.String(),
      },
      "webhook-timestamp": { description: "Seconds since 1970.", required: true, schema: Type.String() },
      "webhook-signature": {
        description: "`v1,<base64>`, several divided by spaces.",
        required: true,
        schema: Type.String(),
      },
    },
    body: {
      mediaTypes: [],
      maxBytes: Math.max(bodyMaxBytes, ...Object.values(webhooks).map(({ bodyMax }) => bodyMax ?? 0)),
    },
    answers: ANSWERS,
    problems: ["bad-webhook", "bad-signature", "not-found", "idempotency-conflict", "quarantined"],
    async handle(call) {
      const door = doors.get(call.params.name!);
      if (!door) {
        // Anybody can send a body to a name that is none; it counts like a signature that is none.
        guard.failure(call.address);
        throw new Problem("not-found");
      }
      if (call.raw.byteLength > (door.bodyMax ?? bodyMaxBytes)) throw new Problem("too-large");
      const verified = verifySignature(call.headers, call.raw, door.secrets, new Date());
      if (!verified.ok) {
        guard.failure(call.address);
        throw new Problem(verified.status === 400 ? "bad-webhook" : "bad-signature", {
          detail: verified.reason,
        });
      }
      return taken(
        await dock.accept(door.flow, {
          messageId: verified.messageId,
          body: call.raw,
          occurredAt: verified.sentAt,
          ...(call.mediaType === undefined ? {} : { mediaType: call.mediaType }),
        }),
        door.flow,
        metrics,
      );
    },
  };
}

function eventRoute(eventFlows: readonly string[], { dock, metrics, bodyMaxBytes }: Around): Route {
  const open = new Set(eventFlows);
  return {
    name: "takeEvent",
    method: "POST",
    path: "/v1/events/{flow}",
    tag: "intake",
    owner: "integration",
    summary: "Hand a message to one of the configured flows.",
    description: `JSON or any bytes, as the flow expects them. Open flows: ${eventFlows.join(", ")}.`,
    access: ["events:write"],
    intake: true,
    idempotent: true,
    params: {
      flow: {
        description: "The name of the flow.",
        schema: Type.String({ minLength: 1, maxLength: 100 }),
        example: eventFlows[0]!,
      },
    },
    body: { mediaTypes: [], maxBytes: bodyMaxBytes },
    answers: ANSWERS,
    problems: ["not-found", "idempotency-conflict", "quarantined"],
    async handle(call: Call) {
      const flow = call.params.flow!;
      if (!open.has(flow)) throw new Problem("not-found");
      // What is remembered of a site is remembered under its name, whichever key of it is in use: nobody else may use that.
      const site = siteBehind(dock.definitions.flows.get(flow));
      if (site !== null && call.caller!.name !== site) throw new Problem("forbidden");
      return taken(
        await dock.accept(
          flow,
          {
            messageId: call.idempotencyKey,
            body: call.raw,
            ...(call.mediaType === undefined ? {} : { mediaType: call.mediaType }),
          },
          call.caller!.name,
        ),
        flow,
        metrics,
      );
    },
  };
}

/** A fact in the shape of its contract, checked here so that the caller hears at once which field is wrong. */
function reportRoute(
  { contract, path, name, flow }: Reporting,
  { dock, metrics, bodyMaxBytes }: Around,
): Route {
  return {
    name,
    method: "POST",
    path: `/v1${path}`,
    tag: "intake",
    owner: contract.owner,
    summary: `Report: ${contract.summary}`,
    description: `The fact ${contract.name}, version ${contract.version}, in the shape of its contract.`,
    access: ["events:write"],
    intake: true,
    idempotent: true,
    body: {
      schema: contract.schema,
      mediaTypes: ["application/json"],
      maxBytes: bodyMaxBytes,
      example: contract.sample,
    },
    answers: ANSWERS,
    problems: ["idempotency-conflict", "quarantined"],
    async handle(call: Call) {
      const arrival = { messageId: call.idempotencyKey, body: call.raw, mediaType: "application/json" };
      return taken(await dock.accept(flow, arrival, call.caller!.name), flow, metrics);
    },
  };
}

function taken(accepted: Parameters<typeof proof>[0], flow: string, metrics: Metrics): Answer {
  metrics.taken.inc({ flow, outcome: accepted.outcome });
  const { receipt, duplicate } = proof(accepted);
  return { status: duplicate ? 200 : 202, body: { receipt, duplicate } };
}

function secretsOf(name: string, { secrets }: WebhookIntake): string[] {
  const opened = secrets.map((each) => (isSecretReference(each) ? openSecret(each) : each));
  if (opened.length === 0 || opened.length > 2 || !opened.every((each) => secretBytes(each))) {
    throw new Unusable(
      `The webhook ${name} needs one or two secrets of the form whsec_<base64 of 24 to 64 bytes>.`,
      { facts: { webhook: name } },
    );
  }
  return opened;
}
