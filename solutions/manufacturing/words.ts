/** Names that several files of this solution write alike. */

/** `ME-01/2026-11`: the period of an entity in which a day lies. */
export const periodOf = (entity: string, day: string): string => `${entity}/${day.slice(0, 7)}`;

/** The day of an instant, as documents state it. */
export const dayOf = (at: string): string => at.slice(0, 10);
