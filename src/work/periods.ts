/**
 * What a posting is held against when it is sent: the last word on its fiscal period; and the correction that moves it.
 *
 * The last word counts, however long ago it was said. A moved posting keeps its key, and what it said before stays in the journal.
 */
import type { Statement } from "../std/statement.ts";

/** The last word on a period, `ledger/2026-11`. Index: event_correlation (correlation, position). */
export const lastWordOn = (period: string): Statement => ({
  name: "work period status",
  text: `select readable(data)->>'periodStatus' as status from event
    where correlation = 'period/' || $1 and contract = 'finance.period-status-changed' order by event.position desc limit 1`,
  values: [period],
});

/** What a delivery carries from now on, by a rule and not by a person. */
export interface CorrectedByRule {
  readonly delivery: string;
  /** JSON, as are the changes. */
  readonly data: string;
  readonly contractVersion: number;
  readonly changed: string;
  readonly reason: string;
}

export const correctByRule = (one: CorrectedByRule): Statement => ({
  name: "work correct by rule",
  text: `with moved as (update delivery set corrected = corrected + 1 where key = $1 returning corrected)
    insert into correction (delivery, version, data, contract_version, changed, by, reason)
    select $1, corrected, $2, $3, $4, 'crossdock', $5 from moved`,
  values: [one.delivery, one.data, one.contractVersion, one.changed, one.reason],
});
