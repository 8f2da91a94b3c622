/**
 * One system, all the way round: how it does now, how it did, what waits for it, and what depends on it.
 *
 * What waits is listed by the same rows it is counted from, so a number leads to exactly that many rows.
 */
import type { CallsPart, OutageView, QueuePart } from "./history.ts";
import { calls, outages, partsOf, queue } from "./history.ts";
import { type Known, messageTitle, NOTHING_KNOWN, plain, splitKey, systemTitle } from "./known.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type DeliveryRow, type ExceptionRow, iso } from "./rows.ts";
import { deliveryStatus, type Status } from "./status.ts";

/** What is open for one connection by kind. Index: delivery_open (partial: only what is open). */
export const openByKindWhere = (mine: string): string => `
  select contract, status, count(*)::int as count, count(distinct correlation)::int as documents
    from delivery where connection = $1 and status not in ('applied', 'superseded', 'cancelled') and ${mine}
   group by contract, status order by count(*) desc, contract limit 200`;

/** Index: delivery_open (partial), then exception_open. */
export const openOfWhere = (mine: string): string => `
  select d.id::text as id, d.key, d.flow, d.connection, d.contract, d.subject, d.correlation,
         d.event_position::text as event_position, d.after_key, d.status, d.attempts, d.doubts, d.next_try_at,
         d.created_at, d.updated_at, d.reference, d.reason, d.error_code, d.waits_for, d.waits_since, x.class
    from delivery d
    left join exception x on x.subject_kind = 'delivery' and x.subject = d.key and x.resolved_at is null
   where d.connection = $1 and d.status not in ('applied', 'superseded', 'cancelled') and d.id > $2 and ${mine}
   order by d.id limit $3`;

export interface OpenKind {
  readonly contract: string;
  readonly title: string;
  readonly waiting: number;
  /** Held, parked or unclear. */
  readonly aside: number;
}

export interface SystemHistory {
  readonly calls: readonly CallsPart[];
  readonly queue: readonly QueuePart[];
  /** Length of a part of the charts, in milliseconds. */
  readonly partMs: number;
  /** Of the last 90 days, oldest first. */
  readonly outages: readonly OutageView[];
  readonly open: readonly OpenKind[];
}

const CALENDAR_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * How one connection did in the last `hours`, its outages of 90 days, and what is open for it by kind. Calls, queue and
 * outages are about the system itself and are of no plant; what is open is of the areas asked for.
 */
export async function systemHistory(
  db: Db,
  connection: string,
  hours: number,
  options: { readonly areas?: Areas; readonly now?: Date; readonly known?: Known } = {},
): Promise<SystemHistory> {
  const { now = new Date(), known = NOTHING_KNOWN } = options;
  const mine = within(options.areas ?? null, "delivery.correlation", 2);
  const parts = partsOf(hours, now);
  const [called, queued, away, kinds] = await Promise.all([
    calls(db, connection, parts),
    queue(db, connection, parts),
    outages(db, connection, new Date(now.getTime() - CALENDAR_DAYS * DAY_MS)),
    db.query<{ contract: string; status: DeliveryRow["status"]; count: number }>(openByKindWhere(mine.sql), [
      connection,
      ...mine.values,
    ]),
  ]);
  const open = new Map<string, { waiting: number; aside: number }>();
  for (const { contract, status, count } of kinds.rows) {
    const kind = open.get(contract) ?? { waiting: 0, aside: 0 };
    if (status === "owed" || status === "attempting") kind.waiting += count;
    else kind.aside += count;
    open.set(contract, kind);
  }
  return {
    calls: called,
    queue: queued,
    partMs: parts.partMs,
    outages: away.map((one) => ({ ...one, because: plain(known, one.because, connection) })),
    open: [...open].map(([contract, kind]) => ({ contract, title: messageTitle(contract), ...kind })),
  };
}

/** One delivery that is not settled, as a row of a list. */
export interface OpenDeliveryView {
  readonly key: string;
  readonly correlation: string;
  readonly number: string;
  readonly title: string;
  readonly status: Status;
  readonly createdAt: string;
}

export interface OpenDeliveries {
  readonly deliveries: readonly OpenDeliveryView[];
  /** Hand it back as `after`; null at the end. */
  readonly next: string | null;
}

/** What is open for one connection, oldest first. */
export async function openFor(
  db: Db,
  connection: string,
  known: Known,
  options: { after?: string | null; limit?: number; areas?: Areas; down?: ReadonlySet<string> } = {},
): Promise<OpenDeliveries> {
  const mine = within(options.areas ?? null, "d.correlation", 4);
  const limit = Math.min(options.limit ?? 50, 200);
  const after = /^\d{1,18}$/.test(options.after ?? "") ? options.after : "0";
  const { rows } = await db.query<DeliveryRow & { id: string; class: ExceptionRow["class"] | null }>(
    openOfWhere(mine.sql),
    [connection, after, limit + 1, ...mine.values],
  );
  const down = options.down?.has(connection) ?? false;
  return {
    deliveries: rows.slice(0, limit).map((row) => ({
      key: row.key,
      correlation: row.correlation,
      number: splitKey(row.correlation).value,
      title: messageTitle(row.contract),
      status: deliveryStatus(known, row, row.class ? { class: row.class, reason: "" } : undefined, down),
      createdAt: iso(row.created_at),
    })),
    next: rows.length > limit ? rows[limit - 1]!.id : null,
  };
}

/** A flow in words: "Order captured from the Web shop", "Post sales order to the ERP". */
export const flowTitle = (
  known: Known,
  contract: string,
  connection: string,
  direction: "in" | "out",
): string =>
  `${messageTitle(contract)} ${direction === "in" ? "from" : "to"} ${systemTitle(known, connection)}`;
