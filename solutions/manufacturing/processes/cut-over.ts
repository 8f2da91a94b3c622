/**
 * A step that is to move to the next system: whether both carry it out for a while, and how well they agree while they do.
 *
 * One thing stays true: nobody compares, or stops comparing, without a person and a reason. What both booked is held against each
 * other document by document, figure by figure; the system that is live waits for none of it.
 */
import { process } from "crossdock";
import { cutover, decimals } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

type Requested = (typeof cutover.CutoverRequested)["sample"];
type Posted = (typeof cutover.ParallelPosted)["sample"];
type Figures = Posted["figures"];

const State = Type.Object({
  cutoverId: Type.String(),
  step: Type.String(),
  entity: Type.String(),
  plant: Type.String(),
  stage: Type.Enum(["legacy", "shadow"]),
  switches: Type.Integer(),
  /** What waits for a decision. */
  wanted: Type.Union([
    Type.Object({ to: Type.Enum(["legacy", "shadow"]), by: Type.String(), reason: Type.String() }),
    Type.Null(),
  ]),
  /** Booked by one of the two so far, and what it booked. */
  half: Type.Record(
    Type.String(),
    Type.Object({
      side: Type.Enum(["live", "shadow"]),
      figures: Type.Record(Type.String(), Type.String()),
    }),
  ),
  /** Of this parallel run: documents both have booked, how many of them alike in a row, and how many differ by which cause. */
  compared: Type.Integer(),
  inARow: Type.Integer(),
  causes: Type.Record(Type.String(), Type.Integer()),
});
type State = Type.Static<typeof State>;

/** The step the ERP that is to follow is compared in, as everybody who looks its stage up calls it. */
export const goodsReceiptsOf = ({ entity, plant }: Pick<Policy, "entity" | "plant">): string =>
  `goods-receipt/${entity}/${plant}`;

const FRESH = { half: {}, compared: 0, inARow: 0, causes: {} };

/** `93 %`, or `95.3 %`: how many of the compared documents were booked alike. */
export function scoreOf({ compared, causes }: Pick<State, "compared" | "causes">): string {
  if (compared === 0) return "nothing compared yet";
  const alike = compared - Object.values(causes).reduce((sum, count) => sum + count, 0);
  return `${decimals.divide(decimals.multiply("100", String(alike)), String(compared), 1)} %`;
}

/** What one booked and the other did not, or differently by more than the tolerance; a figure nobody names is zero. */
function differencesBetween(live: Figures, shadow: Figures, tolerance: string) {
  return [...new Set([...Object.keys(live), ...Object.keys(shadow)])].flatMap((figure) => {
    const [one, other] = [live[figure] ?? "0", shadow[figure] ?? "0"];
    const apart = decimals.subtract(one, other).replace(/^-/, "");
    return decimals.compare(apart, tolerance) > 0 ? [{ figure, live: one, shadow: other }] : [];
  });
}

export const cutOver = ({ reviews, parallelRun }: Pick<Policy, "reviews" | "parallelRun">) => {
  const asking = (state: State, { to, by, reason }: Requested) => {
    if (state.wanted !== null)
      return { note: `${by} has to wait: ${state.wanted.to} is to be decided first.` };
    if (state.stage === to) return { note: `${state.cutoverId} is at ${to} already.` };
    const stands =
      state.stage === "shadow"
        ? ` ${state.compared} compared, ${scoreOf(state)}, ${state.inARow} alike in a row.`
        : "";
    return {
      state: { ...state, wanted: { to, by, reason } },
      ask: [
        {
          approval: "switch" as const,
          because: `${by} wants ${state.cutoverId} to go from ${state.stage} to ${to}: ${reason}${stands}`,
        },
      ],
    };
  };
  return process({
    name: "cut-over",
    version: 1,
    owner: "integration",
    summary: "A step that is to move to the next system, from the first comparison on.",
    keyType: "cutover",
    state: State,
    milestones: { compared: {}, "criterion met": {} },
    approvals: { switch: reviews.switch },
    // What was told before anybody wanted to compare concerns nobody.
    ifStarted: [cutover.ParallelPosted],
  })
    .startsOn(
      cutover.CutoverRequested,
      "cutoverId",
      (wanted) => {
        const { cutoverId, step, entity, plant } = wanted;
        const state: State = {
          cutoverId,
          step,
          entity,
          plant,
          stage: "legacy",
          switches: 0,
          wanted: null,
          ...FRESH,
        };
        return { state, ...asking(state, wanted) };
      },
      asking,
    )
    .whenApproved("switch", (state, { by, comment, at }) => {
      const { cutoverId, step, entity, plant, stage: from, wanted } = state;
      if (wanted === null) return { note: "Nothing waits for a decision." };
      const { to } = wanted;
      const switches = state.switches + 1;
      const switched = cutover.CutoverSwitched.of({
        cutoverId,
        step,
        entity,
        plant,
        from,
        to,
        by,
        stage: `${switches}/${to}`,
        reason: comment || wanted.reason,
        switchedAt: at,
      });
      const next: State = { ...state, stage: to, switches, wanted: null };
      return to === "shadow"
        ? { state: { ...next, ...FRESH }, reach: "compared", withdraw: "criterion met", publish: [switched] }
        : { state: next, withdraw: "compared", publish: [switched] };
    })
    .whenDeclined("switch", (state, { by, comment }) => ({
      state: { ...state, wanted: null },
      note: `${by} leaves ${state.cutoverId} at ${state.stage}: ${comment}`,
    }))
    .whenOverdue("switch", () => ({
      ask: [{ approval: "switch", because: "The switch still waits for a decision." }],
    }))
    .when(cutover.ParallelPosted, "cutoverId", (state, { document, side, figures }) => {
      const { [document]: other, ...half } = state.half;
      if (other === undefined)
        return { state: { ...state, half: { ...half, [document]: { side, figures } } } };
      if (other.side === side) return { note: `The ${side} side has told of ${document} before.` };
      const [live, shadow] = side === "live" ? [figures, other.figures] : [other.figures, figures];
      const differences = differencesBetween(live, shadow, parallelRun.tolerance);
      const compared = state.compared + 1;
      if (differences.length === 0) {
        const inARow = state.inARow + 1;
        return {
          state: { ...state, half, compared, inARow },
          ...(inARow === parallelRun.inARow ? { reach: "criterion met" as const } : {}),
        };
      }
      const items = Object.keys(live).filter((figure) => figure !== "value");
      const cause = `${differences.map(({ figure }) => figure).join(", ")} of ${items.join(", ")}`;
      const causes = { ...state.causes, [cause]: (state.causes[cause] ?? 0) + 1 };
      const { cutoverId } = state;
      return {
        state: { ...state, half, compared, inARow: 0, causes },
        withdraw: "criterion met",
        publish: [cutover.ParallelDifferenceFound.of({ cutoverId, document, cause, differences })],
      };
    });
};
