/**
 * Which documents are to be looked at for agreement, and when: rows with a due time, written in sets.
 *
 * The journal is heeded by one statement that moves its own cursor and notes when a document is due; nothing is written for it
 * where facts are accepted or decided. A look never scans: it walks what is due, oldest first.
 */

import type { Judged } from "../contracts/judgement.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

/** What mends a contradiction. */
export type RemedyAct =
  | "send again"
  | "send as new"
  | "try again"
  | "take its report"
  | "correct by hand"
  | "wait";

export interface Remedy {
  readonly act: RemedyAct;
  /** The system it concerns, by connection name. */
  readonly system: string;
  /** The message most likely missing, in words; null when nothing tells. */
  readonly missing: string | null;
  /** What to do, in a sentence. */
  readonly advice: string;
  /** The deliveries that would carry it. */
  readonly deliveries: readonly string[];
  /** Where it stands already: it is on its way, or this exception is about it. Then it is no second exception. */
  readonly explained: {
    readonly because: string;
    readonly exception: string | null;
    readonly owner: string | null;
  } | null;
}

/** A milestone that is not agreed, as it is kept with its document. */
export interface Finding extends Omit<Judged, "ask" | "dueMs"> {
  readonly remedy: Remedy | null;
  /** What was shown to people: the cause with its figures; null while nothing was. */
  readonly shown: string | null;
  readonly worth: { readonly amount: string; readonly currency: string } | null;
}

/** A contract that says something about documents of a kind, and how long after it they are looked at. */
export interface Heeded {
  readonly contract: string;
  readonly kind: string;
  /** What its number begins with, as the key of the fact or as the business transaction it belongs to: `order/`. */
  readonly prefix: string;
  readonly withinMs: number;
}

const Heeded = columns({ contract: "text", kind: "text", prefix: "text", withinMs: "int8" });
const Kinds = columns({ kind: "text", prefix: "text", process: "text" });

/** An agreement as it is begun to watch over: the documents one process follows. */
export interface Kind {
  readonly kind: string;
  readonly prefix: string;
  readonly process: string;
}

/**
 * Begins to heed where the slowest reader stands, with what is under way by then. Does nothing when it was begun before.
 * Indexes: instance_here for what is running.
 */
export const beginHeeding = (kinds: readonly Kind[]): Statement => ({
  name: "work begin heeding",
  text: `with begun as (
      insert into agreement_reader (xid, position)
      select xid, position from (select xid, position from lane order by lane.xid, lane.position limit 1) low
      on conflict do nothing returning id)
    insert into agreement (subject, kind, correlation, due_at)
    select k.prefix || i.key, k.kind, i.correlation, clock_timestamp() + random() * interval '5 minutes'
    from begun, ${Kinds.from(1, "k")} join instance i on i.process = k.process and i.status in ('running', 'parked')
    on conflict do nothing`,
  values: Kinds.values(kinds),
});

/**
 * Takes the next facts of the journal into account: their documents are due after the grace, and at once where a
 * contradiction stands that they may end. Returns how many were read. Walks event_order, below the barrier like every reader.
 */
export const heed = (heeded: readonly Heeded[], max: number): Statement => ({
  name: "work heed",
  text: `with reader as (select xid, position from agreement_reader for update),
    fresh as (
      select e.* from reader cross join lateral (
        select xid, position, key, correlation, contract from event
        where not routed and (event.xid, event.position) > (reader.xid, reader.position)
          and event.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by event.xid, event.position limit $1) e),
    wanted as (
      select case when starts_with(f.key, h.prefix) then f.key else f.correlation end as subject, h.kind,
        min(f.correlation) as correlation, min(h."withinMs") as within_ms
      from fresh f join ${Heeded.from(2, "h")}
        on h.contract = f.contract and (starts_with(f.key, h.prefix) or starts_with(f.correlation, h.prefix))
      group by 1, h.kind),
    noted as (
      insert into agreement as known (subject, kind, correlation, due_at)
      select subject, kind, correlation, clock_timestamp() + within_ms * interval '1 ms' from wanted
      on conflict (subject) do update set heard = known.heard + 1,
        due_at = case when known.stand = 'differ' then least(known.due_at, clock_timestamp() + interval '1 second')
          else least(known.due_at, excluded.due_at) end),
    moved as (
      update agreement_reader r set xid = last.xid, position = last.position
      from (select xid, position from fresh order by fresh.xid desc, fresh.position desc limit 1) last)
    select count(*)::int as read from fresh`,
  values: [max, ...Heeded.values(heeded)],
});

const Listed = columns({ subject: "text" });

/** Puts documents under watch that a system keeps; those that are under watch stay as they are. */
export const watchListed = (kind: string, subjects: readonly string[]): Statement => ({
  name: "work watch listed",
  text: `insert into agreement (subject, kind, due_at) select l.subject, $1, clock_timestamp() from ${Listed.from(2, "l")} on conflict do nothing`,
  values: [kind, ...Listed.values(subjects.map((subject) => ({ subject })))],
});

/** A document whose turn it is. */
export interface DueLook {
  readonly subject: string;
  /** The business transaction it belongs to. */
  readonly correlation: string;
  readonly kind: string;
  readonly stand: string;
  readonly heard: string;
  readonly askedAt: string | null;
  readonly lookedAt: string | null;
  readonly comparison: string | null;
  readonly graceMs: string | null;
  readonly judged: string | null;
}

/** What is due, the longest overdue first. Walks agreement_due, which only a stable time lets it stop in. */
export const looksDue = (max: number): Statement => ({
  name: "work looks due",
  text: `select a.subject, coalesce(a.correlation, a.subject) as correlation, a.kind, a.stand, a.heard::text as heard, a.asked_at as "askedAt", a.looked_at as "lookedAt", a.comparison::text as comparison,
      c.grace_ms::text as "graceMs", a.judged
    from agreement a left join comparison c on c.id = a.comparison
    where a.due_at <= now() order by a.due_at limit $1`,
  values: [max],
});

/** How a look ended. */
export interface Looked {
  readonly subject: string;
  readonly heard: string;
  readonly stand: "agree" | "settling" | "cannot tell" | "differ";
  /** Until the next look; null: it is over and agreed, and forgotten. */
  readonly nextMs: number | null;
  readonly asked: boolean;
  readonly comparison: string | null;
  readonly judged: string | null;
}

const Ended = columns({
  subject: "text",
  heard: "int8",
  stand: "text",
  nextMs: "int8",
  asked: "bool",
  comparison: "uuid",
  judged: "text",
});

/** Keeps what was found; a document that was heard of meanwhile is due again at once. Relies on the primary key. */
export const keepLooks = (looks: readonly Looked[]): Statement => ({
  name: "work keep looks",
  text: `with ended as (select * from ${Ended.from(1, "l")}),
    over as (
      delete from agreement a using ended l where a.subject = l.subject and a.heard = l.heard and l."nextMs" is null),
    counted as (
      update comparison c set agreed = c.agreed + n.agreed, settling = c.settling + n.settling, untold = c.untold + n.untold,
        differing = c.differing + n.differing
      from (select l.comparison, count(*) filter (where l.stand = 'agree') as agreed, count(*) filter (where l.stand = 'settling') as settling,
              count(*) filter (where l.stand = 'cannot tell') as untold, count(*) filter (where l.stand = 'differ') as differing
            from ended l join agreement a on a.subject = l.subject and a.comparison = l.comparison
            where l.comparison is not null group by l.comparison) n
      where c.id = n.comparison)
    update agreement a set stand = l.stand, judged = l.judged, looked_at = clock_timestamp(),
      asked_at = case when l.asked then clock_timestamp() else a.asked_at end,
      comparison = case when a.comparison is not distinct from l.comparison then null else a.comparison end,
      due_at = case when a.heard <> l.heard then clock_timestamp() + interval '1 second'
        when a.comparison is distinct from l.comparison then a.due_at
        else clock_timestamp() + coalesce(l."nextMs", 0) * interval '1 ms' end
    from ended l where a.subject = l.subject and not (a.heard = l.heard and l."nextMs" is null)`,
  values: Ended.values(looks),
});

/** Chooses the documents of the comparison that was asked for first: all of their kind, due at once. Returns whether there was one. */
export const chooseForComparisons: Statement = {
  name: "work choose for comparisons",
  text: `with asked as (select id, kind from comparison where documents is null order by started_at limit 1),
    chosen as (
      update agreement a set comparison = asked.id, due_at = clock_timestamp() from asked where a.kind = asked.kind returning a.subject)
    update comparison c set documents = (select count(*) from chosen) from asked where c.id = asked.id returning c.id`,
  values: [],
};

/** Ends comparisons that have looked at everything; returns them, to be told. Index: agreement_comparison. */
export const endComparisons: Statement = {
  name: "work end comparisons",
  text: `update comparison c set ended_at = clock_timestamp()
    where c.ended_at is null and c.documents is not null and not exists (select from agreement a where a.comparison = c.id)
    returning c.id::text as id, c.kind, c.documents, c.agreed, c.settling, c.untold, c.differing`,
  values: [],
};
