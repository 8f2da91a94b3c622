/**
 * API keys: how they are written, how they are recognised, and who holds one.
 *
 * A key is `xdk_live_<12-character id>_<32 random bytes in base62>_<6-character CRC>`. Only its id and
 * SHA-256(secret ‖ pepper) are kept, so a copy of the database opens nothing. The secret has 256 bits, which is why a fast
 * hash is right here. The checksum lets scanners find leaked keys and lets us refuse a mistyped one without asking the
 * database. Rows are written by `src/work/clients.ts`.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { crc32 } from "node:zlib";
import type { Pool } from "pg";
import { Unusable } from "../std/errors.ts";
import { milliseconds, type Span } from "../std/span.ts";
import type { By } from "../work/audit.ts";
import * as clients from "../work/clients.ts";

/** What a key may be used for. `customer:<id>` narrows `orders:write` to orders of that customer, `from:<network>` narrows where it is used. */
export const SCOPES = {
  "orders:write": "Send orders, changes and cancellations.",
  "orders:read": "Read the status of orders this client sent, and of their shipments and invoices.",
  "orders:read-all": "Read the status of every order, shipment and invoice.",
  "documents:read": "Read the status of purchase orders, production orders, goods receipts and postings.",
  inquiries: "Ask for credit, prices, stock, customers, products and whether something is valid.",
  "events:write": "Report facts, and send events into the configured flows.",
  metrics: "Read the metrics from another machine.",
} as const;

export type Scope = keyof typeof SCOPES;

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 12;
const SECRET_BYTES = 32;
/** 32 bytes are at most 43 digits of base 62. */
const SECRET_LENGTH = 43;
const CRC_LENGTH = 6;
const SHAPE = /^xdk_live_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;
const KEY_LENGTH = "xdk_live_".length + ID_LENGTH + 1 + SECRET_LENGTH + 1 + CRC_LENGTH;
const USUAL_LIFE: Span = "180d";
/** Who acts where nobody is named: whoever may run commands beside the database. */
const COMMAND_LINE: By = { name: "command line" };
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

export interface ParsedKey {
  readonly id: string;
  readonly secret: string;
}

/** The parts of a key, or null when it is not one: wrong shape or wrong checksum. Asks nobody. */
export function parseKey(text: string): ParsedKey | null {
  if (text.length !== KEY_LENGTH) return null;
  const parts = SHAPE.exec(text);
  if (!parts) return null;
  const [, id, secret, crc] = parts as unknown as [string, string, string, string];
  return checksum(id, secret) === crc ? { id, secret } : null;
}

/** SHA-256(secret ‖ pepper): what is kept instead of the secret. */
export const hashSecret = (secret: string, pepper: string): Buffer =>
  createHash("sha256").update(secret).update(pepper).digest();

const NOBODY = Buffer.alloc(32);

/** Whether the secret belongs to the kept hash; takes as long for a wrong one, and for an id nobody has. */
export function matches(secret: string, pepper: string, kept: Uint8Array | undefined): boolean {
  const same = timingSafeEqual(hashSecret(secret, pepper), kept?.length === NOBODY.length ? kept : NOBODY);
  return same && kept !== undefined;
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

/** The network a scope `from:203.0.113.0/24` or `from:2001:db8::7` names; null where it names none. */
function networkIn(scope: string): Network | null {
  const [address = "", prefix, ...more] = scope.slice("from:".length).split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  return version !== 0 && bits <= most && more.length === 0
    ? { address, bits, family: version === 4 ? "ipv4" : "ipv6" }
    : null;
}

/** Whether a key with these scopes may be used from an address: from anywhere, unless they name networks. */
export function networksOf(scopes: readonly string[]): (address: string) => boolean {
  const named = scopes.filter((scope) => scope.startsWith("from:"));
  if (named.length === 0) return () => true;
  const list = new BlockList();
  for (const { address, bits, family } of named.flatMap((scope) => networkIn(scope) ?? []))
    list.addSubnet(address, bits, family);
  return (address) => {
    // A server that listens to both families hears IPv4 in this spelling.
    const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
  };
}

export interface NewClient {
  /** Lower-case words with hyphens: `web-shop`. Two keys may carry one name while they are exchanged. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Requests a minute. */
  readonly perMinute?: number;
  readonly lifetime?: Span;
}

/**
 * Makes a key for a client and returns it. It is shown this once and cannot be read again.
 *
 * The name is the source of everything the client sends, so a second key under the same name continues the same memory of
 * idempotency keys.
 *
 * @throws {Unusable} when the name, a scope or the rate is not one
 */
export async function createClient(
  pool: Pool,
  pepper: string,
  { name, scopes, perMinute = 600, lifetime = USUAL_LIFE }: NewClient,
  by: By = COMMAND_LINE,
): Promise<{ id: string; key: string; expiresAt: string }> {
  if (!NAME.test(name)) {
    throw new Unusable(`A client's name is lower-case words with hyphens such as web-shop, not "${name}".`);
  }
  for (const scope of scopes) {
    if (Object.hasOwn(SCOPES, scope) || /^customer:[\x21-\x7e]{1,64}$/.test(scope)) continue;
    if (scope.startsWith("from:") && networkIn(scope)) continue;
    throw new Unusable(
      `"${scope}" is not a scope. There are: ${Object.keys(SCOPES).join(", ")}, customer:<id>, from:<address or network as 203.0.113.0/24>.`,
    );
  }
  if (!scopes.some((scope) => Object.hasOwn(SCOPES, scope)))
    throw new Unusable(`Client ${name} has no scope; a key without one opens nothing.`);
  if (!Number.isSafeInteger(perMinute) || perMinute < 1) {
    throw new Unusable(`Client ${name} may send a whole number of requests a minute, at least 1.`);
  }
  const id = digits(randomBytes(12), ID_LENGTH);
  const secret = digits(randomBytes(SECRET_BYTES), SECRET_LENGTH);
  const expiresAt = await clients.addClient(
    pool,
    {
      id,
      name,
      secretHash: hashSecret(secret, pepper),
      scopes,
      perMinute,
      lifetimeMs: milliseconds(lifetime),
    },
    by,
  );
  return { id, key: `xdk_live_${id}_${secret}_${checksum(id, secret)}`, expiresAt };
}

/** Ends a key; every worker obeys within five seconds. False when there is no such key or it was ended before. */
export const revokeClient = (pool: Pool, id: string, by: By = COMMAND_LINE): Promise<boolean> =>
  clients.endClient(pool, id, by);

/** Every key ever made, newest first, without anything that opens a door. */
export const listClients = (pool: Pool): Promise<clients.ClientRow[]> => clients.listClients(pool);

function checksum(id: string, secret: string): string {
  let rest = crc32(`xdk_live_${id}_${secret}`);
  let text = "";
  for (let digit = 0; digit < CRC_LENGTH; digit++) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

function digits(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  for (let digit = 0; digit < length; digit++) {
    text = ALPHABET[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text;
}
