/**
 * What belongs to a document and what merely touches it, reached through the numbers they share.
 *
 * Only strong numbers tie documents together (an invoice, a shipment; not a customer), a number shared by many is not
 * strong after all, and the walk is bounded in steps and in documents, so a page about one order never becomes a page
 * about everything.
 */
import { isStrong } from "./known.ts";
import type { Db, Instant } from "./rows.ts";

export interface KeyOf {
  readonly correlation: string;
  readonly type: string;
  readonly value: string;
  readonly system: string | null;
  readonly first_seen: Instant;
}

export interface Tie {
  readonly correlation: string;
  /** The number both carry. */
  readonly through: { readonly type: string; readonly value: string };
}

/** Numbers of these transactions. Index: business_key_correlation. */
export const KEYS_OF = `
  select correlation, type, value, system, first_seen from business_key
   where correlation = any($1) order by first_seen, type, value limit 2000`;

/** Who else carries these numbers. Index: the primary key of business_key (value, type, correlation). */
export const SHARERS = `
  select k.type, k.value, k.correlation
    from unnest($1::text[], $2::text[]) as asked(type, value)
   cross join lateral (
      select type, value, correlation from business_key
       where value = asked.value and type = asked.type limit 21) k`;

/** A number found in more transactions than this ties none of them together. */
const SHARERS_MAX = 20;
const STEPS_MAX = 3;
export const RELATED_MAX = 40;

/** Keys of a transaction, its own first. */
export async function keysOf(db: Db, correlations: readonly string[]): Promise<KeyOf[]> {
  const { rows } = await db.query<KeyOf>(KEYS_OF, [correlations]);
  return rows;
}

/** Transactions tied to this one by strong numbers, nearest first, with the number that led there. */
export async function ties(db: Db, correlation: string, own: readonly KeyOf[]): Promise<Tie[]> {
  const found = new Map<string, Tie>();
  const asked = new Set<string>();
  let frontier = own;
  for (let step = 0; step < STEPS_MAX && frontier.length > 0 && found.size < RELATED_MAX; step++) {
    const strong = frontier
      .filter(({ type, value }) => isStrong(type) && !asked.has(`${type}/${value}`))
      .slice(0, 300);
    for (const { type, value } of strong) asked.add(`${type}/${value}`);
    if (strong.length === 0) break;
    const { rows } = await db.query<{ type: string; value: string; correlation: string }>(SHARERS, [
      strong.map(({ type }) => type),
      strong.map(({ value }) => value),
    ]);
    const sharers = new Map<string, number>();
    for (const { type, value } of rows)
      sharers.set(`${type}/${value}`, (sharers.get(`${type}/${value}`) ?? 0) + 1);
    const fresh: string[] = [];
    for (const row of rows) {
      if (row.correlation === correlation || found.has(row.correlation) || found.size >= RELATED_MAX)
        continue;
      if ((sharers.get(`${row.type}/${row.value}`) ?? 0) > SHARERS_MAX) continue;
      found.set(row.correlation, {
        correlation: row.correlation,
        through: { type: row.type, value: row.value },
      });
      fresh.push(row.correlation);
    }
    frontier = fresh.length > 0 ? await keysOf(db, fresh) : [];
  }
  return [...found.values()];
}
