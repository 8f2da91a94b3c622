/**
 * The machines that may call, and until when. Rows of `api_client` are written here and nowhere else.
 *
 * Nothing here can open a door: a row holds the hash of a secret, never the secret. What a key means is the gateway's
 * business. Whoever adds or ends one is written into the audit in the same transaction. Expiry is judged by the database clock, so workers with wrong clocks agree.
 */
import type { Pool } from "pg";
import { transaction } from "../std/sql.ts";
import { audit, type By } from "./audit.ts";

/** Instants are RFC 3339. */
export interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly perMinute: number;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** A client as the gateway checks it. `validForMs` is negative once it expired. */
export interface KnownClient {
  readonly id: string;
  readonly name: string;
  readonly secretHash: Buffer;
  readonly scopes: readonly string[];
  readonly perMinute: number;
  readonly revoked: boolean;
  readonly validForMs: number;
}

const ADD = `
  insert into api_client (id, name, secret_hash, scopes, per_minute, expires_at)
  values ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond')
  returning expires_at as "expiresAt"`;

/** Adds a client and returns when its key ends. */
export async function addClient(
  pool: Pool,
  client: {
    readonly id: string;
    readonly name: string;
    readonly secretHash: Buffer;
    readonly scopes: readonly string[];
    readonly perMinute: number;
    readonly lifetimeMs: number;
  },
  by: By,
): Promise<string> {
  const { id, name, secretHash, scopes, perMinute, lifetimeMs } = client;
  return transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ expiresAt: string }>(ADD, [
      id,
      name,
      secretHash,
      scopes,
      perMinute,
      lifetimeMs,
    ]);
    const { expiresAt } = rows[0]!;
    await audit(tx, by, "make key", `client:${id}`, { name, scopes, perMinute, expiresAt });
    return expiresAt;
  });
}

const END = `
  update api_client set revoked_at = clock_timestamp() where id = $1 and revoked_at is null`;

/** Ends a client. False when there is none with this id, or it was ended before. */
export async function endClient(pool: Pool, id: string, by: By): Promise<boolean> {
  return transaction(pool, async (tx) => {
    const ended = (await tx.query(END, [id])).rowCount === 1;
    if (ended) await audit(tx, by, "end key", `client:${id}`);
    return ended;
  });
}

const LIST = `
  select id, name, scopes, per_minute as "perMinute", created_at as "createdAt", expires_at as "expiresAt",
         revoked_at as "revokedAt", last_used_at as "lastUsedAt"
  from api_client order by created_at desc, id`;

export async function listClients(pool: Pool): Promise<ClientRow[]> {
  return (await pool.query<ClientRow>(LIST)).rows;
}

/** By primary key. */
const FIND = `
  select id, name, secret_hash as "secretHash", scopes, per_minute as "perMinute", revoked_at is not null as revoked,
         extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as "validForMs"
  from api_client where id = $1`;

export async function findClient(pool: Pool, id: string): Promise<KnownClient | null> {
  return (await pool.query<KnownClient>({ name: "find-client", text: FIND, values: [id] })).rows[0] ?? null;
}

const TOUCH = `update api_client set last_used_at = clock_timestamp() where id = any($1)`;

/** Notes that these clients called. Told in batches, so a busy client costs one write a minute. */
export async function touchClients(pool: Pool, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await pool.query(TOUCH, [ids]);
}
