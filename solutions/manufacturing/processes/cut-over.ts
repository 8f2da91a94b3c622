/**
 * A step that is to move to the next system: both carry it out for a while and are compared, then the next one alone, and back at any time.
 *
 * One thing stays true: whose turn it is never changes without a person and a reason, and the next system counts only after it has booked
 * alike often enough. What both booked is held against each other figure by figure; what somebody enters where the step is not carried
 * out any more is shown and taken back.
 */
import { type Cutover, type CutoverStand, milliseconds, process, send } from "crossdock";
import { CutoverStage, cutover, decimals, operations, plant } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";
import { dayOf } from "../words.ts";

type Requested = (typeof cutover.CutoverRequested)["sample"];
type Posted = (typeof cutover.ParallelPosted)["sample"];
type Figures = Posted["figures"];

const Ledger = Type.Enum(["legacy", "cloud"]);
const State = Type.Object({
  cutoverId: Type.String(),
  step: Type.String(),
  entity: Type.String(),
  plant: Type.String(),
  stage: CutoverStage,
  switches: Type.Integer(),
  /** What waits for a decision. */
  wanted: Type.Union([
    Type.Object({ to: CutoverStage, by: Type.String(), reason: Type.String() }),
    Type.Null(),
  ]),
  /** Booked by one of the two so far, what it booked and when that was heard; and those of them that were shown. */
  half: Type.Record(
    Type.String(),
    Type.Object({
      side: Type.Enum(["live", "shadow"]),
      figures: Type.Record(Type.String(), Type.String()),
      since: Type.String(),
    }),
  ),
  shown: Type.Array(Type.String()),
  /** Of this parallel run: documents both have booked, how many of them alike in a row, and how many differ by which cause. */
  compared: Type.Integer(),
  inARow: Type.Integer(),
  causes: Type.Record(Type.String(), Type.Integer()),
  /** Whether it was good enough, and nothing has differed since. */
  met: Type.Boolean(),
  /** Documents booked where they count since the first switch, by whose books they are in. */
  booked: Type.Object({ legacy: Type.Integer(), cloud: Type.Integer() }),
  /** The last that came before a switch and were booked after it, as they had begun; and how many there were. */
  overlap: Type.Array(
    Type.Object({ document: Type.String(), ledger: Ledger, came: CutoverStage, during: Type.String() }),
  ),
  overlapped: Type.Integer(),
  /** What somebody entered where the step is not carried out any more. */
  foreign: Type.Array(
    Type.Object({
      document: Type.String(),
      ledger: Ledger,
      purchaseOrderId: Type.String(),
      by: Type.String(),
      value: Type.String(),
      stands: Type.Enum(["asked", "waiting", "reversing", "reversed", "left"]),
    }),
  ),
});
type State = Type.Static<typeof State>;

export type { State as CutoverState };

type Foreign = State["foreign"][number];

/** The step the ERP that is to follow is compared in, as everybody who looks its stage up calls it. */
export const goodsReceiptsOf = ({ entity, plant: where }: Pick<Policy, "entity" | "plant">): string =>
  `goods-receipt/${entity}/${where}`;

/** In whose books a step counts at a stage. */
const counts = (stage: CutoverStage): "legacy" | "cloud" => (stage === "cloud" ? "cloud" : "legacy");

/** Documents that are told one by one on the board. */
const KEPT = 100;
const FRESH = { half: {}, shown: [], compared: 0, inARow: 0, causes: {}, met: false };

/** A step nobody has moved. */
const begun = ({
  cutoverId,
  step,
  entity,
  plant: where,
}: Pick<State, "cutoverId" | "step" | "entity" | "plant">): State => ({
  cutoverId,
  step,
  entity,
  plant: where,
  stage: "legacy",
  switches: 0,
  wanted: null,
  booked: { legacy: 0, cloud: 0 },
  overlap: [],
  overlapped: 0,
  foreign: [],
  ...FRESH,
});

const alikeIn = ({ compared, causes }: Pick<State, "compared" | "causes">): number =>
  compared - Object.values(causes).reduce((sum, count) => sum + count, 0);

/** `93 %`, or `95.3 %`: how many of the compared documents were booked alike. */
function scoreOf(state: Pick<State, "compared" | "causes">): string {
  if (state.compared === 0) return "nothing compared yet";
  const hundredfold = decimals.multiply("100", String(alikeIn(state)));
  return `${decimals.divide(hundredfold, String(state.compared), 1)} %`;
}

/** What one booked and the other did not, or differently by more than the tolerance; a figure nobody names is zero. */
function differencesBetween(live: Figures, shadow: Figures, tolerance: string) {
  return [...new Set([...Object.keys(live), ...Object.keys(shadow)])].flatMap((figure) => {
    const [one, other] = [live[figure] ?? "0", shadow[figure] ?? "0"];
    const apart = decimals.subtract(one, other).replace(/^-/, "");
    return decimals.compare(apart, tolerance) > 0 ? [{ figure, live: one, shadow: other }] : [];
  });
}

/** What documents that differ have in common: the figures and the items. */
function causeOf(live: Figures, differences: readonly { readonly figure: string }[]): string {
  const items = Object.keys(live).filter((figure) => figure !== "value");
  return `${differences.map(({ figure }) => figure).join(", ")} of ${items.join(", ")}`;
}

const subjectOf = ({ cutoverId }: State) => `cutover/${cutoverId}`;
const HALF = "cut-over/half-booked";
const DIRECT = "cut-over/entered-directly";

/** Nothing is half any more of what was shown. */
const whole = (before: State, after: Pick<State, "half">) => {
  const shown = before.shown.filter((document) => after.half[document] !== undefined);
  return {
    shown,
    heard:
      before.shown.length > 0 && shown.length === 0
        ? [
            operations.ExceptionResolved.of({
              subject: subjectOf(before),
              fingerprint: HALF,
              how: "by itself",
              reason: "Both have booked them.",
            }),
          ]
        : [],
  };
};

export const cutOver = ({
  entity: ours,
  plant: here,
  reviews,
  parallelRun,
  patience,
  currency,
  whatIf,
}: Pick<Policy, "entity" | "plant" | "reviews" | "parallelRun" | "patience" | "currency"> &
  Pick<Cutover, "whatIf">) => {
  const goodsReceipts = {
    cutoverId: goodsReceiptsOf({ entity: ours, plant: here }),
    step: "goods-receipt",
    entity: ours,
    plant: here,
  };
  const stands = (state: State): string => {
    const run = `${state.compared} compared, ${scoreOf(state)}, ${state.inARow} alike in a row.`;
    if (state.stage === "shadow") return ` ${run}`;
    return state.switches === 0
      ? ""
      : ` ${state.booked.legacy} booked by the first, ${state.booked.cloud} by the next.`;
  };
  const asking = (state: State, { to, by, reason }: Requested) => {
    const { cutoverId, stage, wanted, inARow, met } = state;
    if (wanted !== null) return { note: `${by} has to wait: ${wanted.to} is to be decided first.` };
    if (stage === to) return { note: `${cutoverId} is at ${to} already.` };
    if (to === "cloud" && !met)
      return {
        note: `${by} has to wait: ${cutoverId} goes to ${to} after ${parallelRun.inARow} alike in a row in both systems, and there are ${inARow}.`,
      };
    return {
      state: { ...state, wanted: { to, by, reason } },
      ask: [
        {
          approval: "switch" as const,
          because: `${by} wants ${cutoverId} to go from ${stage} to ${to}: ${reason}${stands(state)}`,
        },
      ],
    };
  };

  /** Puts the next document that was entered directly to whoever answers for the step; one question stands at a time. */
  const next = (state: State) => {
    const waiting = state.foreign.find((one) => one.stands === "waiting");
    if (!waiting || state.foreign.some((one) => one.stands === "asked")) return { state };
    return {
      state: standing(state, waiting.document, "asked"),
      ask: [
        {
          approval: "reversal" as const,
          because: `${waiting.by} entered goods receipt ${waiting.document} of ${waiting.purchaseOrderId} over ${waiting.value} ${currency} directly in the ${NAMES[waiting.ledger]}, which does not book them any more. Take it back?`,
        },
      ],
    };
  };

  return process({
    name: "cut-over",
    version: 1,
    owner: "integration",
    summary:
      "A step that is to move to the next system, from the first comparison to the last booking of the old one.",
    keyType: "cutover",
    state: State,
    milestones: { compared: {}, "criterion met": {}, moved: {} },
    approvals: { switch: reviews.switch, reversal: reviews.switch },
    timers: { "half booked": patience["half booked"] },
    // What was told before anybody wanted to compare concerns nobody.
    ifStarted: [cutover.ParallelPosted, cutover.DirectlyPosted, cutover.DirectPostingReversed],
    cutover: {
      before: { [goodsReceipts.cutoverId]: standOf(begun(goodsReceipts), parallelRun.inARow) },
      stand: (state) => standOf(state, parallelRun.inARow),
      compare: (live, shadow) => {
        const differences = differencesBetween(live, shadow, parallelRun.tolerance);
        return differences.length === 0 ? null : { cause: causeOf(live, differences), differences };
      },
      whatIf,
    },
  })
    .startsOn(
      cutover.CutoverRequested,
      "cutoverId",
      (wanted) => {
        const state = begun(wanted);
        return { state, ...asking(state, wanted) };
      },
      asking,
    )
    .whenApproved("switch", (state, { by, comment, at }) => {
      const { cutoverId, step, entity, plant: where, stage: from, wanted } = state;
      if (wanted === null) return { note: "Nothing waits for a decision." };
      const { to } = wanted;
      const switches = state.switches + 1;
      const switched = cutover.CutoverSwitched.of({
        cutoverId,
        step,
        entity,
        plant: where,
        from,
        to,
        by,
        stage: `${switches}/${to}`,
        reason: comment || wanted.reason,
        switchedAt: at,
      });
      const after: State = { ...state, stage: to, switches, wanted: null };
      if (to === "shadow")
        return {
          state: { ...after, ...FRESH },
          reach: "compared",
          withdraw: ["criterion met", "moved"],
          stop: ["half booked"],
          publish: [switched, ...whole(state, FRESH).heard],
        };
      return to === "cloud"
        ? { state: after, reach: "moved", withdraw: "compared", publish: [switched] }
        : { state: after, withdraw: ["compared", "moved"], publish: [switched] };
    })
    .whenDeclined("switch", (state, { by, comment }) => ({
      state: { ...state, wanted: null },
      note: `${by} leaves ${state.cutoverId} at ${state.stage}: ${comment}`,
    }))
    .whenOverdue("switch", () => ({
      ask: [{ approval: "switch", because: "The switch still waits for a decision." }],
    }))

    .when(cutover.ParallelPosted, "cutoverId", (before, posted, { at }) => {
      const { document, side, figures, ledger, stage: came } = posted;
      const state = side === "live" ? countedIn(before, posted) : before;
      // Only what came while both were to book it has a partner.
      if (came !== "shadow") return { state };
      const { [document]: other, ...half } = state.half;
      if (other === undefined) {
        const alone = { side, figures, since: at };
        return {
          state: { ...state, half: { ...half, [document]: alone } },
          ...(Object.keys(half).length === 0 ? { start: ["half booked" as const] } : {}),
        };
      }
      if (other.side === side) return { note: `The ${ledger} side has told of ${document} before.` };
      const { shown, heard } = whole(state, { half });
      const stop = Object.keys(half).length === 0 ? { stop: ["half booked" as const] } : {};
      const [live, shadow] = side === "live" ? [figures, other.figures] : [other.figures, figures];
      const differences = differencesBetween(live, shadow, parallelRun.tolerance);
      const compared = state.compared + 1;
      if (differences.length === 0) {
        const inARow = state.inARow + 1;
        const met = state.met || inARow >= parallelRun.inARow;
        return {
          state: { ...state, half, shown, compared, inARow, met },
          ...(met && !state.met ? { reach: "criterion met" as const } : {}),
          ...(heard.length > 0 ? { publish: heard } : {}),
          ...stop,
        };
      }
      const cause = causeOf(live, differences);
      const causes = { ...state.causes, [cause]: (state.causes[cause] ?? 0) + 1 };
      const { cutoverId } = state;
      return {
        state: { ...state, half, shown, compared, inARow: 0, causes, met: false },
        withdraw: "criterion met",
        publish: [cutover.ParallelDifferenceFound.of({ cutoverId, document, cause, differences }), ...heard],
        ...stop,
      };
    })
    .whenElapsed("half booked", (state, { at }) => {
      const long = Date.parse(at) - milliseconds(patience["half booked"]);
      const overdue = Object.entries(state.half).filter(([, { since }]) => Date.parse(since) <= long);
      const again = Object.keys(state.half).length > 0 ? { start: ["half booked" as const] } : {};
      if (overdue.every(([document]) => state.shown.includes(document))) return { ...again };
      const of = (side: Posted["side"]) =>
        overdue.filter(([, one]) => one.side === side).map(([document]) => document);
      const named = ([first, ...rest]: readonly string[]) =>
        rest.length === 0 ? first : `${first} and ${rest.length} more`;
      const said = [
        { all: of("live"), who: "first", other: "next" },
        { all: of("shadow"), who: "next", other: "first" },
      ].flatMap(({ all, who, other }) =>
        all.length === 0 ? [] : [`The ${who} ERP has booked ${named(all)}, and the ${other} one has not.`],
      );
      return {
        state: { ...state, shown: overdue.map(([document]) => document) },
        publish: [
          operations.ExceptionRaised.of({
            subject: subjectOf(state),
            fingerprint: HALF,
            class: "duplicate or conflict",
            state: "held",
            title: "Receipts both ERPs were told of are booked by one of them only.",
            reason: `${said.join(" ")} Look what is set aside for the other, or enter it there.`,
            owner: reviews.switch.by,
          }),
        ],
        ...again,
      };
    })

    .when(cutover.DirectlyPosted, "cutoverId", (state, told) => {
      const { ledger, document, purchaseOrderId, by, value } = told;
      if (state.foreign.some((one) => one.document === document && one.ledger === ledger))
        return { note: `${document} was told of before.` };
      if (counts(state.stage) === ledger)
        return { note: `${by} entered ${document} in the ${NAMES[ledger]}, whose turn it is.` };
      const foreign: Foreign = { document, ledger, purchaseOrderId, by, value, stands: "waiting" };
      return {
        ...next({ ...state, foreign: [...state.foreign, foreign] }),
        publish: [
          operations.ExceptionRaised.of({
            subject: `goodsReceipt/${document}`,
            fingerprint: DIRECT,
            class: "duplicate or conflict",
            state: "held",
            title: `A goods receipt was entered in the ${NAMES[ledger]}, which does not book them any more.`,
            reason: `${by} entered ${document} of ${purchaseOrderId} there. Goods and debt would stand in two books. Say under Approvals whether it is taken back.`,
            owner: reviews.switch.by,
            valueAtRisk: { amount: value, currency },
          }),
        ],
      };
    })
    .whenApproved("reversal", (state, { by, comment, at }) => {
      const asked = state.foreign.find((one) => one.stands === "asked");
      if (!asked) return { note: "Nothing is to be taken back." };
      const { document, purchaseOrderId } = asked;
      return {
        ...next(standing(state, document, "reversing")),
        send: [
          send(
            plant.ReverseGoodsReceipt.of({
              cutoverId: state.cutoverId,
              purchaseOrderId,
              document,
              postingDate: dayOf(at),
              reason: comment || `${by}: the next ERP books goods receipts.`,
            }),
          ),
        ],
      };
    })
    .whenDeclined("reversal", (state, { by, comment }) => {
      const asked = state.foreign.find((one) => one.stands === "asked");
      if (!asked) return { note: "Nothing is to be taken back." };
      return {
        ...next(standing(state, asked.document, "left")),
        publish: [over(asked, `${by} leaves it there: ${comment}`)],
      };
    })
    .whenOverdue("reversal", (state) => {
      const asked = state.foreign.find((one) => one.stands === "asked");
      return {
        ask: [
          { approval: "reversal", because: `Nobody has said yet whether ${asked?.document} is taken back.` },
        ],
      };
    })
    .when(cutover.DirectPostingReversed, "cutoverId", (state, { document, reference }) => {
      const known = state.foreign.find((one) => one.document === document);
      if (!known) return { note: `${document} was not entered directly.` };
      return {
        state: standing(state, document, "reversed"),
        publish: [over(known, `It was taken back as ${reference}.`)],
      };
    });
};

/** As people look at it. */
function standOf(state: State, needed: number): CutoverStand {
  const { step, entity, plant: where, stage, wanted, compared, inARow, met, causes, half } = state;
  const { booked, overlap, overlapped, foreign } = state;
  return {
    step,
    entity,
    plant: where,
    stage,
    wanted,
    compared,
    alike: alikeIn(state),
    inARow,
    needed,
    score: scoreOf(state),
    met,
    causes,
    half: Object.entries(half).map(([document, { side, since }]) => ({
      document,
      by: side === "live" ? "legacy" : "cloud",
      since,
    })),
    booked,
    overlap,
    overlapped,
    foreign: foreign.map(({ document, ledger, by, value, stands }) => ({
      document,
      ledger,
      by,
      value,
      stands,
    })),
  };
}

const NAMES = { legacy: "first ERP", cloud: "next ERP" } as const;

const standing = (state: State, document: string, stands: Foreign["stands"]): State => ({
  ...state,
  foreign: state.foreign.map((one) => (one.document === document ? { ...one, stands } : one)),
});

const over = (foreign: Foreign, reason: string) =>
  operations.ExceptionResolved.of({
    subject: `goodsReceipt/${foreign.document}`,
    fingerprint: DIRECT,
    how: "by person",
    reason,
  });

/** Booked where it counts; what came before the last switch is told apart. */
function countedIn(state: State, { document, ledger, stage: came }: Posted): State {
  const booked = { ...state.booked, [ledger]: state.booked[ledger] + 1 };
  if (counts(came) === counts(state.stage)) return { ...state, booked };
  const late = { document, ledger, came, during: `${state.switches}/${state.stage}` };
  return {
    ...state,
    booked,
    overlap: [...state.overlap, late].slice(-KEPT),
    overlapped: state.overlapped + 1,
  };
}
