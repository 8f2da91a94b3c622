/** Documents for partners rehearsed: acknowledged, not heard of in time, heard of late, refused. */
import { operations, watching } from "crossdock/canon";
import { elapsed, type Rehearsal, rehearsal } from "crossdock/testing";
import { type DocumentState, partnerDocuments, shown } from "../partner-documents.ts";
import { standardPolicy } from "../policy.ts";
import { NOW } from "./facts.ts";

const process = partnerDocuments(standardPolicy);
const told = (name: string) => rehearsal(name, process);

const sent = operations.DocumentSent.of(operations.DocumentSent.sample);
const { partner, document, partnerDocument, salesOrderId = "" } = operations.DocumentSent.sample;
const state: DocumentState = { partner, document, salesOrderId, overdue: false };
const answered = (status: "accepted" | "rejected", errors: string[] = []) =>
  operations.AcknowledgementReceived.of({
    ...operations.AcknowledgementReceived.sample,
    ackOf: document,
    partnerDocument,
    status,
    errors,
  });
const overdue = elapsed("acknowledgement due");
const refused = shown(state, "refused", "C-ACME could not read our 856/000012345.", "Code 5.");

export const rehearsals: readonly Rehearsal[] = [
  told("a document that was handed over opens its clock")
    .given()
    .when(sent)
    .decides({ state, start: ["acknowledgement due"] }),
  told("its acknowledgement ends it")
    .given(sent)
    .when(answered("accepted"))
    .decides({ reach: "acknowledged", stop: ["acknowledgement due"], end: "completed" }),
  told("silence is shown when the clock has run out")
    .given(sent)
    .when(overdue)
    .decides({
      state: { ...state, overdue: true },
      publish: [
        watching.AcknowledgementOverdue.of({
          subject: `order/${salesOrderId}`,
          partner,
          document,
          dueBy: NOW,
          salesOrderId,
        }),
        shown(
          state,
          "overdue",
          "C-ACME has not acknowledged our 856/000012345.",
          `It was due ${NOW.slice(0, 10)} ${NOW.slice(11, 16)} UTC. See whether the partner has it, and send it again under the same number if not.`,
        ),
      ],
    }),
  told("a late acknowledgement takes back what was shown")
    .given(sent, overdue)
    .when(answered("accepted"))
    .decides({
      reach: "acknowledged",
      publish: [
        operations.ExceptionResolved.of({
          subject: `order/${salesOrderId}`,
          fingerprint: `partner-documents/overdue/${document}`,
          how: "by itself",
          reason: "The partner has answered.",
          salesOrderId,
        }),
      ],
      stop: ["acknowledgement due"],
      end: "completed",
    }),
  told("what the partner could not read is shown with its reasons")
    .given(sent)
    .when(answered("rejected", ["Code 5."]))
    .decides({
      publish: [refused],
      stop: ["acknowledgement due"],
      end: { abandon: "The partner could not read it: Code 5." },
    }),
];
