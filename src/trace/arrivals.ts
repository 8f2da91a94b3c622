/**
 * What arrived, read back: who sent it, as what, and why it was set aside; with its bytes as far as a person reads.
 *
 * What could not be read cannot be masked either: nobody can say which part of it is personal. So the caller says whether its words
 * are hidden, and then all of them are.
 */
import { isUuid } from "../std/uuid.ts";
import { type Known, plain, systemTitle } from "./known.ts";
import { MASKED } from "./mask.ts";
import { CAUSE_ID } from "./needs.ts";
import { type Db, type Instant, iso, isoOrNull } from "./rows.ts";

export interface ArrivalView {
  readonly id: string;
  readonly flow: string;
  /** Who handed it in: a connection, or `client:…`; and how people call that. */
  readonly source: string;
  readonly sourceTitle: string;
  /** What its sender calls it: a file's name, a control number, the id of a message. */
  readonly name: string;
  readonly mediaType: string | null;
  readonly receivedAt: string;
  readonly state: "accepted" | "quarantined" | "conflict";
  readonly bytes: number;
  /** What was said about it, newest first. */
  readonly exceptions: readonly {
    readonly id: string;
    readonly cause: string;
    readonly title: string;
    readonly reason: string;
    readonly resolvedAt: string | null;
    readonly resolution: string | null;
  }[];
  /** As text, at most its first 64 kB; hidden where something of it may be. */
  readonly text: string;
  /** Whether `text` is all of it. */
  readonly complete: boolean;
}

const SHOWN_BYTES = 65_536;
/** A mailbox knows a file by its name and its content. */
const CONTENT = /#[0-9a-f]{32}$/;

/** $1 its id, $2 how many bytes. Index: the primary key of each month of arrival. */
const ONE = `
  select id::text as id, flow, source, message_id, media_type, received_at, state, octet_length(body) as bytes,
         substring(body from 1 for $2) as head from arrival where id = $1::uuid`;

/** Of an arrival and its parts. Index: exception_subject. */
const SAID = `
  select id::text as id, ${CAUSE_ID} as cause, title, reason, resolved_at, resolution from exception
   where subject_kind = 'arrival' and (subject = $1 or subject like $1 || '#%') order by exception.id desc limit 100`;

/** Null when there is none, or none any more. */
export async function arrival(
  db: Db,
  known: Known,
  id: string,
  { hidden }: { readonly hidden: boolean },
): Promise<ArrivalView | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<{
    id: string;
    flow: string;
    source: string;
    message_id: string;
    media_type: string | null;
    received_at: Instant;
    state: ArrivalView["state"];
    bytes: number;
    head: Buffer;
  }>(ONE, [id, SHOWN_BYTES]);
  const [one] = rows;
  if (!one) return null;
  const said = await db.query<{
    id: string;
    cause: string;
    title: string;
    reason: string;
    resolved_at: Instant | null;
    resolution: string | null;
  }>(SAID, [id]);
  return {
    id: one.id,
    flow: one.flow,
    source: one.source,
    sourceTitle: systemTitle(known, one.source),
    name: one.message_id.replace(CONTENT, ""),
    mediaType: one.media_type,
    receivedAt: iso(one.received_at),
    state: one.state,
    bytes: one.bytes,
    exceptions: said.rows.map(({ title, reason, resolved_at, ...rest }) => ({
      ...rest,
      title: plain(known, title),
      reason: plain(known, reason),
      resolvedAt: isoOrNull(resolved_at),
    })),
    text: hidden ? MASKED : one.head.toString("utf8"),
    complete: one.bytes <= SHOWN_BYTES,
  };
}
