/**
 * What documents said that no field of ours carries, and what ours had no place for in a document we wrote.
 *
 * Places are shown to whoever sees the document. No contract says which of the values are personal, so all of them count as
 * personal: they are hidden like any such field, and shown for a reason that is kept. Pure.
 */
import { type Known, messageTitle, systemTitle } from "./known.ts";
import { MASKED, type Reveal } from "./mask.ts";
import { type DeliveryRow, type EventRow, field, json } from "./rows.ts";

/** A place of a document and the value at it, as it was kept. */
export interface NotCarried {
  readonly place: string;
  readonly value: string;
}

/** One document that did not go through as a whole: read from a system, or written for one. */
export interface LeftView {
  readonly way: "read" | "written";
  readonly title: string;
  readonly systemTitle: string;
  readonly places: readonly string[];
  /** What to open to see the values. */
  readonly step: { readonly correlation: string; readonly position: string };
}

/** What is kept beside a fact or a delivery. */
export function listed(kept: unknown): NotCarried[] {
  if (!Array.isArray(kept)) return [];
  return kept.map(({ place, value }: NotCarried) => ({ place: String(place), value: String(value) }));
}
export const besideEvent = ({ extra }: Pick<EventRow, "extra">): NotCarried[] =>
  listed(field(json(extra), "notCarried"));
export const besideDelivery = ({ not_carried }: Pick<DeliveryRow, "not_carried">): NotCarried[] =>
  listed(json(not_carried ?? null));

/** The list with its values hidden, unless somebody may see them and said why. What was cut off is no value. */
export const hidden = (all: readonly NotCarried[], reveal?: Reveal): NotCarried[] =>
  all.map(({ place, value }) => {
    if (place === "") return { place, value };
    if (!reveal?.marks.has("personal")) return { place, value: MASKED };
    reveal.tell(place);
    return { place, value };
  });

/** Every document of a story that did not go through as a whole, in the order they came and went. */
export function leftIn(
  known: Known,
  events: readonly EventRow[],
  deliveries: readonly DeliveryRow[],
): LeftView[] {
  const places = (all: readonly NotCarried[]) => all.map(({ place, value }) => place || value);
  return [
    ...events.map((row) => ({
      way: "read" as const,
      title: messageTitle(row.contract),
      systemTitle: systemTitle(known, row.source),
      places: places(besideEvent(row)),
      step: { correlation: row.correlation, position: row.position },
    })),
    ...deliveries.map((row) => ({
      way: "written" as const,
      title: messageTitle(row.contract),
      systemTitle: systemTitle(known, row.connection),
      places: places(besideDelivery(row)),
      step: { correlation: row.correlation, position: row.event_position },
    })),
  ].filter(({ places: all }) => all.length > 0);
}
