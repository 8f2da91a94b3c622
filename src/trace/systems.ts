/**
 * How each system is doing: what waits for it, since when, and whether it answers.
 *
 * What waits is in the database and counts for all workers; whether a system answers is what this worker saw.
 */
import { type Known, plain, systemTitle } from "./known.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type Instant, iso, isoOrNull } from "./rows.ts";

/** Why nothing is sent to a system: who said so, until when. */
export interface PauseView {
  /** draining: what is unclear is still cleared up. */
  readonly how: "paused" | "draining";
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly until: string | null;
}

/** What the dock says about a connection; `dock.connections()` fits. */
export interface Line {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  readonly breaker: "closed" | "open" | "probing";
  readonly because: string | null;
  readonly since: string | null;
  /** Set while nothing can be received from it. */
  readonly unheard?: { readonly because: string; readonly since: string } | null;
  /** Set while a person has paused it. */
  readonly pause?: PauseView | null;
  readonly inFlight: number;
  readonly lastOkAt: string | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface SystemView {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  /**
   * ok: it answers · slow: answers take over SLOW_MS · down: calls stopped, or nothing can be received · trying: one probe at a time ·
   * unknown · paused: a person said so.
   */
  readonly state: "ok" | "slow" | "down" | "trying" | "unknown" | "paused";
  /** Calls go on, and nothing can be received: `because` says why, `since` since when. */
  readonly isUnheard: boolean;
  readonly pause: PauseView | null;
  readonly because: string | null;
  readonly since: string | null;
  readonly lastOkAt: string | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly inFlight: number;
  /** Deliveries not settled: owed or on the wire. */
  readonly waiting: number;
  /** When the oldest of them was created. */
  readonly oldestAt: string | null;
  readonly held: number;
  readonly parked: number;
  readonly inDoubt: number;
  /** False when the numbers were cut off at `max` open deliveries and are at least what they say. */
  readonly exact: boolean;
}

/** Index: delivery_open (partial: only what is open), at most OPEN_MAX rows. */
export const openByConnectionWhere = (mine: string): string => `
  select connection, count(*)::int as rows,
         (count(*) filter (where status in ('owed', 'attempting')))::int as waiting,
         (count(*) filter (where status = 'held'))::int as held,
         (count(*) filter (where status = 'parked'))::int as parked,
         (count(*) filter (where status = 'in_doubt'))::int as in_doubt,
         min(created_at) filter (where status in ('owed', 'attempting', 'in_doubt')) as oldest
    from (select connection, status, created_at from delivery
           where status not in ('applied', 'superseded', 'cancelled') and ${mine} limit $1) open
   group by connection`;

/** Counting half a million open deliveries takes a fifth of a second; beyond that the page says "at least". */
const OPEN_MAX = 500_000;
/** The first page answers at once, whatever the backlog: it counts up to here. */
export const OPEN_MAX_AT_ONCE = 100_000;
const SLOW_MS = 2_000;

interface OpenRow {
  readonly connection: string;
  readonly rows: number;
  readonly waiting: number;
  readonly held: number;
  readonly parked: number;
  readonly in_doubt: number;
  readonly oldest: Instant | null;
}

/**
 * Every connection the dock has or something is owed to: those in trouble first, then by what waits. What waits is of the
 * areas asked for; whether a system answers is everybody's business.
 */
export async function systems(
  db: Db,
  known: Known,
  connections: readonly Line[],
  options: { readonly areas?: Areas; readonly max?: number } = {},
): Promise<SystemView[]> {
  const { areas = null, max = OPEN_MAX } = options;
  const mine = within(areas, "delivery.correlation", 2);
  const { rows } = await db.query<OpenRow>(openByConnectionWhere(mine.sql), [max, ...mine.values]);
  const exact = rows.reduce((sum, row) => sum + row.rows, 0) < max;
  const names = new Set([
    ...connections.map(({ name }) => name),
    ...rows.map(({ connection }) => connection),
  ]);
  return [...names]
    .map((name): SystemView => {
      const line = connections.find((one) => one.name === name);
      const open = rows.find(({ connection }) => connection === name);
      const unheard = line?.breaker === "closed" && !line.pause ? (line.unheard ?? null) : null;
      return {
        name,
        title: line?.title ?? systemTitle(known, name),
        owner: line?.owner ?? known.connections.get(name)?.owner ?? "",
        state: stateOf(line),
        isUnheard: unheard !== null,
        pause: pauseOf(line),
        because: plain(known, line?.because ?? unheard?.because ?? null, name),
        since: line?.since ?? unheard?.since ?? null,
        lastOkAt: line?.lastOkAt ?? null,
        p50Ms: line?.p50Ms ?? null,
        p99Ms: line?.p99Ms ?? null,
        inFlight: line?.inFlight ?? 0,
        waiting: open?.waiting ?? 0,
        oldestAt: isoOrNull(open?.oldest ?? null),
        held: open?.held ?? 0,
        parked: open?.parked ?? 0,
        inDoubt: open?.in_doubt ?? 0,
        exact,
      };
    })
    .toSorted(
      (a, b) => TROUBLE[b.state] - TROUBLE[a.state] || owed(b) - owed(a) || a.title.localeCompare(b.title),
    );
}

/** All that has not reached it, whatever for. */
const owed = ({ waiting, held, parked, inDoubt }: SystemView) => waiting + held + parked + inDoubt;

function stateOf(line: Line | undefined): SystemView["state"] {
  if (!line) return "unknown";
  if (line.pause) return "paused";
  if (line.breaker === "open") return "down";
  if (line.breaker === "probing") return "trying";
  if (line.unheard) return "down";
  // Nobody called it since this worker started: a mailbox that only sends to us, or a target nothing was owed to yet.
  if (line.lastOkAt === null && line.p50Ms === null) return "unknown";
  return line.p50Ms !== null && line.p50Ms > SLOW_MS ? "slow" : "ok";
}

const pauseOf = (line: Line | undefined): PauseView | null =>
  line?.pause
    ? {
        how: line.pause.how,
        by: line.pause.by,
        reason: line.pause.reason,
        at: iso(line.pause.at),
        until: isoOrNull(line.pause.until),
      }
    : null;

const TROUBLE: Readonly<Record<SystemView["state"], number>> = {
  down: 4,
  paused: 4,
  trying: 3,
  slow: 2,
  unknown: -1,
  ok: 0,
};

/** Connections that rest, because they do not answer or a person said so; for the judge of documents. */
export const downOf = (
  connections: readonly Pick<Line, "name" | "breaker" | "pause">[],
): ReadonlySet<string> =>
  new Set(connections.filter(({ breaker, pause }) => breaker !== "closed" || pause).map(({ name }) => name));
