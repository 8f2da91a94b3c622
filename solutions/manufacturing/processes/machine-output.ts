/**
 * Machine cycles become output: added up per work centre, told with the cost centre that bears them, and never one by one.
 *
 * A cycle counts once however often it is told. Cycles of a work centre nobody gave a cost centre are counted and shown, and wait for the
 * master record that gives it one: they are released by it, not by a clock.
 *
 * @covers PRC-03, EVT-16
 */
import { type Message, process } from "crossdock";
import { master, operations, production } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

const Cycle = Type.Object({
  cycle: Type.Integer(),
  good: Type.Integer(),
  order: Type.String(),
  item: Type.String(),
  plant: Type.String(),
});
const State = Type.Object({
  workCentre: Type.String(),
  /** Null while nobody has given it one. */
  costCentre: Type.Union([Type.String(), Type.Null()]),
  /** The highest cycle of which all before are told as output. */
  told: Type.Integer(),
  /** Cycles above `told`, not yet enough for a report. */
  open: Type.Array(Cycle),
});
type State = Type.Static<typeof State>;
type Counted = (typeof production.MachineCycleCompleted)["sample"];

export const machineOutput = ({ cyclesPerReport: size }: Policy) =>
  process({
    name: "machine-output",
    version: 1,
    owner: "production",
    summary: "Cycles of a work centre become reports of output.",
    keyType: "workCentre",
    state: State,
    milestones: { assigned: {} },
  })
    .startsOn(
      master.AccountChanged,
      "workCentre",
      ({ workCentre = "", account }) => ({
        state: { workCentre, costCentre: account, told: 0, open: [] },
        reach: "assigned",
      }),
      (state, { account }, { at }) =>
        state.costCentre === null
          ? released({ ...state, costCentre: account }, account, size, at)
          : { state: { ...state, costCentre: account } },
    )
    .startsOn(
      production.MachineCycleCompleted,
      "workCentre",
      (cycle, { at }) => {
        const state: State = { workCentre: cycle.workCentre, costCentre: null, told: 0, open: [] };
        const { publish = [], ...more } = counted(state, cycle, size, at);
        return { state, ...more, publish: [unassigned(state), ...publish] };
      },
      (state, cycle, { at }) => counted(state, cycle, size, at),
    );

/** One more cycle; told with those before it once they are enough. */
function counted(
  state: State,
  cycle: Counted,
  size: number,
  at: string,
): { state?: State; note?: string; publish?: Message[] } {
  if (cycle.cycle <= state.told || state.open.some((one) => one.cycle === cycle.cycle))
    return { note: `Cycle ${cycle.cycle} was counted before.` };
  const { productionOrderId, item } = cycle;
  if (productionOrderId === undefined || item === undefined) return unnamed(state, cycle);
  const open = [...state.open, kept({ ...cycle, productionOrderId, item })].toSorted(
    (left, right) => left.cycle - right.cycle,
  );
  return told({ ...state, open }, size, at);
}

const UNASSIGNED = "machine-output/no-cost-centre";

const unassigned = ({ workCentre }: State): Message =>
  operations.ExceptionRaised.of({
    subject: `workCentre/${workCentre}`,
    fingerprint: UNASSIGNED,
    class: "data",
    state: "held",
    title: "A work centre has no cost centre.",
    reason: `What ${workCentre} makes is counted and waits, because nobody can say who bears it. Give ${workCentre} a cost centre in the master data, and it goes by itself.`,
    owner: "finance",
  });

/** Somebody bears it: everything that was counted meanwhile is told, report by report. */
function released(waiting: State, account: string, size: number, at: string) {
  const publish: Message[] = [
    operations.ExceptionResolved.of({
      subject: `workCentre/${waiting.workCentre}`,
      fingerprint: UNASSIGNED,
      how: "by itself",
      reason: `${account} bears what ${waiting.workCentre} makes.`,
    }),
  ];
  for (let state = waiting; ; ) {
    const next = told(state, size, at);
    if (!next.publish) return { state, reach: "assigned" as const, publish };
    publish.push(...next.publish);
    state = next.state;
  }
}

/** A cycle of which nobody can say what it made: it is shown, and the reports of its work centre wait for it to be told again. */
const unnamed = ({ workCentre }: State, { cycle, productionOrderId }: Counted) => ({
  publish: [
    operations.ExceptionRaised.of({
      subject: `workCentre/${workCentre}`,
      fingerprint: "machine-output/unnamed",
      class: "data" as const,
      state: "held" as const,
      title: "A machine counts for nothing that is known.",
      reason: `Cycle ${cycle} of ${workCentre} names no ${productionOrderId === undefined ? "production order" : "item"}. Have it told again with it.`,
      owner: "production",
    }),
  ],
});

const kept = ({
  cycle,
  good,
  productionOrderId,
  item,
  plant,
}: Counted & { productionOrderId: string; item: string }) => ({
  cycle,
  good,
  order: productionOrderId,
  item,
  plant,
});

/** Tells one report when its cycles follow each other without a gap; a gap waits for what is still on its way. */
function told(state: State, size: number, at: string): { state: State; publish?: Message[] } {
  const { costCentre } = state;
  const part = state.open.slice(0, size);
  const [first] = part;
  const last = state.told + size;
  if (costCentre === null || first === undefined || part.length < size || part.at(-1)?.cycle !== last)
    return { state };
  const output = production.OutputCompleted.of({
    productionOrderId: first.order,
    plant: first.plant,
    reportId: `${state.workCentre}/${state.told + 1}-${last}`,
    item: first.item,
    quantity: { value: String(part.reduce((sum, { good }) => sum + good, 0)), uom: "EA" },
    workCentre: state.workCentre,
    costCentre,
    cycles: { from: state.told + 1, to: last },
    completedAt: at,
  });
  return { state: { ...state, told: last, open: state.open.slice(size) }, publish: [output] };
}
