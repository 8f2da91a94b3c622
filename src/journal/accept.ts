/**
 * Accepts arrivals: raw bytes, permanent de-duplication and the facts they carry, in one transaction.
 *
 * The first statement takes the lock of every ordering key, before any row is written, because transaction ids decide
 * the order of the feed and must be handed out in the order of the locks (without it one event in seven left the feed in
 * the wrong order within its own key). An arrival whose (source, message id) is known writes nothing at all.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import { ENTRY, ENTRY_INSERT, ENTRY_SELECT, type Entry } from "./append.ts";

export interface AcceptedArrival {
  /** Minted by us before the commit, so that an unclear commit can be read back. */
  readonly arrival: string;
  readonly flow: string;
  readonly source: string;
  readonly messageId: string;
  /** SHA-256 of the bytes, base64. */
  readonly hash: string;
  readonly mediaType: string | null;
  readonly body: Uint8Array;
  /** A quarantined arrival is kept with its bytes, and its answers to the sender are still appended. */
  readonly state: "accepted" | "quarantined" | "conflict";
  readonly notes: string | null;
  readonly entries: readonly Entry[];
}

const LOCKS = 7214;

/** Locks the ordering keys, in one fixed order so that two batches cannot wait for each other. */
export const lockKeys = (keys: Iterable<string>): Statement => ({
  name: "journal lock keys",
  text: `select pg_advisory_xact_lock(${LOCKS}, h) from (select distinct hashtext(k) as h from unnest($1::text[]) as k order by h) as locks`,
  values: [[...keys]],
});

const Arrivals = columns({
  arrival: "uuid",
  flow: "text",
  source: "text",
  messageId: "text",
  hash: "text",
  mediaType: "prose",
  body: "bytea",
  state: "text",
  notes: "text",
});
const Entries = columns({ arrival: "uuid", ...ENTRY });
const Keys = columns({ arrival: "uuid", value: "text", type: "text", correlation: "text", system: "text" });

/**
 * A filter and no join: rows keep their order, in which positions are handed out (one arrival may say two things of one key),
 * and "is true" makes PostgreSQL look each up in a hash, whatever it believes about how many there are.
 */
const IS_NEW = (of: string): string => `(${of}.arrival in (select arrival from new)) is true`;

const ACCEPT = `with input as materialized (select * from ${Arrivals.from(1, "a")}),
    claimed as (
      insert into receipt (source, message_id, content_hash, arrival)
      select source, "messageId", decode(hash, 'base64'), arrival from input where state = 'accepted'
      on conflict do nothing returning arrival),
    new as (
      select arrival from claimed union all select arrival from input where state <> 'accepted'),
    kept as (
      insert into arrival (id, flow, source, message_id, state, media_type, body, notes)
      select i.arrival, i.flow, i.source, i."messageId", i.state, i."mediaType", i.body, i.notes
      from input i where ${IS_NEW("i")}),
    appended as (
      ${ENTRY_INSERT} select ${ENTRY_SELECT} from ${Entries.from(1 + Arrivals.count, "e")} where ${IS_NEW("e")}),
    known as (
      insert into business_key (value, type, correlation, system)
      select distinct on (value, type, correlation) value, type, correlation, system
      from ${Keys.from(1 + Arrivals.count + Entries.count, "k")} where ${IS_NEW("k")}
      on conflict do nothing)
    select arrival from new`;

/** Writes what is new and returns the ids of the arrivals that were. Relies on the primary key of receipt. */
export const accept = (arrivals: readonly AcceptedArrival[]): Statement => ({
  name: "journal accept",
  text: ACCEPT,
  values: [
    ...Arrivals.values(arrivals),
    ...Entries.values(
      arrivals.flatMap(({ arrival, entries }) => entries.map((entry) => ({ arrival, ...entry }))),
    ),
    ...Keys.values(
      arrivals.flatMap(({ arrival, entries }) =>
        entries.flatMap(({ keys, correlation }) =>
          keys.map(({ value, type, system }) => ({
            arrival,
            value,
            type,
            correlation,
            system: system ?? null,
          })),
        ),
      ),
    ),
  ],
});

const Ids = columns({ source: "text", messageId: "text" });

/** What was accepted earlier under these ids. Looks each up by the primary key of receipt. */
export const receiptsOf = (ids: readonly { source: string; messageId: string }[]): Statement => ({
  name: "journal receipts",
  text: `select r.source, r.message_id as "messageId", encode(r.content_hash, 'base64') as hash, r.arrival
    from ${Ids.from(1, "i")} join receipt r on r.source = i.source and r.message_id = i."messageId"`,
  values: Ids.values(ids),
});
