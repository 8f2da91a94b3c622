/**
 * A document of ours on its way to a trading partner, until the partner has said that it could read it.
 *
 * One thing stays true: silence is not taken for consent. What is not acknowledged in time is shown with its document, and stays
 * open until the partner answers; the order itself waits for none of it.
 */
import { type Message, process } from "crossdock";
import { operations, watching } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "./policy.ts";

export const DocumentState = Type.Object({
  partner: Type.String(),
  document: Type.String(),
  salesOrderId: Type.Optional(Type.String()),
  overdue: Type.Boolean(),
});
export type DocumentState = Type.Static<typeof DocumentState>;

const subjectOf = ({ document, salesOrderId }: DocumentState): string =>
  salesOrderId === undefined ? `partnerDocument/${document}` : `order/${salesOrderId}`;
const ofOrder = ({ salesOrderId }: DocumentState) => (salesOrderId === undefined ? {} : { salesOrderId });
/** Each document is a cause of its own: two silent ones are two things to see to. */
const fingerprint = (cause: string, { document }: DocumentState): string =>
  `partner-documents/${cause}/${document}`;

/** What is shown of it: that nothing was heard, or that it could not be read. */
export const shown = (
  state: DocumentState,
  cause: "overdue" | "refused",
  title: string,
  reason: string,
): Message =>
  operations.ExceptionRaised.of({
    subject: subjectOf(state),
    fingerprint: fingerprint(cause, state),
    title,
    reason,
    class: cause === "refused" ? "data" : "business hold",
    state: "held",
    owner: "integration",
    ...ofOrder(state),
  });

export const partnerDocuments = (policy: Policy) =>
  process({
    name: "partner-documents",
    version: 1,
    owner: "integration",
    summary: "A document of ours until its partner has said that it could read it.",
    keyType: "partnerDocument",
    state: DocumentState,
    milestones: { acknowledged: {} },
    timers: { "acknowledgement due": policy.patience.acknowledgement },
    // Partners repeat themselves.
    afterEnd: [operations.AcknowledgementReceived],
  })
    .startsOn(operations.DocumentSent, "partnerDocument", ({ partner, document, salesOrderId }) => ({
      state: { partner, document, overdue: false, ...(salesOrderId === undefined ? {} : { salesOrderId }) },
      start: ["acknowledgement due"],
    }))
    .whenElapsed("acknowledgement due", (state, { at }) => ({
      state: { ...state, overdue: true },
      publish: [
        watching.AcknowledgementOverdue.of({
          subject: subjectOf(state),
          partner: state.partner,
          document: state.document,
          dueBy: at,
          ...ofOrder(state),
        }),
        shown(
          state,
          "overdue",
          `${state.partner} has not acknowledged our ${state.document}.`,
          `It was due ${minuteOf(at)}. See whether the partner has it, and send it again under the same number if not.`,
        ),
      ],
    }))
    .when(operations.AcknowledgementReceived, "partnerDocument", (state, { status, errors }) => {
      const heard = state.overdue
        ? [
            operations.ExceptionResolved.of({
              subject: subjectOf(state),
              fingerprint: fingerprint("overdue", state),
              how: "by itself",
              reason: "The partner has answered.",
              ...ofOrder(state),
            }),
          ]
        : [];
      if (status !== "rejected") {
        return {
          reach: "acknowledged",
          ...(heard.length > 0 ? { publish: heard } : {}),
          stop: ["acknowledgement due"],
          end: "completed",
        };
      }
      const why = errors.length > 0 ? errors.join(" ") : "It gave no reason.";
      return {
        publish: [
          ...heard,
          shown(state, "refused", `${state.partner} could not read our ${state.document}.`, why),
        ],
        stop: ["acknowledgement due"],
        end: { abandon: `The partner could not read it: ${why}` },
      };
    });

/** A moment as people read it in a sentence: to the minute, and whose. */
const minuteOf = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
