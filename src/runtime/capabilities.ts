/**
 * What a solution offers to machines: which flows take orders, changes, cancellations, webhooks and events, which inquiries
 * are answered by whom, which facts may be reported.
 *
 * Content, not machinery: flows and connections by name, and pure translations between the gateway's stable shapes and the
 * dialect of the system asked. The gateway (`src/gateway`) turns it into routes; what is not named here has no route.
 */
import type { Answering, Reporting } from "../contracts/inquiry.ts";

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
  readonly inquiries?: readonly Answering[];
  readonly reports?: readonly Reporting[];
  /** By the name in `/v1/webhooks/<name>`. */
  readonly webhooks?: Readonly<Record<string, WebhookIntake>>;
  /** Inbound flows open to `/v1/events/<flow>`. */
  readonly eventFlows?: readonly string[];
}

/** The offers of all parts as one; where two name the same thing, the later one counts. */
export function allCapabilities(parts: readonly (Capabilities | undefined)[]): Capabilities {
  const inquiries = parts.flatMap((part) => part?.inquiries ?? []);
  const reports = parts.flatMap((part) => part?.reports ?? []);
  return {
    ...Object.assign({}, ...parts),
    inquiries: [...new Map(inquiries.map((one) => [one.inquiry.name, one])).values()],
    reports: [...new Map(reports.map((one) => [one.name, one])).values()],
    webhooks: Object.assign({}, ...parts.map((part) => part?.webhooks)),
    eventFlows: [...new Set(parts.flatMap((part) => part?.eventFlows ?? []))],
  };
}
