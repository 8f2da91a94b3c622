/**
 * What a solution offers to machines: which flows take orders, changes, cancellations, webhooks and events, and whom to
 * ask for credit, price and availability.
 *
 * Content, not machinery: flows and connections by name, and pure translations between the gateway's stable shapes and the
 * dialect of the system asked. The gateway (`src/gateway`) turns it into routes; what is not named here has no route.
 */
import type { Span } from "../std/span.ts";

/** A question the gateway puts to a connection, now, for a caller who waits. */
export interface Inquiry {
  /** Name of the connection asked. */
  readonly connection: string;
  /** What the connector calls the question, e.g. `price-checks`. */
  readonly about: string;
  /** All the time there is. */
  readonly deadline?: Span;
  /**
   * How long the last good answer to the same question may stand in when the system does not answer; it is then marked as
   * degraded, with its age. Without it there is no stand-in, which is right where a stale yes costs money.
   */
  readonly lastGoodFor?: Span;
  /** From the gateway's question to the system's. Pure. */
  // biome-ignore lint/suspicious/noExplicitAny: the gateway has checked it against its published shape before.
  readonly ask?: (question: any) => unknown;
  /** From the system's answer to the gateway's published shape. Pure; given the question as well. */
  // biome-ignore lint/suspicious/noExplicitAny: answers come in the system's own dialect.
  readonly answer?: (answer: any, question: any) => unknown;
}

/** Who may tell us things by Standard Webhooks, and into which flow they go. */
export interface WebhookIntake {
  readonly flow: string;
  /** `whsec_…` or references to them; two while they are exchanged, the current one first. */
  readonly secrets: readonly string[];
  readonly bodyMax?: number;
}

export interface Capabilities {
  /** Names of inbound flows that read the gateway's order, change and cancellation requests as JSON. */
  readonly ordersFlow?: string;
  readonly changesFlow?: string;
  readonly cancellationsFlow?: string;
  readonly credit?: Inquiry;
  readonly price?: Inquiry;
  readonly availability?: Inquiry;
  /** By the name in `/v1/webhooks/<name>`. */
  readonly webhooks?: Readonly<Record<string, WebhookIntake>>;
  /** Inbound flows open to `/v1/events/<flow>`. */
  readonly eventFlows?: readonly string[];
}

/** The offers of all parts as one; where two name the same thing, the later one counts. */
export function allCapabilities(parts: readonly (Capabilities | undefined)[]): Capabilities {
  return {
    ...Object.assign({}, ...parts),
    webhooks: Object.assign({}, ...parts.map((part) => part?.webhooks)),
    eventFlows: [...new Set(parts.flatMap((part) => part?.eventFlows ?? []))],
  };
}
