/**
 * What the database in memory can be asked beside its rows: which number belongs to which, and the last word on a period.
 */
import { PeriodStatusChanged } from "../../src/contracts/canon/costing.ts";
import type { Database } from "./database.ts";

/** The value of one kind that a document has beside a value of another kind. */
export function knownBy(
  db: Database,
  { type, value }: { type: string; value: string },
  give: string,
): string | null {
  const all = [...db.keys.values()];
  for (const known of all) {
    if (known.type !== type || known.value !== value) continue;
    const wanted = all.find((one) => one.correlation === known.correlation && one.type === give);
    if (wanted) return wanted.value;
  }
  return null;
}

/** Whether what a flow looked up in vain is known now: `known/customerRecord>customer/C-1`. */
export function isKnown(db: Database, waitsFor: string): boolean {
  const [, type = "", give = "", value = ""] = /^known\/([^>/]+)>([^/]+)\/(.*)$/.exec(waitsFor) ?? [];
  return type !== "" && knownBy(db, { type, value }, give) !== null;
}

/** As of the instant `before`, or now. */
export function lastWordOn(db: Database, period: string, before = Number.POSITIVE_INFINITY): string | null {
  const said = db.events.findLast(
    ({ contract, correlation, at }) =>
      contract === PeriodStatusChanged.name && correlation === `period/${period}` && at <= before,
  );
  return said ? (JSON.parse(said.data) as { periodStatus: string }).periodStatus : null;
}
