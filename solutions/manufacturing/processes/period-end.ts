/**
 * A period of an entity on its way to being closed: what was asked of the ledger for it and not yet accepted.
 *
 * One thing stays true: it is not ready while any posting for it is unposted. Closing is the ledger's act; this process counts,
 * says whether it is safe, and shows it when a period closed with something still open.
 *
 * @covers PRC-29
 */
import { process } from "crossdock";
import { costing, finance, operations } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

const State = Type.Object({
  periodId: Type.String(),
  status: Type.Enum(["open", "soft-closed", "closed"]),
  /** Source documents asked for and not yet accepted. */
  inFlight: Type.Array(Type.String()),
  accepted: Type.Integer(),
});
type State = Type.Static<typeof State>;

export type { State as PeriodState };

export const periodEnd = (policy: Policy) =>
  process({
    name: "period-end",
    version: 1,
    owner: "finance",
    summary: "What a period still waits for before it may close.",
    keyType: "period",
    state: State,
    milestones: { closing: {}, ready: {}, closed: {} },
  })
    .startsOn(
      costing.PeriodStatusChanged,
      "periodId",
      ({ periodId, periodStatus, by = "" }) => moved(empty(periodId), periodStatus, by, policy),
      (state, { periodStatus, by = "" }) => moved(state, periodStatus, by, policy),
    )
    .startsOn(
      finance.PostingRequested,
      "periodId",
      ({ periodId = "", sourceDocument }) => ({ state: { ...empty(periodId), inFlight: [sourceDocument] } }),
      (state, { sourceDocument }) => {
        if (state.inFlight.includes(sourceDocument))
          return { note: `${sourceDocument} is under way already.` };
        return { state: { ...state, inFlight: [...state.inFlight, sourceDocument] } };
      },
    )
    .when(finance.PostingAccepted, "periodId", (state, { sourceDocument }) => {
      const inFlight = state.inFlight.filter((one) => one !== sourceDocument);
      const next = { ...state, inFlight, accepted: state.accepted + 1 };
      return {
        state: next,
        ...(state.status === "soft-closed" && inFlight.length === 0 ? { reach: "ready" as const } : {}),
      };
    });

const empty = (periodId: string): State => ({ periodId, status: "open", inFlight: [], accepted: 0 });

/** What a new status of the period means with so many postings in flight. */
function moved(state: State, status: State["status"], by: string, policy: Policy) {
  const { length: open } = state.inFlight;
  const next = { ...state, status };
  if (status === "soft-closed") {
    return open === 0
      ? { state: next, reach: ["closing", "ready"] as const }
      : { state: next, reach: "closing" as const, note: `Not ready: ${open} postings are in flight.` };
  }
  if (status === "open")
    return { state: next, withdraw: ["closing", "ready"] as const, note: `${by} opened it again.` };
  if (open === 0) return { state: next, reach: "closed" as const };
  return {
    state: next,
    reach: "closed" as const,
    publish: [
      operations.ExceptionRaised.of({
        subject: `period/${state.periodId}`,
        fingerprint: "period-end/closed-with-open-postings",
        class: "business hold",
        state: "held",
        title: "A period closed before its last posting.",
        reason: `${open} postings of ${state.periodId} are not accepted: ${state.inFlight.slice(0, 5).join(", ")}.`,
        owner: policy.reviews["late posting"].by,
      }),
    ],
  };
}
