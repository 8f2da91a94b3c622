/**
 * The one way into the journal.
 *
 * Facts and commands are written here and nowhere else, inside a transaction that also writes what they cause, so both
 * become true together or not at all. What is appended is never updated or deleted. Positions are handed out before
 * commit, so they can become visible out of order; readers cope with that in `read.ts`.
 */
import type { Message } from "../contracts/contract.ts";
import type { BusinessKey } from "../contracts/keys.ts";

/** One line of the journal, ready to be written. */
export interface Entry {
  readonly kind: "event" | "command";
  /** Derived from the fact, so the same fact has the same id however often it is told. */
  readonly id: string;
  readonly contract: string;
  readonly version: number;
  readonly key: string;
  readonly source: string;
  readonly correlation: string;
  readonly causation: string | null;
  /** RFC 3339; null means now, by the database clock. */
  readonly occurredAt: string | null;
  /** What it causes is written in the same transaction; no reader needs to look at it. */
  readonly routed: boolean;
  readonly data: string;
  readonly extra: string | null;
  readonly keys: readonly BusinessKey[];
}

/** Where an entry comes from: everything the message itself cannot know. */
export interface Provenance {
  readonly id: string;
  readonly source: string;
  /** The transaction of the cause; without it the message's own. */
  readonly correlation?: string;
  readonly causation: string | null;
  readonly occurredAt: string | null;
  readonly routed: boolean;
  readonly extra?: object | undefined;
}

export const entryOf = (message: Message, from: Provenance): Entry => ({
  kind: message.kind,
  id: from.id,
  contract: message.contract,
  version: message.version,
  key: message.key,
  source: from.source,
  correlation: from.correlation ?? message.correlation,
  causation: from.causation,
  occurredAt: from.occurredAt,
  routed: from.routed,
  data: JSON.stringify(message.data),
  extra: from.extra === undefined ? null : JSON.stringify(from.extra),
  keys: message.keys,
});

/** The columns of an entry, for statements that append as part of more. Its keys go to their own table. */
export const ENTRY = {
  kind: "text",
  id: "text",
  contract: "text",
  version: "int2",
  key: "text",
  source: "text",
  correlation: "text",
  causation: "text",
  occurredAt: "timestamptz",
  routed: "bool",
  data: "text",
  extra: "text",
} as const;

export const ENTRY_INSERT = `insert into event (kind, id, contract, version, key, source, correlation, causation, occurred_at, routed, data, extra)`;

export const ENTRY_SELECT = `e.kind, e.id, e.contract, e.version, e.key, e.source, e.correlation, e.causation,
  coalesce(e."occurredAt", clock_timestamp()), e.routed, e.data, e.extra`;
