/**
 * How the business went over a time: what entered and was completed, how long each milestone took, what stopped documents.
 *
 * Counts come from the figures kept by the minute and from the exceptions themselves; nothing is estimated, and times are
 * known to half an octave.
 */
import { counts, type Stay, series, staysOf } from "./counted.ts";
import { partsOf } from "./history.ts";
import { type Known, newestProcesses, sentence } from "./known.ts";
import { type Areas, within } from "./places.ts";
import type { Db, ExceptionRow, Instant } from "./rows.ts";

export interface ProcessInsight {
  readonly name: string;
  readonly title: string;
  /** One a part, in the order of `at`. */
  readonly entered: readonly number[];
  readonly completed: readonly number[];
  readonly givenUp: readonly number[];
  /** Questions put to people in the whole time. */
  readonly asked: number;
  readonly stays: readonly Stay[];
}

export interface Insights {
  /** The beginning of each part, RFC 3339. */
  readonly at: readonly string[];
  readonly partMs: number;
  readonly processes: readonly ProcessInsight[];
  /** Exceptions opened in each part, by class; only classes that occurred. */
  readonly exceptions: readonly {
    readonly class: ExceptionRow["class"];
    readonly opened: readonly number[];
  }[];
  /** How many were opened, how many of those are closed, and the middle of how long that took; null when none is. */
  readonly opened: number;
  readonly closed: number;
  readonly fixedWithinMs: number | null;
}

/** Index: exception_recent (opened_at). Grouped by the server, so an hour of a million exceptions is a few rows. */
export const exceptionsSinceWhere = (mine: string): string => `
  select class, date_bin($2::interval, opened_at, $1::timestamptz) as at, count(*)::int as opened
    from exception where opened_at >= $1 and ${mine} group by 1, 2`;

/** Index: exception_recent (opened_at). */
export const fixedSinceWhere = (mine: string): string => `
  select count(*)::int as opened, (count(*) filter (where resolved_at is not null))::int as closed,
         (percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at))
            filter (where resolved_at is not null))::float8 as median
    from exception where opened_at >= $1 and class <> 'temporary' and ${mine}`;

export async function insights(
  db: Db,
  known: Known,
  hours: number,
  options: { readonly areas?: Areas; readonly now?: Date } = {},
): Promise<Insights> {
  const { areas = null, now = new Date() } = options;
  const mine = (from: number) => within(areas, "exception.correlation", from);
  const parts = partsOf(hours, now);
  const since = parts.since.toISOString();
  const [processes, exceptions, fixed] = await Promise.all([
    Promise.all(
      newestProcesses(known).map(async ({ header: { name, milestones } }): Promise<ProcessInsight> => {
        const [happened, counted] = await Promise.all([
          series(db, name, parts, areas),
          counts(db, name, { areas, since: parts.since }),
        ]);
        // A count that was put right shows as a step back; a chart begins at nothing.
        const of = (count: string) => (happened.get(count) ?? []).map((value) => Math.max(0, value));
        return {
          name,
          title: sentence(name),
          entered: of("started"),
          completed: of("completed"),
          givenUp: of("abandoned"),
          asked: Math.max(0, counted.get("questions asked") ?? 0),
          stays: staysOf(counted, Object.keys(milestones)),
        };
      }),
    ),
    db.query<{ class: ExceptionRow["class"]; at: Instant; opened: number }>(
      exceptionsSinceWhere(mine(3).sql),
      [since, `${parts.partMs / 1_000} seconds`, ...mine(3).values],
    ),
    db.query<{ opened: number; closed: number; median: number | null }>(fixedSinceWhere(mine(2).sql), [
      since,
      ...mine(2).values,
    ]),
  ]);
  const classes = new Map<ExceptionRow["class"], number[]>();
  for (const row of exceptions.rows) {
    const opened = classes.get(row.class) ?? parts.at.map(() => 0);
    const place = Math.round((Date.parse(row.at) - parts.since.getTime()) / parts.partMs);
    if (place >= 0 && place < opened.length) opened[place] = (opened[place] ?? 0) + row.opened;
    classes.set(row.class, opened);
  }
  const all = fixed.rows[0]!;
  return {
    at: parts.at,
    partMs: parts.partMs,
    processes,
    exceptions: [...classes]
      .map(([of, opened]) => ({ class: of, opened }))
      .toSorted((a, b) => a.class.localeCompare(b.class)),
    opened: all.opened,
    closed: all.closed,
    fixedWithinMs: all.median === null ? null : Math.round(all.median * 1_000),
  };
}
