/**
 * Where a business thing belongs: its domain, and the plants and legal entities its messages name.
 *
 * Known from what the memory holds anyway: the first fact's contract names the domain, business keys name the rest. Whoever
 * may only see a part of the business is held against this; a thing that names no plant belongs to none.
 */
import type { Db } from "./rows.ts";

/** A part of the business: null takes all, a list only what is known to belong there. The scope of a grant is one. */
export interface Area {
  readonly domains: readonly string[] | null;
  readonly plants: readonly string[] | null;
  readonly entities: readonly string[] | null;
}

/** What a reading is limited to: what lies in any of these; null: all of the business. */
export type Areas = readonly Area[] | null;

const PLANT_KEYS = "('plant', 'warehouse')";
/** Types of the numbers that name a legal entity, as an SQL list. */
export const ENTITY_KEYS = "('entity', 'legalEntity', 'companyCode')";

/** A condition as SQL, and the values of its parameters. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * Completes `where …`: whether the transaction in the column `correlation` (named with its table) lies in one of the areas.
 * Its parameters begin at `$from`. Conditions, not a list of transactions, so that counts and rows are limited where they are
 * read. Indexes: business_key_correlation or its primary key, event_correlation.
 */
export function within(areas: Areas, correlation: string, from: number): Condition {
  if (areas === null) return { sql: "true", values: [] };
  const values: unknown[] = [];
  const given = (list: readonly string[]) => `any($${from + values.push(list) - 1}::text[])`;
  const named = (types: string, list: readonly string[]) =>
    `exists (select from business_key place where place.correlation = ${correlation} and place.type in ${types} and place.value = ${given(list)})`;
  const each = areas.map(({ domains, plants, entities }) =>
    [
      `${correlation} is not null`,
      ...(domains === null
        ? []
        : [
            `(select split_part(began.contract, '.', 1) from event began where began.correlation = ${correlation}
               and began.kind = 'event' order by began.position limit 1) = ${given(domains)}`,
          ]),
      ...(plants === null ? [] : [named(PLANT_KEYS, plants)]),
      ...(entities === null ? [] : [named(ENTITY_KEYS, entities)]),
    ].join(" and "),
  );
  return { sql: each.length === 0 ? "false" : `(${each.join(" or ")})`, values };
}

export interface PlaceOf {
  readonly domain: string | null;
  readonly plants: readonly string[];
  readonly entities: readonly string[];
}

/** Indexes: event_correlation for the first fact, business_key_correlation for the numbers. */
export const PLACES = `
  select c.correlation,
         (select split_part(e.contract, '.', 1) from event e
           where e.correlation = c.correlation and e.kind = 'event' order by e.position limit 1) as domain,
         array(select k.value from business_key k
                where k.correlation = c.correlation and k.type in ${PLANT_KEYS}) as plants,
         array(select k.value from business_key k
                where k.correlation = c.correlation and k.type in ${ENTITY_KEYS}) as entities
    from unnest($1::text[]) as c(correlation)`;

/** Where each of these business transactions belongs. One nobody knows belongs nowhere. */
export async function placesOf(db: Db, correlations: readonly string[]): Promise<Map<string, PlaceOf>> {
  const asked = [...new Set(correlations)];
  if (asked.length === 0) return new Map();
  const { rows } = await db.query<PlaceOf & { correlation: string }>(PLACES, [asked]);
  return new Map(rows.map(({ correlation, ...place }) => [correlation, place]));
}

/** What a request may name instead of a business transaction. */
export type Named =
  | { readonly delivery: string }
  | { readonly question: string }
  | { readonly exception: string };

/** Primary keys of delivery, instance, question and exception. */
const CORRELATION_OF = {
  delivery: `select correlation from delivery where key = $1
    union all select correlation from instance where process = split_part($1, ':', 1)
      and key = substr($1, strpos($1, ':') + 1) and strpos($1, ':') > 0 limit 1`,
  question: `select correlation from question where id = $1`,
  exception: `select correlation from exception where id = (case when $1 ~ '^[0-9]{1,18}$' then $1::bigint end)`,
} as const;

/** The business transaction something belongs to; null when there is no such thing, or it belongs to none. */
export async function correlationOf(db: Db, named: Named): Promise<string | null> {
  const [[kind, id]] = Object.entries(named) as [[keyof typeof CORRELATION_OF, string]];
  const { rows } = await db.query<{ correlation: string | null }>(CORRELATION_OF[kind], [id]);
  return rows[0]?.correlation ?? null;
}

/** A delivery as it stands now: what somebody who approves something about it is shown, and bound to. */
export interface DeliveryState {
  readonly key: string;
  readonly contract: string;
  readonly connection: string;
  readonly correlation: string;
  readonly position: string;
  readonly status: string;
  readonly attempts: number;
  readonly reference: string | null;
  readonly reason: string | null;
  /** The version of the correction it carries; 0: as the journal has it. */
  readonly corrected: number;
  /** Who made that correction. */
  readonly editedBy: string | null;
  /** Nobody can tell whether it was booked. */
  readonly unclear: boolean;
}

/** Indexes: primary keys of delivery and correction, exception_open. */
export async function deliveryState(db: Db, key: string): Promise<DeliveryState | null> {
  const { rows } = await db.query<DeliveryState>(
    `select key, contract, connection, correlation, event_position::text as position, status, attempts, reference, reason, corrected,
            (select c.by from correction c where c.delivery = key and c.version = corrected) as "editedBy",
            exists (select from exception x where x.subject_kind = 'delivery' and x.subject = key and x.resolved_at is null
                     and x.class = 'unclear outcome') as unclear
       from delivery where key = $1`,
    [key],
  );
  return rows[0] ?? null;
}
