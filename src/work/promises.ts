/**
 * Promises: answers given on old values, with what hangs on them.
 *
 * What must stay true: the open promises of an inquiry never exceed its limit, however many are given at once; and each is
 * settled once, in the commit of the fact that says so.
 */
import { ENTRY, ENTRY_INSERT, ENTRY_SELECT, type Entry } from "../journal/append.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

const Entries = columns(ENTRY);

export interface NewPromise {
  readonly id: string;
  readonly inquiry: string;
  readonly question: string;
  readonly answer: string;
  readonly saidAt: string;
  readonly givenTo: string;
  readonly asked: string;
  readonly amount: string | null;
  readonly currency: string | null;
}

/** An open one whose turn has come. */
export interface DuePromise {
  readonly id: string;
  readonly inquiry: string;
  readonly question: string;
  readonly answer: string;
  readonly saidAt: string;
  readonly givenTo: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly tries: number;
}

/** Whoever promises takes turns: each sees what the one before promised. */
export const lockPromises: Statement = {
  name: "work lock promises",
  text: "select pg_advisory_xact_lock(7217)",
  values: [],
};

/**
 * Gives a promise, unless the open ones of its inquiry reach their limit. Returns its id, or that of the same one that is open
 * already; nothing when there is no room. `most` null: nothing may be promised in that currency.
 */
export const givePromise = (
  promise: NewPromise,
  limit: { readonly most: string | null; readonly atOnce: number },
  entry: Entry,
): Statement => ({
  name: "work give promise",
  text: `with same as (select id from promise where inquiry = $2 and given_to = $6 and asked = $7 and state = 'open'),
    open as (select count(*) as promises, coalesce(sum(amount) filter (where currency = $9), 0) as amount from promise
      where inquiry = $2 and state = 'open'),
    given as (
      insert into promise (id, inquiry, question, answer, said_at, given_to, asked, amount, currency)
      select $1::uuid, $2, $3, $4, $5::timestamptz, $6, $7, $8::numeric, $9 from open
      where not exists (select from same) and open.promises < $11
        and ($8::numeric is null or open.amount + $8::numeric <= $10::numeric) returning id),
    told as (${ENTRY_INSERT} select ${ENTRY_SELECT} from given, ${Entries.from(12, "e")})
    select id::text as id from given union all select id::text from same`,
  values: [
    promise.id,
    promise.inquiry,
    promise.question,
    promise.answer,
    promise.saidAt,
    promise.givenTo,
    promise.asked,
    promise.amount,
    promise.currency,
    limit.most,
    limit.atOnce,
    ...Entries.values([entry]),
  ],
});

/** Open promises of these inquiries that are due, and not looked at by anybody for the time being. */
export const duePromises = (inquiries: readonly string[], lookMs: number, max: number): Statement => ({
  name: "work due promises",
  text: `update promise set next_at = clock_timestamp() + $2 * interval '1 ms', tries = tries + 1
    where id in (select id from promise where state = 'open' and inquiry = any($1) and next_at <= clock_timestamp()
      order by next_at limit $3 for update skip locked)
    returning id::text as id, inquiry, question, answer, given_to as "givenTo", amount::text as amount, currency, tries,
      to_char(said_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "saidAt"`,
  values: [inquiries, lookMs, max],
});

/** The system is still silent. */
export const postponePromise = (id: string, delayMs: number, reason: string): Statement => ({
  name: "work postpone promise",
  text: `update promise set next_at = clock_timestamp() + $2 * interval '1 ms', reason = $3 where id = $1::uuid and state = 'open'`,
  values: [id, delayMs, reason],
});

/** Settles it, with the facts that follow; nothing when it is settled already. */
export const settlePromise = (
  id: string,
  to: {
    readonly state: "kept" | "differs";
    readonly actual: string | null;
    readonly difference: string | null;
    readonly reason: string | null;
  },
  entries: readonly Entry[],
): Statement => ({
  name: "work settle promise",
  text: `with done as (
      update promise set state = $2, actual = $3, difference = $4::numeric, reason = $5, settled_at = clock_timestamp()
      where id = $1::uuid and state = 'open' returning id),
    told as (${ENTRY_INSERT} select ${ENTRY_SELECT} from done, ${Entries.from(6, "e")})
    select id from done`,
  values: [id, to.state, to.actual, to.difference, to.reason, ...Entries.values(entries)],
});
