/**
 * The rows of the memory as the reading side sees them, and the one place that reads the JSON inside them.
 *
 * The engine owns these tables (migrations/); a reader must survive rows written by an older or newer worker, so
 * whatever is missing inside the JSON reads as empty and never as an error.
 */
import type { Pool } from "pg";

/** Anything that runs a query: the pool, or one client of it. */
export type Db = Pick<Pool, "query">;

/** An instant as the pool gives it: RFC 3339 text with all decimals. */
export type Instant = string;

/** The same to the millisecond and in UTC, as faces get it; such texts sort as instants do. */
export const iso = (at: Instant): string => new Date(at).toISOString();

export const isoOrNull = (at: Instant | null): string | null => (at === null ? null : iso(at));

export interface EventRow {
  readonly position: string;
  readonly recorded_at: Instant;
  readonly occurred_at: Instant;
  readonly kind: "event" | "command";
  readonly id: string;
  readonly contract: string;
  readonly version: number;
  readonly key: string;
  readonly source: string;
  readonly correlation: string;
  readonly causation: string | null;
  readonly data: string | null;
  readonly extra: string | null;
}

export interface ArrivalRow {
  readonly id: string;
  readonly flow: string;
  readonly source: string;
  readonly message_id: string;
  readonly received_at: Instant;
  readonly state: "accepted" | "quarantined" | "conflict";
  readonly media_type: string | null;
  readonly bytes: number;
  readonly notes: string | null;
}

export interface DeliveryRow {
  readonly key: string;
  readonly flow: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly correlation: string;
  readonly event_position: string;
  readonly after_key: string | null;
  readonly status:
    | "owed"
    | "attempting"
    | "in_doubt"
    | "parked"
    | "held"
    | "applied"
    | "superseded"
    | "cancelled";
  readonly attempts: number;
  readonly doubts: number;
  readonly next_try_at: Instant | null;
  readonly created_at: Instant;
  readonly updated_at: Instant;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly error_code: string | null;
  /** What it was set aside for and goes again by itself when that has come: `item/PUMP-100`, `flow/orders-out`. */
  readonly waits_for: string | null;
  readonly waits_since: Instant | null;
  /** Only where a document is read as a whole. */
  readonly not_carried?: string | null;
}

export interface AttemptRow {
  readonly delivery: string;
  readonly number: number;
  readonly at: Instant;
  readonly outcome: string;
  readonly reason: string | null;
}

export interface QuestionRow {
  readonly id: string;
  readonly process: string;
  readonly key: string;
  readonly approval: string;
  readonly asked_of: string;
  readonly because: string | null;
  readonly correlation: string;
  readonly asked_at: Instant;
  readonly due_at: Instant;
  readonly verdict: "approved" | "declined" | "withdrawn" | null;
  readonly answered_by: string | null;
  readonly comment: string | null;
  readonly answered_at: Instant | null;
}

/** An exception `x` as it is read. */
export const EXCEPTION = `x.id::text as id, x.fingerprint, x.class, x.subject_kind, x.subject, x.connection, x.correlation, x.title, x.reason,
    x.owner, x.opened_at, x.resolved_at, x.resolution, x.due_at, x.escalated_at,
    (select d.attempts from delivery d where x.subject_kind = 'delivery' and d.key = x.subject) as tries`;

export interface ExceptionRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly class:
    | "temporary"
    | "data"
    | "business hold"
    | "unclear outcome"
    | "contract change"
    | "access"
    | "duplicate or conflict"
    | "defect";
  readonly subject_kind: "delivery" | "arrival" | "instance" | "document";
  readonly subject: string;
  readonly connection: string | null;
  readonly correlation: string | null;
  readonly title: string;
  readonly reason: string;
  readonly owner: string;
  readonly opened_at: Instant;
  readonly resolved_at: Instant | null;
  readonly resolution: string | null;
  /** How often the delivery it is about was tried; null when it is about none. */
  readonly tries: number | null;
  /** When a business hold is to be decided, and when it was escalated because it was not. */
  readonly due_at: Instant | null;
  readonly escalated_at: Instant | null;
}

export interface InstanceRow {
  readonly process: string;
  readonly key: string;
  readonly version: number;
  readonly status: "expected" | "running" | "parked" | "completed" | "abandoned";
  readonly milestone: string | null;
  readonly milestone_at: Instant | null;
  readonly next_due: Instant | null;
  readonly correlation: string;
  readonly started_at: Instant;
  readonly updated_at: Instant;
  readonly body: InstanceBody;
}

/** The part of an instance's JSON that is shown. */
export interface InstanceBody {
  readonly state: unknown;
  readonly milestones: readonly MilestoneMark[];
  readonly timers: readonly { readonly name: string; readonly due: string }[];
  readonly notes: readonly { readonly at: string | null; readonly text: string }[];
  /** What would be taken back if the process gave up, in the order it was sent. */
  readonly undo: readonly string[];
}

export interface MilestoneMark {
  readonly name: string;
  /** When it was reached last, RFC 3339; null while only withdrawn. */
  readonly at: string | null;
  /** Parts reached and parts in all; null for a milestone reached whole. */
  readonly part: number | null;
  readonly of: number | null;
  readonly withdrawn: boolean;
}

/** Parses the JSON of a column; null for null and for text that is not JSON. */
export function json(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

export const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
