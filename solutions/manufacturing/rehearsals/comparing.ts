/** Rehearsals of a step that is to move: both systems book and are compared, then the next one books alone, and back. */
import { type CutoverStage, cutover, operations, plant } from "crossdock/canon";
import { approved, declined, elapsed, overdue, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { type CutoverState, cutOver, goodsReceiptsOf } from "../processes/cut-over.ts";

const process = cutOver({
  ...standardPolicy,
  parallelRun: { inARow: 2, tolerance: "0.01" },
  // What the next ERP would book is asked by the runtime, and not in a rehearsal.
  whatIf: { flow: "", question: () => ({ about: "", data: {} }), figures: () => null },
});
const cutoverId = goodsReceiptsOf(standardPolicy);
const step = { cutoverId, step: "goods-receipt", entity: "ME-01", plant: "LYO" };
const wanted = (to: CutoverStage, reason: string) =>
  cutover.CutoverRequested.of({ ...step, to, by: "maria", reason });
const begin = wanted("shadow", "We begin.");
const begun = [begin, approved("switch")];
const figures = (value: string) => ({ value, "SEAL-9": "60" });
const posted = (document: string, side: "live" | "shadow", value: string) =>
  cutover.ParallelPosted.of({
    cutoverId,
    document,
    side,
    ledger: side === "live" ? "legacy" : "cloud",
    stage: "shadow",
    figures: figures(value),
  });
const counted = (document: string, ledger: "legacy" | "cloud", stage: CutoverStage) =>
  cutover.ParallelPosted.of({ cutoverId, document, side: "live", ledger, stage, figures: figures("300.00") });
const alike = (document: string) => [
  posted(document, "shadow", "300.00"),
  posted(document, "live", "300.01"),
];
const good = [...begun, ...alike("GR-1"), ...alike("GR-2")];
const moved = [...good, wanted("cloud", "It agrees."), approved("switch", "maria", "It agrees.")];

const still: CutoverState = {
  ...step,
  stage: "legacy",
  switches: 0,
  wanted: null,
  half: {},
  shown: [],
  compared: 0,
  inARow: 0,
  causes: {},
  met: false,
  booked: { legacy: 0, cloud: 0 },
  overlap: [],
  overlapped: 0,
  foreign: [],
};
const comparing: CutoverState = { ...still, stage: "shadow", switches: 1 };
const agreeing: CutoverState = {
  ...comparing,
  compared: 2,
  inARow: 2,
  met: true,
  booked: { legacy: 2, cloud: 0 },
};
const there: CutoverState = { ...agreeing, stage: "cloud", switches: 2 };
const asks = (from: CutoverStage, to: CutoverStage, reason: string) => [
  { approval: "switch" as const, because: `maria wants ${cutoverId} to go from ${from} to ${to}: ${reason}` },
];
const switched = (from: CutoverStage, to: CutoverStage, stage: string, reason: string) =>
  cutover.CutoverSwitched.of({ ...step, from, to, stage, by: "maria", reason, switchedAt: STILL });

const comparisons: readonly Rehearsal[] = [
  rehearsal("somebody wants to compare: whoever answers for it is asked", process)
    .given()
    .when(begin)
    .decides({
      state: { ...still, wanted: { to: "shadow", by: "maria", reason: "We begin." } },
      ask: asks("legacy", "shadow", "We begin."),
    }),
  rehearsal("a second wish waits for the decision on the first", process)
    .given(begin)
    .when(wanted("shadow", "Now."))
    .decides({ note: "maria has to wait: shadow is to be decided first." }),
  rehearsal("with a yes both book from now on, with name and reason", process)
    .given(begin)
    .when(approved("switch"))
    .decides({
      state: comparing,
      reach: "compared",
      withdraw: ["criterion met", "moved"],
      stop: ["half booked"],
      publish: [switched("legacy", "shadow", "1/shadow", "We begin.")],
    }),
  rehearsal("with a no everything stays as it is", process)
    .given(begin)
    .when(declined("switch", "Not at period end."))
    .decides({ state: still, note: `maria leaves ${cutoverId} at legacy: Not at period end.` }),
  rehearsal("an answer that does not come is asked for again", process)
    .given(begin)
    .when(overdue("switch"))
    .decides({ ask: [{ approval: "switch", because: "The switch still waits for a decision." }] }),
  rehearsal("who wants what is so already changes nothing", process)
    .given(...begun)
    .when(wanted("shadow", "Again."))
    .decides({ note: `${cutoverId} is at shadow already.` }),
  rehearsal("what one has booked waits for the other", process)
    .given(...begun)
    .when(posted("GR-1", "shadow", "300.00"))
    .decides({
      state: {
        ...comparing,
        half: { "GR-1": { side: "shadow", figures: figures("300.00"), since: STILL } },
      },
      start: ["half booked"],
    }),
  rehearsal("told twice it is no pair", process)
    .given(...begun, posted("GR-1", "shadow", "300.00"))
    .when(posted("GR-1", "shadow", "300.00"))
    .decides({ note: "The cloud side has told of GR-1 before." }),
  rehearsal("a cent apart is alike; enough of them in a row meet the criterion", process)
    .given(...begun, ...alike("GR-1"), posted("GR-2", "live", "300.00"))
    .when(posted("GR-2", "shadow", "300.00"))
    .decides({ state: agreeing, reach: "criterion met", stop: ["half booked"] }),
  rehearsal("one that differs is told with its cause, and the row begins anew", process)
    .given(...good, posted("GR-3", "live", "300.00"))
    .when(posted("GR-3", "shadow", "3600.00"))
    .decides({
      state: {
        ...agreeing,
        compared: 3,
        inARow: 0,
        met: false,
        causes: { "value of SEAL-9": 1 },
        booked: { legacy: 3, cloud: 0 },
      },
      withdraw: "criterion met",
      publish: [
        cutover.ParallelDifferenceFound.of({
          cutoverId,
          document: "GR-3",
          cause: "value of SEAL-9",
          differences: [{ figure: "value", live: "300.00", shadow: "3600.00" }],
        }),
      ],
      stop: ["half booked"],
    }),
  rehearsal("who wants to end it reads how it stands", process)
    .given(...begun, ...alike("GR-1"), posted("GR-2", "live", "1.00"), posted("GR-2", "shadow", "2.00"))
    .when(wanted("legacy", "Enough."))
    .decides({
      state: {
        ...comparing,
        compared: 2,
        causes: { "value of SEAL-9": 1 },
        booked: { legacy: 2, cloud: 0 },
        wanted: { to: "legacy", by: "maria", reason: "Enough." },
      },
      ask: asks("shadow", "legacy", "Enough. 2 compared, 50 %, 0 alike in a row."),
    }),
  rehearsal("ended, the first books alone", process)
    .given(...begun, wanted("legacy", "Enough."))
    .when(approved("switch", "maria", "It agrees."))
    .decides({
      state: { ...comparing, stage: "legacy", switches: 2 },
      withdraw: ["compared", "moved"],
      publish: [switched("shadow", "legacy", "2/legacy", "It agrees.")],
    }),
];

const alone = { "GR-7": { side: "live" as const, figures: figures("300.00"), since: STILL } };
const halfShown = operations.ExceptionRaised.of({
  subject: `cutover/${cutoverId}`,
  fingerprint: "cut-over/half-booked",
  class: "duplicate or conflict",
  state: "held",
  title: "Receipts both ERPs were told of are booked by one of them only.",
  reason:
    "The first ERP has booked GR-7, and the next one has not. Look what is set aside for the other, or enter it there.",
  owner: "finance",
});
/** An hour after everything else. */
const hourLater = { ...elapsed("half booked"), at: new Date(Date.parse(STILL) + 3_600_000).toISOString() };

const halves: readonly Rehearsal[] = [
  rehearsal("what only one has booked for an hour is shown", process)
    .given(...begun, posted("GR-7", "live", "300.00"))
    .when(hourLater)
    .decides({
      state: { ...comparing, half: alone, shown: ["GR-7"], booked: { legacy: 1, cloud: 0 } },
      publish: [halfShown],
      start: ["half booked"],
    }),
  rehearsal("it is shown once, however long it lasts", process)
    .given(...begun, posted("GR-7", "live", "300.00"), hourLater)
    .when(hourLater)
    .decides({ start: ["half booked"] }),
  rehearsal("booked by the other too it needs nobody any more", process)
    .given(...begun, posted("GR-7", "live", "300.00"), hourLater)
    .when(posted("GR-7", "shadow", "300.00"))
    .decides({
      state: { ...comparing, compared: 1, inARow: 1, booked: { legacy: 1, cloud: 0 } },
      publish: [
        operations.ExceptionResolved.of({
          subject: `cutover/${cutoverId}`,
          fingerprint: "cut-over/half-booked",
          how: "by itself",
          reason: "Both have booked them.",
        }),
      ],
      stop: ["half booked"],
    }),
];

const entered = (document: string, ledger: "legacy" | "cloud") =>
  cutover.DirectlyPosted.of({
    cutoverId,
    ledger,
    document,
    purchaseOrderId: "PO-501",
    by: "PMILLER",
    value: "36.00",
    postedAt: STILL,
  });
const shown = (document: string) =>
  operations.ExceptionRaised.of({
    subject: `goodsReceipt/${document}`,
    fingerprint: "cut-over/entered-directly",
    class: "duplicate or conflict",
    state: "held",
    title: "A goods receipt was entered in the first ERP, which does not book them any more.",
    reason: `PMILLER entered ${document} of PO-501 there. Goods and debt would stand in two books. Say under Approvals whether it is taken back.`,
    owner: "finance",
    valueAtRisk: { amount: "36.00", currency: "EUR" },
  });
const over = (document: string, reason: string) =>
  operations.ExceptionResolved.of({
    subject: `goodsReceipt/${document}`,
    fingerprint: "cut-over/entered-directly",
    how: "by person",
    reason,
  });
const question = (document: string) => ({
  approval: "reversal" as const,
  because: `PMILLER entered goods receipt ${document} of PO-501 over 36.00 EUR directly in the first ERP, which does not book them any more. Take it back?`,
});
const foreign = (document: string, stands: CutoverState["foreign"][number]["stands"]) => ({
  document,
  ledger: "legacy" as const,
  purchaseOrderId: "PO-501",
  by: "PMILLER",
  value: "36.00",
  stands,
});

const moves: readonly Rehearsal[] = [
  rehearsal("before the criterion is met the next ERP is not made the one that counts", process)
    .given(...begun, ...alike("GR-1"))
    .when(wanted("cloud", "Go."))
    .decides({
      note: `maria has to wait: ${cutoverId} goes to cloud after 2 alike in a row in both systems, and there are 1.`,
    }),
  rehearsal("with a yes the next ERP books alone", process)
    .given(...good, wanted("cloud", "It agrees."))
    .when(approved("switch", "maria", "It agrees."))
    .decides({
      state: there,
      reach: "moved",
      withdraw: "compared",
      publish: [switched("shadow", "cloud", "2/cloud", "It agrees.")],
    }),
  rehearsal("what came before the switch and is booked after it is told apart", process)
    .given(...moved)
    .when(counted("GR-3", "legacy", "shadow"))
    .decides({
      state: {
        ...there,
        booked: { legacy: 3, cloud: 0 },
        overlap: [{ document: "GR-3", ledger: "legacy", came: "shadow", during: "2/cloud" }],
        overlapped: 1,
        half: { "GR-3": { side: "live", figures: figures("300.00"), since: STILL } },
      },
      start: ["half booked"],
    }),
  rehearsal("back at once, and forward again without another parallel run", process)
    .given(
      ...moved,
      counted("GR-3", "cloud", "cloud"),
      wanted("legacy", "A drill."),
      approved("switch", "maria", "A drill."),
      counted("GR-4", "legacy", "legacy"),
    )
    .when(wanted("cloud", "The drill is over."))
    .decides({
      state: {
        ...there,
        stage: "legacy",
        switches: 3,
        booked: { legacy: 3, cloud: 1 },
        wanted: { to: "cloud", by: "maria", reason: "The drill is over." },
      },
      ask: asks("legacy", "cloud", "The drill is over. 3 booked by the first, 1 by the next."),
    }),
  rehearsal("what somebody enters in the first ERP after the switch is shown, and asked about", process)
    .given(...moved)
    .when(entered("5100311", "legacy"))
    .decides({
      state: { ...there, foreign: [foreign("5100311", "asked")] },
      ask: [question("5100311")],
      publish: [shown("5100311")],
    }),
  rehearsal("a second one waits for the answer to the first", process)
    .given(...moved, entered("5100311", "legacy"))
    .when(entered("5100312", "legacy"))
    .decides({
      state: { ...there, foreign: [foreign("5100311", "asked"), foreign("5100312", "waiting")] },
      publish: [shown("5100312")],
    }),
  rehearsal("with a yes it is taken back, and the next one is asked about", process)
    .given(...moved, entered("5100311", "legacy"), entered("5100312", "legacy"))
    .when(approved("reversal", "maria", "Booked twice."))
    .decides({
      state: { ...there, foreign: [foreign("5100311", "reversing"), foreign("5100312", "asked")] },
      ask: [question("5100312")],
      send: [
        {
          message: plant.ReverseGoodsReceipt.of({
            cutoverId,
            purchaseOrderId: "PO-501",
            document: "5100311",
            postingDate: STILL.slice(0, 10),
            reason: "Booked twice.",
          }),
        },
      ],
    }),
  rehearsal("taken back it needs nobody any more", process)
    .given(...moved, entered("5100311", "legacy"), approved("reversal", "maria", "Booked twice."))
    .when(
      cutover.DirectPostingReversed.of({
        cutoverId,
        ledger: "legacy",
        document: "5100311",
        purchaseOrderId: "PO-501",
        reference: "5950001",
      }),
    )
    .decides({
      state: { ...there, foreign: [foreign("5100311", "reversed")] },
      publish: [over("5100311", "It was taken back as 5950001.")],
    }),
  rehearsal("with a no it stays, with name and reason", process)
    .given(...moved, entered("5100311", "legacy"))
    .when(declined("reversal", "The goods are other ones."))
    .decides({
      state: { ...there, foreign: [foreign("5100311", "left")] },
      publish: [over("5100311", "maria leaves it there: The goods are other ones.")],
    }),
  rehearsal("nobody answers: it is asked again", process)
    .given(...moved, entered("5100311", "legacy"))
    .when(overdue("reversal"))
    .decides({
      ask: [{ approval: "reversal", because: "Nobody has said yet whether 5100311 is taken back." }],
    }),
  rehearsal("what is entered where the step is carried out concerns nobody", process)
    .given(...moved)
    .when(entered("4900007", "cloud"))
    .decides({ note: "PMILLER entered 4900007 in the next ERP, whose turn it is." }),
];

export const rehearsals: readonly Rehearsal[] = [...comparisons, ...halves, ...moves];
