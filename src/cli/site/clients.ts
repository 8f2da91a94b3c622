/**
 * The API keys of a demonstration: one each for the simulated web shop, portal and next ERP, one for the person who plays with it.
 *
 * Made on the first start and kept in the data folder. A key the database does not know (another database, an ended key)
 * is made again.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { createClient, listClients, parseKey } from "../../gateway/keys.ts";
import { type SiteSecrets, writeSecrets } from "./secrets.ts";

/** Client name → what it may do. The estate looks for `shop`, `portal` and `s4cloud`; `demo` is for people with curl. */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  shop: ["orders:write", "orders:read", "inquiries"],
  portal: ["orders:write", "orders:read", "inquiries"],
  s4cloud: ["events:write"],
  demo: ["orders:write", "orders:read-all", "documents:read", "inquiries", "events:write"],
};

const MAKER = { name: "crossdock dev", reason: "The first start makes the keys of the demonstration." };

/** The file with the key for people: `curl -H "Authorization: Bearer $(cat .crossdock/api-key)"`. */
export const keyFile = (data: string): string => join(data, "api-key");

export async function demonstrationClients(pool: pg.Pool, data: string, secrets: SiteSecrets): Promise<void> {
  const now = Date.now();
  const good = new Set(
    (await listClients(pool))
      .filter(({ revokedAt, expiresAt }) => revokedAt === null && new Date(expiresAt).getTime() > now)
      .map(({ id }) => id),
  );
  const keys: Record<string, string> = { ...secrets.apiKeys };
  for (const [name, scopes] of Object.entries(CLIENTS)) {
    const known = parseKey(keys[name] ?? "");
    if (known && good.has(known.id)) continue;
    keys[name] = (await createClient(pool, secrets.pepper, { name, scopes, perMinute: 6_000 }, MAKER)).key;
  }
  writeSecrets(data, { ...secrets, apiKeys: keys });
  writeFileSync(keyFile(data), `${keys.demo}\n`, { mode: 0o600 });
}
