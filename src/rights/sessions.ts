/**
 * Who is signed in where. Rows of `console_session` are written here and nowhere else.
 *
 * The browser holds a random token in a cookie no script can read; the database holds its hash. A session ends after half an
 * hour without a request and twelve hours after it began, by the database clock, and at once when it is ended, its person is
 * disabled or their password changes. Rights are read anew with every request, so what is taken away is gone with the next.
 */
import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { transaction } from "../std/sql.ts";
import { audit } from "../work/audit.ts";
import { findPerson, identityOf, newToken, type PersonRow, tokenHash } from "./people.ts";
import type { Identity } from "./permissions.ts";

export const SESSION_IDLE_MS = 30 * 60_000;
export const SESSION_MOST_MS = 12 * 3_600_000;
/** Noting each request would write for every poll; a minute is exact enough for an idle time of thirty. */
const NOTE_EVERY_MS = 60_000;
/** So long a session lasts at least without work, whenever its last work was noted. */
export const SESSION_IDLE_LEAST_MS = SESSION_IDLE_MS - NOTE_EVERY_MS;

export type Via = "password" | "link" | "demonstration" | "single sign-on";

export interface Session {
  readonly id: string;
  readonly person: PersonRow;
  /** Whose rights hold: the person's own, or, while seeing as somebody, theirs. */
  readonly identity: Identity;
  /** Whom the person looks as; nothing can be changed meanwhile. */
  readonly seeingAs: { readonly id: string; readonly name: string } | null;
  readonly via: Via;
  /** Milliseconds since the person last proved who they are. */
  readonly provenAgoMs: number;
  /** Milliseconds until the session ends however busy it is. */
  readonly endsInMs: number;
  /** What a page must say with every change; only whoever holds the session's token can make it. */
  readonly pressToken: string;
}

export interface SignedInFrom {
  readonly address: string;
  readonly agent: string | undefined;
  /** A code of the second factor came with it. */
  readonly code?: boolean;
}

/** Begins a session and returns its token, which is given to the browser and kept nowhere. */
export const beginSession = (
  pool: Pool,
  person: string,
  via: Via,
  { address, agent, code = false }: SignedInFrom,
): Promise<string> =>
  transaction(pool, async (tx) => {
    const token = newToken();
    await tx.query(
      `insert into console_session (token_hash, person, via, ends_at, address, agent)
       values ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', $5, $6)`,
      [tokenHash(token), person, via, SESSION_MOST_MS, address, agent?.slice(0, 200) ?? null],
    );
    await tx.query(`update person set last_seen_at = clock_timestamp() where id = $1`, [person]);
    await audit(tx, { name: person }, "sign in", `person:${person}`, {
      via,
      address,
      ...(code ? { code } : {}),
    });
    return token;
  });

/** By primary key. */
const FIND = `
  select s.id::text as id, s.person, s.via, s.seeing_as as "seeingAs",
         extract(epoch from clock_timestamp() - s.proven_at)::float8 * 1000 as "provenAgoMs",
         extract(epoch from s.ends_at - clock_timestamp())::float8 * 1000 as "endsInMs",
         extract(epoch from clock_timestamp() - s.seen_at)::float8 * 1000 as "idleMs"
    from console_session s
   where s.token_hash = $1 and s.ended_at is null and s.ends_at > clock_timestamp()
     and s.seen_at > clock_timestamp() - $2 * interval '1 millisecond'`;

interface Row {
  readonly id: string;
  readonly person: string;
  readonly via: Via;
  readonly seeingAs: string | null;
  readonly provenAgoMs: number;
  readonly endsInMs: number;
  readonly idleMs: number;
}

/** The session behind a token, or null when there is none any more. `counts` false: a page that listens is not a person who works. */
export async function findSession(
  pool: Pool,
  token: string,
  { counts = true } = {},
): Promise<Session | null> {
  const hash = tokenHash(token);
  const { rows } = await pool.query<Row>(FIND, [hash, SESSION_IDLE_MS]);
  const [row] = rows;
  if (!row) return null;
  const [person, other] = await Promise.all([
    findPerson(pool, row.person),
    row.seeingAs === null ? null : findPerson(pool, row.seeingAs),
  ]);
  if (!person || person.disabledAt !== null || (row.seeingAs !== null && !other)) return null;
  if (counts && row.idleMs > NOTE_EVERY_MS)
    await pool.query(`update console_session set seen_at = clock_timestamp() where token_hash = $1`, [hash]);
  return {
    id: row.id,
    person,
    identity: identityOf(other ?? person),
    seeingAs: other ? { id: other.id, name: other.name } : null,
    via: row.via,
    provenAgoMs: row.provenAgoMs,
    endsInMs: row.endsInMs,
    pressToken: createHash("sha256").update(`press ${token}`).digest("base64url"),
  };
}

/** Ends the session of a token; signing out twice is no mistake. */
export const endSession = (pool: Pool, token: string): Promise<void> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ person: string }>(
      `update console_session set ended_at = clock_timestamp() where token_hash = $1 and ended_at is null returning person`,
      [tokenHash(token)],
    );
    if (rows[0]) await audit(tx, { name: rows[0].person }, "sign out", `person:${rows[0].person}`);
  });

/** Ends somebody's session by its id. False when it had ended. */
export const endSessionOf = (
  pool: Pool,
  session: string,
  by: { readonly name: string; readonly reason?: string },
): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ person: string }>(
      `update console_session set ended_at = clock_timestamp() where id = $1::uuid and ended_at is null returning person`,
      [session],
    );
    if (!rows[0]) return false;
    await audit(tx, by, "end session", `person:${rows[0].person}`, { session });
    return true;
  });

/** The person of this session has just proved again who they are. */
export const proveAgain = (pool: Pool, { id, person }: Session, how: "password" | "code"): Promise<void> =>
  transaction(pool, async (tx) => {
    await tx.query(`update console_session set proven_at = clock_timestamp() where id = $1::uuid`, [id]);
    await audit(tx, { name: person.id }, "prove again", `person:${person.id}`, { how });
  });

/** Proofs of identity hold so long for what decides about others, about rights and about keys. */
export const PROVEN_WITHIN_MS = 5 * 60_000;

/** Looks at the console as somebody else, or as oneself again. Audited under the name of whoever looks. */
export const seeAs = (pool: Pool, session: Session, other: string | null, reason?: string): Promise<void> =>
  transaction(pool, async (tx) => {
    await tx.query(`update console_session set seeing_as = $2 where id = $1::uuid`, [session.id, other]);
    const by = { name: session.person.id, ...(reason ? { reason } : {}) };
    const about = other ?? session.seeingAs?.id ?? session.person.id;
    await audit(tx, by, other === null ? "stop seeing as" : "see as", `person:${about}`);
  });

/** An open session as the administration shows it. */
export interface SessionRow {
  readonly id: string;
  readonly person: string;
  readonly via: Via;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly endsAt: string;
  readonly address: string | null;
  readonly agent: string | null;
}

/** Who is signed in now, the latest first. */
export const openSessions = async (pool: Pool): Promise<SessionRow[]> =>
  (
    await pool.query<SessionRow>(
      `select id::text as id, person, via, started_at as "startedAt", seen_at as "seenAt", ends_at as "endsAt", address, agent
         from console_session
        where ended_at is null and ends_at > clock_timestamp()
          and seen_at > clock_timestamp() - $1 * interval '1 millisecond'
        order by started_at desc limit 500`,
      [SESSION_IDLE_MS],
    )
  ).rows;
