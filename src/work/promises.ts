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
  /** The delivery whose answer makes it true; null: the inquiry is asked again. */
  readonly delivery: string | null;
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
 * Gives a promise with the facts that tell of it, unless the open ones of its inquiry reach their limit. Returns its id, or that of
 * the same one that is open already; nothing when there is no room. A credit takes as much of it as a charge: both may turn out otherwise,
 * and neither makes up for the other. `most` null: nothing may be promised in that currency.
 */
export const givePromise = (
  promise: NewPromise,
  limit: { readonly most: string | null; readonly atOnce: number },
  entries: readonly Entry[],
): Statement => ({
  name: "work give promise",
  // The question is looked at under its lock: what was answered meanwhile is not promised any more.
  text: `with waiting as (select key from delivery where key = $12 and status not in ('applied', 'superseded', 'cancelled') for update),
    same as (select id from promise where inquiry = $2 and given_to = $6 and asked = $7 and state = 'open'),
    open as (select count(*) as promises, coalesce(sum(abs(amount)) filter (where currency = $9), 0) as amount from promise
      where inquiry = $2 and state = 'open'),
    given as (
      insert into promise (id, inquiry, question, answer, said_at, given_to, asked, amount, currency, delivery)
      select $1::uuid, $2, $3, $4, $5::timestamptz, $6, $7, $8::numeric, $9, $12 from open
      where not exists (select from same) and open.promises < $11
        and ($8::numeric is null or open.amount + abs($8::numeric) <= $10::numeric)
        and ($12::text is null or exists (select from waiting)) returning id),
    told as (${ENTRY_INSERT} select ${ENTRY_SELECT} from given, ${Entries.from(13, "e")})
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
    promise.delivery,
    ...Entries.values(entries),
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

// Questions of processes --------------------------------------------------------------------------------------------

/** What a system said to questions that are alike. */
export interface LastAnswer {
  /** The flow of a process's question; `inquiry <name>` of a caller's. */
  readonly flow: string;
  readonly alike: string;
  /** RFC 3339. */
  readonly saidAt: string;
  /** JSON. */
  readonly fact: string;
}

const Answers = columns({ flow: "text", alike: "text", saidAt: "timestamptz", fact: "text" });
const Alike = columns({ flow: "text", alike: "text" });

/** Keeps what was said last, of each kind of question once. */
export const keepAnswers = (answers: readonly LastAnswer[]): Statement => ({
  name: "work keep answers",
  text: `insert into last_answer (flow, alike, said_at, fact)
    select flow, alike, "saidAt", fact from ${Answers.from(1, "given")}
    on conflict (flow, alike) do update set said_at = excluded.said_at, fact = excluded.fact
      where last_answer.said_at <= excluded.said_at`,
  values: Answers.values(answers),
});

export const lastAnswers = (to: readonly Pick<LastAnswer, "flow" | "alike">[]): Statement => ({
  name: "work last answers",
  text: `select l.flow, l.alike, l.fact,
      to_char(l.said_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "saidAt"
    from (select distinct flow, alike from ${Alike.from(1, "asked")}) asked
    join last_answer l on l.flow = asked.flow and l.alike = asked.alike`,
  values: Alike.values(to),
});

/** Of one kind of question, those that are too old to stand in. Reads what is kept of that kind. */
export const forgetAnswers = (flow: string, olderThanMs: number): Statement => ({
  name: "work forget answers",
  text: "delete from last_answer where flow = $1 and said_at < clock_timestamp() - $2 * interval '1 ms'",
  values: [flow, olderThanMs],
});

/** A promise whose question was answered, or given up (`actual` is null then). */
export interface AnsweredPromise extends Omit<DuePromise, "tries"> {
  readonly correlation: string;
  /** JSON of the fact the answer became. */
  readonly actual: string | null;
}

/** Open promises whose question is answered or given up. Walks promise_open and event_correlation. */
export const answeredPromises = (max: number): Statement => ({
  name: "work answered promises",
  text: `select p.id::text as id, p.inquiry, p.question, p.answer, p.given_to as "givenTo", p.amount::text as amount, p.currency,
      to_char(p.said_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "saidAt", d.correlation, e.data as actual
    from promise p join delivery d on d.key = p.delivery
    left join lateral (select e.data from event e where e.correlation = d.correlation and e.causation = 'delivery:' || d.key
      order by e.position limit 1) e on d.status = 'applied'
    where p.state = 'open' and d.status in ('applied', 'superseded', 'cancelled') limit $1`,
  values: [max],
});
