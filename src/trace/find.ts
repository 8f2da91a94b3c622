/**
 * Any number of any system finds its document.
 *
 * Numbers are indexed as they pass through, so finding is a look-up and never a scan: first the number exactly as
 * typed (and in capitals), then as the beginning of one. What matched is given with each document, because "SO-10472"
 * found through its SSCC needs that said.
 */
import { type DocumentLine, type Down, lines } from "./documents.ts";
import { type Known, keyTitle, NOTHING_KNOWN } from "./known.ts";
import { type Areas, within } from "./places.ts";
import type { Db } from "./rows.ts";

export interface Match {
  /** The kind of number in words, "Customer PO", and as stored. */
  readonly label: string;
  readonly type: string;
  readonly value: string;
  readonly system: string | null;
  readonly exact: boolean;
}

export interface Found {
  readonly correlation: string;
  readonly matched: readonly Match[];
}

interface KeyRow {
  readonly correlation: string;
  readonly type: string;
  readonly value: string;
  readonly system: string | null;
}

/** Index: the primary key of business_key (value, type, correlation). */
export const exactWhere = (mine: string): string => `
  select correlation, type, value, system from business_key where value = any($1) and ${mine}
   order by first_seen desc limit $2`;

/**
 * Index: the same, as a range: `value` is collated "C", where the texts that begin with `x` lie between `x` and `x`
 * followed by the highest code point.
 */
export const prefixWhere = (mine: string): string => `
  select correlation, type, value, system from business_key
   where ((value >= $1 and value < $2) or (value >= $3 and value < $4)) and ${mine}
   order by value limit $5`;

/** What a delivery key (32 hex digits) or a transaction's name (`order/SO-10472`) looks like. */
const NAME = /^[0-9a-f]{32}$|^[^/]+\/./i;

/** Types that repeat a number under a name that says less about it. */
const VAGUE = new Set(["instance", "sourceDocument", "partnerDocument", "conversation", "delivery"]);

const HIGHEST = "\u{10FFFF}";

/** A delivery by its own key, or a transaction by its name. Indexes: primary key of delivery, event_correlation. */
export const namedWhere = (delivery: string, event: string, archived: string): string => `
  select correlation, 'delivery' as type, key as value, connection as system from delivery where key = $1 and ${delivery}
  union all
  (select correlation, 'trackingCode' as type, correlation as value, null as system from event
    where correlation = $1 and ${event} limit 1)
  union
  (select correlation, 'trackingCode', correlation, null from archived_document where correlation = $1 and ${archived} limit 1)`;

/**
 * The business transactions a text leads to, exact matches first, at most `limit`.
 *
 * Text shorter than three characters is only matched exactly: everything begins with "S".
 */
export async function find(
  db: Db,
  text: string,
  options: { limit?: number; areas?: Areas } = {},
): Promise<Found[]> {
  const areas = options.areas ?? null;
  const mine = (table: string, from: number) => within(areas, `${table}.correlation`, from);
  const limit = Math.min(options.limit ?? 20, 100);
  const typed = text.trim();
  if (typed === "") return [];
  const capitals = typed.toUpperCase();

  const exact = await db.query<KeyRow>(exactWhere(mine("business_key", 3).sql), [
    [...new Set([typed, capitals])],
    limit * 4,
    ...mine("business_key", 3).values,
  ]);
  const named = NAME.test(typed)
    ? await db.query<KeyRow>(
        namedWhere(mine("delivery", 2).sql, mine("event", 2).sql, mine("archived_document", 2).sql),
        [typed, ...mine("event", 2).values],
      )
    : { rows: [] };
  const found = gather([...exact.rows, ...named.rows], true);
  if (found.size < limit && typed.length >= 3) {
    const prefix = await db.query<KeyRow>(prefixWhere(mine("business_key", 6).sql), [
      typed,
      typed + HIGHEST,
      capitals,
      capitals + HIGHEST,
      limit * 4,
      ...mine("business_key", 6).values,
    ]);
    for (const [correlation, matches] of gather(prefix.rows, false)) {
      const known = found.get(correlation) ?? [];
      const more = matches.filter(
        (one) => !known.some((old) => old.type === one.type && old.value === one.value),
      );
      found.set(correlation, [...known, ...more]);
    }
  }
  // The document of that very number comes before those that only name it.
  const own = ([correlation]: [string, unknown]): boolean =>
    [typed, capitals].includes(correlation.slice(correlation.indexOf("/") + 1));
  const ranked = [...found].toSorted((one, other) => Number(own(other)) - Number(own(one)));
  return ranked.slice(0, limit).map(([correlation, matched]) => ({
    correlation,
    // The most telling name of a number first: an invoice is an invoice before it is somebody's source document.
    matched: matched.toSorted((a, b) => Number(VAGUE.has(a.type)) - Number(VAGUE.has(b.type))),
  }));
}

export interface FoundDocument extends DocumentLine {
  readonly matched: readonly Match[];
}

/** The same with a line for each document: what a search box shows. */
export async function findDocuments(
  db: Db,
  text: string,
  known: Known = NOTHING_KNOWN,
  options: { limit?: number; areas?: Areas; down?: Down } = {},
): Promise<FoundDocument[]> {
  const found = await find(db, text, options);
  const byCorrelation = new Map(found.map(({ correlation, matched }) => [correlation, matched]));
  const documents = await lines(db, [...byCorrelation.keys()], known, options);
  return documents.map((line) => ({ ...line, matched: byCorrelation.get(line.correlation) ?? [] }));
}

function gather(rows: readonly KeyRow[], exact: boolean): Map<string, Match[]> {
  const found = new Map<string, Match[]>();
  for (const { correlation, type, value, system } of rows) {
    const matches = found.get(correlation) ?? [];
    matches.push({ label: keyTitle(type), type, value, system, exact });
    found.set(correlation, matches);
  }
  return found;
}
