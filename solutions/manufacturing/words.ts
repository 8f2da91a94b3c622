/** Names that several files of this solution write alike. */
import type { Policy } from "./policy.ts";

/** The fiscal period of the entity in which a day lies, and the name it is watched under: `2026-11`, `ME-01/2026-11`. */
export function periodOf(
  { entity, fiscalCalendar }: Pick<Policy, "entity" | "fiscalCalendar">,
  day: string,
): { readonly fiscalPeriod: string; readonly periodId: string } {
  const { period } = fiscalCalendar(day);
  return { fiscalPeriod: period, periodId: `${entity}/${period}` };
}

/** The day of an instant, as documents state it. */
export const dayOf = (at: string): string => at.slice(0, 10);
