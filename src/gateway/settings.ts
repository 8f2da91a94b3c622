/**
 * What the gateway is told when it is opened: what a solution offers, and how much callers may ask for.
 */
import type { Logger } from "pino";
import type { Capabilities } from "../runtime/capabilities.ts";

export interface GatewaySettings {
  /** Flows and connections behind the routes; see `allCapabilities`. */
  readonly capabilities: Capabilities;
  /** Mixed into the kept hash of every key; text of at least 16 characters, or a secret reference. */
  readonly pepper: string;
  /** Bytes a body may have, unless its route says otherwise. */
  readonly bodyMaxBytes?: number;
  /** Requests a minute one address may send without a key. */
  readonly openPerMinute?: number;
  /** Wrong keys and wrong signatures a minute one address may send. */
  readonly failuresPerMinute?: number;
  /** Addresses of proxies whose X-Forwarded-For is believed. None by default. */
  readonly trustedProxies?: readonly string[];
  /** How long requests under way may take to end when it closes, before they are cut off. */
  readonly closeWithinMs?: number;
  /** Where facts are logged; standard error by default. */
  readonly logger?: Logger;
}

/** 1 MB holds an order of five thousand lines with room to spare. */
export const BODY_MAX_BYTES = 1_000_000;
export const OPEN_PER_MINUTE = 600;
export const FAILURES_PER_MINUTE = 120;
export const CLOSE_WITHIN_MS = 5_000;
