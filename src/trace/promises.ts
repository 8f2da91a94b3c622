/** Promises read back: what was answered on old values, what hangs on it, and what became of each. */
import type { Money } from "./header.ts";
import { type Db, type Instant, iso, isoOrNull, json } from "./rows.ts";

export interface PromiseView {
  readonly id: string;
  readonly inquiry: string;
  readonly question: unknown;
  readonly answer: unknown;
  readonly givenTo: string;
  /** When the system had said so, and when it was promised. */
  readonly saidAt: string;
  readonly givenAt: string;
  readonly worth: Money | null;
  readonly state: "open" | "kept" | "differs";
  readonly settledAt: string | null;
  readonly actual: unknown;
  /** What it is now, less what was promised; in the currency of `worth`. */
  readonly difference: string | null;
  readonly reason: string | null;
}

export interface PromisesView {
  /** Open ones first, the oldest first; then the latest that did not hold, and the latest that did. */
  readonly promises: readonly PromiseView[];
  /** What hangs on open promises, by inquiry and currency. */
  readonly exposure: readonly {
    readonly inquiry: string;
    readonly promises: number;
    readonly money: readonly Money[];
  }[];
  readonly asOf: string;
}

/** Indexes: promise_open, promise_differs, promise_recent. */
const PROMISES = `
  (select * from promise where state = 'open' order by given_at limit 500)
  union all (select * from promise where state = 'differs' order by given_at desc limit 100)
  union all (select * from promise where state = 'kept' order by given_at desc limit 100)`;

const EXPOSURE = `
  select inquiry, sum(n)::int as promises, coalesce(json_agg(json_build_object('amount', amount::text, 'currency', currency))
      filter (where currency is not null), '[]') as money
    from (select inquiry, currency, count(*) as n, sum(abs(amount)) as amount from promise where state = 'open' group by 1, 2) each
   group by inquiry order by inquiry`;

interface Row {
  readonly id: string;
  readonly inquiry: string;
  readonly question: string;
  readonly answer: string;
  readonly given_to: string;
  readonly said_at: Instant;
  readonly given_at: Instant;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly state: PromiseView["state"];
  readonly settled_at: Instant | null;
  readonly actual: string | null;
  readonly difference: string | null;
  readonly reason: string | null;
}

export async function promises(db: Db): Promise<PromisesView> {
  const [rows, exposure] = await Promise.all([
    db.query<Row>(PROMISES, []),
    db.query<PromisesView["exposure"][number]>(EXPOSURE, []),
  ]);
  return {
    promises: rows.rows.map((row) => ({
      id: row.id,
      inquiry: row.inquiry,
      question: json(row.question),
      answer: json(row.answer),
      givenTo: row.given_to,
      saidAt: iso(row.said_at),
      givenAt: iso(row.given_at),
      worth:
        row.amount === null || row.currency === null ? null : { amount: row.amount, currency: row.currency },
      state: row.state,
      settledAt: isoOrNull(row.settled_at),
      actual: json(row.actual),
      difference: row.difference,
      reason: row.reason,
    })),
    exposure: exposure.rows,
    asOf: new Date().toISOString(),
  };
}
