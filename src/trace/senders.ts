/**
 * Who began a business transaction: what a caller may see and change follows from what it began itself.
 *
 * The first message decides, because anybody who may send can speak of anything; speaking of it later must give no right.
 */
import type { Db } from "./rows.ts";

/** Index: event_correlation (correlation, position), one probe a partition. */
const FIRST = `select source from event where correlation = $1 order by position limit 1`;

/** Which transactions somebody may be told about. */
export interface Told {
  /** Of what this source began; null: of everything. */
  readonly by: string | null;
  /** Of everything that is no order, too. */
  readonly house: boolean;
}

/**
 * Rights before the limit: a number such as a customer's "1001" may be on orders of many, and those of others take nobody's place.
 * Indexes: the primary key of business_key, event_correlation.
 */
export const NUMBERED = `
  select k.correlation from business_key k
   where k.value = $1 and (k.type = any($2) or k.correlation = any($3)) and ($4::text is null or starts_with(k.correlation, $4))
     and ($5::text is null or $6 and not starts_with(k.correlation, 'order/')
          or (select e.source from event e where e.correlation = k.correlation order by e.position limit 1) = $5)
   group by k.correlation order by max(k.first_seen) desc limit $7`;

/** The transactions exactly this number belongs to under one of these types, as far as they are told; the latest first. */
export async function numbered(
  db: Db,
  value: string,
  { types, within }: { readonly types: readonly string[]; readonly within?: string | undefined },
  { by, house }: Told,
  most: number,
): Promise<string[]> {
  const own = types.map((type) => `${type}/${value}`);
  const asked = [value, types, own, within === undefined ? null : `${within}/`, by, house, most];
  const { rows } = await db.query<{ correlation: string }>(NUMBERED, asked);
  return rows.map(({ correlation }) => correlation);
}

/** The source of the first message of a transaction; null when there is none. */
export async function begunBy(db: Db, correlation: string): Promise<string | null> {
  const { rows } = await db.query<{ source: string }>(FIRST, [correlation]);
  return rows[0]?.source ?? null;
}
