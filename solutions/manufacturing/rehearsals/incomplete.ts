/** Rehearsals of what does not say enough, or asks for something else than scrap: shown, and nothing put in its place. */
import { operations, procurement, production, quality } from "crossdock/canon";
import { type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { lotQuality } from "../processes/lot-quality.ts";
import { purchaseApproval } from "../processes/purchase-approval.ts";

const each = (value: string) => ({ value, uom: "EA" });
const lot = { lot: "L-1", item: "PUMP-100", plant: "LYO", productionOrderId: "PR-1" };
const made = production.OutputCompleted.of({
  productionOrderId: "PR-1",
  plant: "LYO",
  reportId: "OC-1",
  item: "PUMP-100",
  quantity: each("2"),
  lot: "L-1",
  completedAt: STILL,
});

export const rehearsals: Rehearsal[] = [
  rehearsal(
    "rejected pieces that are worked on stay held, and nothing is written off",
    lotQuality(standardPolicy),
  )
    .given(made)
    .when(
      quality.LotRejected.of({
        ...lot,
        decisionId: "QD-2",
        quantity: each("1"),
        rejectReasonCode: "leaks",
        rejectActionCode: "rework",
        rejectedAt: STILL,
      }),
    )
    .decides({
      state: {
        ...lot,
        made: "2",
        held: "0",
        decided: "0",
        changes: [],
        scraps: [],
        putAway: false,
        booked: false,
        heard: ["QD-2"],
      },
      publish: [
        operations.ExceptionRaised.of({
          subject: "lot/L-1",
          fingerprint: "lot-quality/rework",
          class: "business hold",
          state: "held",
          title: "Rejected pieces are to be handled: rework.",
          reason: "1 PUMP-100 of lot L-1: leaks. They stay held until they are released or scrapped.",
          owner: "quality",
        }),
      ],
    }),
  rehearsal(
    "a requisition without a price is shown, never ordered for nothing",
    purchaseApproval(standardPolicy),
  )
    .given()
    .when(
      procurement.RequisitionApproved.of({
        requisitionId: "RQ-1",
        supplier: "V-310",
        needBy: "2026-01-12",
        approver: "marc",
        lines: [{ line: "1", item: "SEAL-9", quantity: each("60") }],
      }),
    )
    .decides({
      state: { order: null, total: "" },
      publish: [
        operations.ExceptionRaised.of({
          subject: "requisition/RQ-1",
          fingerprint: "purchase-approval/incomplete",
          class: "data",
          state: "held",
          title: "A requisition cannot be ordered.",
          reason:
            "Requisition RQ-1 lacks a price of line 1. Complete it in procurement and approve it under a new number.",
          owner: "buyer",
        }),
      ],
      end: { abandon: "Requisition RQ-1 lacks a price of line 1." },
    }),
];
