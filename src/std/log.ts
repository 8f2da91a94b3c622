/**
 * Logs are facts: a fixed sentence, then fields. Never payloads, secrets or personal data.
 *
 * The interface is ours so that every room can say what it needs; the writing is pino's (`cli` and `server` choose where
 * it goes).
 */
import type { Facts } from "./errors.ts";

export interface Log {
  info(sentence: string, facts?: Facts): void;
  warn(sentence: string, facts?: Facts): void;
  error(sentence: string, facts?: Facts): void;
}

export const silent: Log = { info() {}, warn() {}, error() {} };
