/**
 * What everybody must agree about a fiscal period: a period the ERP has closed is closed here, and the other way round.
 *
 * Only of the entity whose books the ERP keeps; other ledgers open and close their own.
 */
import { type Agreement, agreement, type Snapshot, spanOf, Unusable } from "crossdock";
import { costing } from "crossdock/canon";
import type { Policy } from "../policy.ts";
import type { PeriodState } from "../processes/period-end.ts";
import type { Filled } from "../settings.ts";

export const periods = ({ policy }: Filled): Agreement<PeriodState> =>
  agreement<PeriodState>({
    name: "periods",
    title: "Periods",
    owner: policy.reviews["late posting"].by,
    process: "period-end",
    keyType: "period",
    every: "1h",
    milestones: {
      closed: { grace: "1m", systems: { erp: { says: costing.PeriodStatusChanged.name } } },
    },
    forbidden: [
      {
        title: "A period closed before its last posting.",
        fingerprint: "period-end/closed-with-open-postings",
      },
    ],
    concerns: (_system, { periodId }) => periodId.startsWith(`${policy.entity}/`),
    ours: ({ status }) => ({ closed: { reached: status === "closed" } }),
    snapshots: [askErp(policy)],
  });

/** `ME-01/2026-10`: its first day asks for the period. */
const askErp = ({ fiscalCalendar }: Policy): Snapshot => ({
  system: "erp",
  about: "period",
  atOnce: 1,
  question: ([number = ""]) => {
    const period = number.slice(number.lastIndexOf("/") + 1);
    const span = spanOf(fiscalCalendar, period);
    if (!span) throw new Unusable(`The fiscal calendar has no period ${period}.`);
    return { day: span.first };
  },
  read: ({ Status }: { Status: string }) => ({ closed: { reached: Status === "closed" } }),
});
