/**
 * What was corrected before in the documents that stand: who changed which field from what to what, for which system; and where
 * a body that stands holds the same old value in a field of the same name, the change that would put the new one there.
 *
 * Nothing is changed here. What a contract hides is shown as hidden, and is not offered: whoever may see it types it.
 */
import { isDeepStrictEqual as same } from "node:util";
import { dataOf } from "./header.ts";
import { type Known, systemTitle } from "./known.ts";
import { MASKED, markedIn } from "./mask.ts";
import { type Db, type Instant, iso, json } from "./rows.ts";

/** One field of one correction. */
export interface CorrectedField {
  readonly path: string;
  /** Absent: there was nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Corrected {
  readonly document: string;
  readonly delivery: string;
  readonly system: string;
  readonly systemTitle: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string | null;
  /** Whether that system has taken the corrected message. */
  readonly taken: boolean;
  readonly fields: readonly CorrectedField[];
}

/** A change that fits what stands, as one asks for it. */
export interface Offer {
  readonly path: string;
  readonly was: unknown;
  readonly value: unknown;
  /** Only in the messages of these: each was corrected so itself. */
  readonly documents: readonly string[];
  /** The latest such correction: who made it, of which field, for which system, when. */
  readonly by: string;
  readonly field: string;
  readonly systemTitle: string;
  readonly at: string;
}

export interface CorrectedBefore {
  /** Deliveries that were looked at: the first of those asked about. */
  readonly looked: number;
  /** The latest first. */
  readonly corrected: readonly Corrected[];
  readonly offers: readonly Offer[];
}

/** Deliveries that are looked at, each with its whole body. */
const LOOKED_MAX = 200;
/** What one page shows, and one selection takes. */
const SHOWN_MAX = 50;

/** Indexes: primary keys of delivery, event and correction. */
export const STANDING = `
  select d.contract, d.correlation, coalesce(c.contract_version, e.version, 1)::int as version, coalesce(c.data, e.data) as data
    from delivery d left join event e on e.position = d.event_position
    left join correction c on d.corrected > 0 and c.delivery = d.key and c.version = d.corrected
   where d.key = any($1) and d.status in ('parked', 'held')`;

/** What people corrected; what a rule moves it moves again by itself. Indexes: delivery_correlation, primary key of correction. */
export const CORRECTED = `
  select c.delivery, c.changed, c.by, c.reason, c.at, d.contract, d.connection, d.correlation, d.status = 'applied' as taken
    from delivery d join correction c on c.delivery = d.key
   where d.correlation = any($1) and d.corrected > 0 and c.by <> 'crossdock' order by c.at desc, c.version desc limit 1000`;

interface StandingRow {
  readonly contract: string;
  readonly correlation: string;
  readonly version: number;
  readonly data: string | null;
}

interface CorrectedRow {
  readonly delivery: string;
  readonly changed: string;
  readonly by: string;
  readonly reason: string | null;
  readonly at: Instant;
  readonly contract: string;
  readonly connection: string;
  readonly correlation: string;
  readonly taken: boolean;
}

/** What was corrected before in the documents of these deliveries, of which those that are set aside are looked at. */
export async function correctedBefore(
  db: Db,
  deliveries: readonly string[],
  known: Known,
): Promise<CorrectedBefore> {
  const { rows: standing } = await db.query<StandingRow>(STANDING, [deliveries.slice(0, LOOKED_MAX)]);
  const documents = [...new Set(standing.map(({ correlation }) => correlation))];
  const { rows } = await db.query<CorrectedRow>(CORRECTED, [documents]);
  const hides = hiding(known);
  const corrected = rows.map((row): Corrected => {
    const { delivery, connection, correlation, by, reason, taken } = row;
    return {
      document: correlation,
      delivery,
      system: connection,
      systemTitle: systemTitle(known, connection),
      by,
      at: iso(row.at),
      reason,
      taken,
      fields: (json(row.changed) as CorrectedField[]).map((field) =>
        hides(row.contract, field.path) ? { path: field.path, before: MASKED, after: MASKED } : field,
      ),
    };
  });
  const bodies = standing.flatMap(({ contract, correlation, version, data }) =>
    data === null
      ? []
      : [{ contract, document: correlation, places: placesIn(dataOf(known, contract, version, data)) }],
  );
  const offers = new Map<string, Offer & { documents: string[] }>();
  for (const { delivery, document, by, at, systemTitle: title, fields } of corrected)
    for (const { path: field, before } of fields) {
      if (before === undefined || before === null || before === MASKED) continue;
      // Whoever corrected it twice meant the second: what was put there first is history.
      const value = lastOf(corrected, delivery, field);
      for (const body of bodies) {
        if (body.document !== document) continue;
        for (const path of fitting(body.places, field, before)) {
          if (hides(body.contract, path) || same(before, value)) continue;
          const key = JSON.stringify([path, before, value]);
          const offer = offers.get(key);
          if (!offer) {
            const documents_ = [document];
            offers.set(key, {
              path,
              was: before,
              value,
              documents: documents_,
              by,
              field,
              systemTitle: title,
              at,
            });
          } else if (!offer.documents.includes(document)) offer.documents.push(document);
        }
      }
    }
  return {
    looked: standing.length,
    corrected: corrected.slice(0, SHOWN_MAX),
    offers: [...offers.values()].slice(0, SHOWN_MAX),
  };
}

/** The value a delivery was given in this field last; they are sorted, the latest first. */
const lastOf = (corrected: readonly Corrected[], delivery: string, path: string): unknown =>
  corrected
    .find((one) => one.delivery === delivery && one.fields.some((field) => field.path === path))
    ?.fields.find((field) => field.path === path)?.after;

interface Place {
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
}

/** Every field of a body, by its path: `shipTo.city`, `lines[0].item`. */
function placesIn(value: unknown, path = "", name = ""): Place[] {
  const here = path === "" ? [] : [{ path, name, value }];
  if (Array.isArray(value))
    return [...here, ...value.flatMap((each, index) => placesIn(each, `${path}[${index}]`, name))];
  if (typeof value !== "object" || value === null) return here;
  return [
    ...here,
    ...Object.entries(value).flatMap(([field, each]) =>
      placesIn(each, path === "" ? field : `${path}.${field}`, field),
    ),
  ];
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1).replace(/(\[\d+\])+$/, "");

/** Where the old value stands: at the very same place, or else in every field of the same name. */
function fitting(places: readonly Place[], field: string, before: unknown): string[] {
  const name = nameOf(field);
  const fit = places.filter((place) => place.name === name && same(place.value, before));
  return fit.some(({ path }) => path === field) ? [field] : fit.map(({ path }) => path);
}

/** Tells whether a contract hides a field, a part of it, or what it stands in. */
function hiding(known: Known): (contract: string, path: string) => boolean {
  const marked = new Map<string, readonly string[]>();
  return (contract, path) => {
    let hidden = marked.get(contract);
    if (!hidden) {
      hidden = markedIn(known.contracts.get(contract)?.schema).map(({ place }) => place);
      marked.set(contract, hidden);
    }
    const place = path.replaceAll(/\[\d+\]/g, "[]");
    return hidden.some((each) => within(place, each) || within(each, place));
  };
}

/** Whether a place is another, or stands in it. */
const within = (place: string, outer: string): boolean =>
  place === outer || place.startsWith(`${outer}.`) || place.startsWith(`${outer}[`);
