/**
 * Arrivals that are read again: those that name what is not known yet and wait for it, and those a person asks for.
 *
 * The arrival itself says that it waits (its notes); how often it was read again, and for whom, stands beside it. What must stay
 * true: one worker at a time reads one again, and one that a person gave up, or that came again and was taken, is left alone.
 */
import type { Statement } from "../std/statement.ts";

/** How the notes of an arrival that waits begin. */
export const WAITS = '{"waits":true,';

/** Finds those nobody has noted yet. Walks arrival_set_aside. */
export const noteWaiting: Statement = {
  name: "work note waiting arrivals",
  text: `insert into arrival_wait (arrival, received_at)
    select a.id, a.received_at from arrival a
    where a.state = 'quarantined' and left(a.notes, ${WAITS.length}) = '${WAITS}'
      and not exists (select from arrival_wait w where w.arrival = a.id)
    on conflict do nothing`,
  values: [],
};

export interface WaitingArrival {
  readonly arrival: string;
  readonly flow: string;
  readonly source: string;
  readonly messageId: string;
  readonly mediaType: string | null;
  readonly body: Uint8Array;
  readonly tries: number;
  /** Who wants it read again, whatever it was set aside for; null: it waits by itself. */
  readonly askedBy: string | null;
  /** Whether it goes by itself when what it names is known. */
  readonly waits: boolean;
  /** Somebody closed what people were shown about it, or it came again and was taken. */
  readonly over: boolean;
}

/** Those due to be read again, by nobody else for `lookMs`. */
export const dueArrivals = (lookMs: number, max: number): Statement => ({
  name: "work due arrivals",
  text: `with due as (
      update arrival_wait set next_at = clock_timestamp() + $1 * interval '1 ms', tries = tries + 1
      where arrival in (select arrival from arrival_wait where over_at is null and next_at <= clock_timestamp()
        order by next_at limit $2 for update skip locked)
      returning arrival, received_at, tries, asked_by)
    select a.id::text as arrival, a.flow, a.source, a.message_id as "messageId", a.media_type as "mediaType", a.body, due.tries, due.asked_by as "askedBy",
      left(coalesce(a.notes, ''), ${WAITS.length}) = '${WAITS}' as waits,
      exists (select from receipt r where r.source = a.source and r.message_id = a.message_id)
      or not exists (select from exception x where x.subject_kind = 'arrival' and x.resolved_at is null
        and (x.subject = a.id::text or x.subject like a.id::text || '#%')) as over
    from due join arrival a on a.id = due.arrival and a.received_at = due.received_at`,
  values: [lookMs, max],
});

export const readAgainLater = (arrival: string, delayMs: number): Statement => ({
  name: "work read again later",
  text: "update arrival_wait set next_at = clock_timestamp() + $2 * interval '1 ms' where arrival = $1::uuid",
  values: [arrival, delayMs],
});

/**
 * It still cannot be read, and whoever asked is told why.
 * @param then what people see as its reason from now on; `againInMs`: it waits by itself as before
 */
export const readInVain = (
  arrival: string,
  said: string,
  then: { readonly reason?: string; readonly againInMs?: number } = {},
): Statement => ({
  name: "work read in vain",
  text: `with done as (
      update arrival_wait set asked_by = null, said = $2, next_at = coalesce(clock_timestamp() + $3 * interval '1 ms', next_at),
        over_at = case when $3 is null then clock_timestamp() end
      where arrival = $1::text::uuid returning arrival)
    update exception x set reason = coalesce($4, x.reason) from done
    where x.subject_kind = 'arrival' and x.resolved_at is null and x.subject = $1::text`,
  values: [arrival, said, then.againInMs ?? null, then.reason ?? null],
});

/** It waits no more; what people were shown about it is closed with the reason. */
export const waitIsOver = (arrival: string, resolution: string): Statement => ({
  name: "work wait is over",
  text: `with done as (
      update arrival_wait set asked_by = null, said = null, over_at = clock_timestamp() where arrival = $1::text::uuid returning arrival)
    update exception x set resolved_at = clock_timestamp(), resolution = $2 from done
    where x.subject_kind = 'arrival' and x.resolved_at is null and (x.subject = $1::text or x.subject like $1::text || '#%')`,
  values: [arrival, resolution],
});
