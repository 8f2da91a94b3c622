/**
 * A production order from its release to its cost: what the plant reports is booked once, in stock and value together.
 *
 * One thing stays true: pieces made and lost are one ledger with what was ordered, and every report is booked under its own
 * number. A scrap whose period has closed is held for the controller, who books it into the next one under its own day.
 *
 * @covers PRC-13, PRC-27, PRC-04, EVT-15, EVT-17, EVT-18, EVT-19, EVT-23, EVT-43
 */
import { process, send } from "crossdock";
import { costing, decimals, finance, operations, plant, production } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";
import { periodOf } from "../words.ts";

const Scrap = Type.Object({
  reportId: Type.String(),
  item: Type.String(),
  quantity: Type.String(),
  reasonCode: Type.String(),
  day: Type.String(),
  operation: Type.Optional(Type.String()),
  workCentre: Type.Optional(Type.String()),
});
type Scrap = Type.Static<typeof Scrap>;

const State = Type.Object({
  productionOrderId: Type.String(),
  plant: Type.String(),
  item: Type.String(),
  ordered: Type.String(),
  made: Type.String(),
  scrapped: Type.String(),
  started: Type.Boolean(),
  completed: Type.Boolean(),
  /** Reports heard, by their numbers. */
  heard: Type.Array(Type.String()),
  /** Reports asked of the ledger and not yet accepted. */
  posting: Type.Array(Type.String()),
  /** Scraps whose period is being looked up, and those that wait for the controller. */
  checking: Type.Array(Scrap),
  held: Type.Array(Scrap),
  /** The first open day of those that are held. */
  nextOpenDay: Type.String(),
  closing: Type.Boolean(),
});
type State = Type.Static<typeof State>;

export type { State as ProductionState };

const pieces = (value: string) => ({ value, uom: "EA" });
const daysOf = (at: string) => ({ documentDate: at.slice(0, 10), postingDate: at.slice(0, 10) });

/** What a plant may never do. */
export const BEFORE_RELEASE = {
  title: "A plant made something of an order nobody released.",
  fingerprint: "production-order/output-before-release",
};

export const productionOrder = (policy: Policy) => {
  /** Asked of the ledger, so that whoever closes the period knows it is under way. */
  const asked = (state: State, reportId: string, day: string) =>
    finance.PostingRequested.of({
      sourceDocument: reportId,
      ledger: "ERP",
      productionOrderId: state.productionOrderId,
      ...periodOf(policy, day),
    });

  const hears = (state: State, reportId: string): State => ({ ...state, heard: [...state.heard, reportId] });
  const posts = (state: State, reportId: string): State => ({
    ...state,
    posting: [...state.posting, reportId],
  });
  const of = ({ productionOrderId, plant: where }: State) => ({ productionOrderId, plant: where });
  const undoing = (state: State, reportId: string) =>
    plant.ReverseProductionMovement.of({ ...of(state), reportId, reason: "The order was given up." });

  /** Books a scrap on its own day, or on the day its period allows. */
  const scrapping = (state: State, scrap: Scrap, postingDate: string) =>
    send(
      plant.PostScrap.of({
        ...of(state),
        reportId: scrap.reportId,
        item: scrap.item,
        quantity: pieces(scrap.quantity),
        reasonCode: scrap.reasonCode,
        documentDate: scrap.day,
        postingDate,
        ...(scrap.operation === undefined ? {} : { operation: scrap.operation }),
        ...(scrap.workCentre === undefined ? {} : { workCentre: scrap.workCentre }),
      }),
      { undo: undoing(state, scrap.reportId) },
    );

  return process({
    name: "production-order",
    version: 1,
    owner: "production",
    summary: "From the release of a production order to its cost.",
    keyType: "productionOrder",
    state: State,
    milestones: { released: {}, started: {}, completed: {}, costed: {} },
    approvals: { "late posting": policy.reviews["late posting"] },
    afterEnd: [finance.PostingAccepted, production.ProductionStateChanged],
    neverBefore: [
      {
        contract: production.OutputCompleted,
        ...BEFORE_RELEASE,
        class: "business hold",
        owner: policy.reviews.plan.by,
      },
    ],
  })
    .startsOn(production.ProductionOrderReleased, "productionOrderId", (order, { at }) => ({
      state: {
        productionOrderId: order.productionOrderId,
        plant: order.plant,
        item: order.item,
        ordered: order.quantity.value,
        made: "0",
        scrapped: "0",
        started: false,
        completed: false,
        heard: [],
        posting: [],
        checking: [],
        held: [],
        nextOpenDay: "",
        closing: false,
      },
      reach: "released",
      send: [
        send(
          plant.ReleaseProductionOrder.of({
            productionOrderId: order.productionOrderId,
            plant: order.plant,
            item: order.item,
            quantity: order.quantity,
            materials: order.materials,
            ...(order.startTime === undefined ? {} : { startTime: order.startTime }),
            scheduleVersion: 1,
            askedAt: at,
          }),
          {
            undo: plant.CancelProductionOrder.of({
              productionOrderId: order.productionOrderId,
              plant: order.plant,
              askedAt: at,
              reason: "The order was given up.",
            }),
          },
        ),
      ],
    }))

    .when(production.MaterialConsumed, "productionOrderId", (state, used) => {
      if (state.heard.includes(used.reportId)) return { note: `Report ${used.reportId} was heard before.` };
      const day = used.consumedAt.slice(0, 10);
      return {
        state: { ...posts(hears(state, used.reportId), used.reportId), started: true },
        ...(state.started ? {} : { reach: "started" as const }),
        publish: [
          asked(state, used.reportId, day),
          ...used.materials.map(({ item, quantity }) =>
            production.DemandSignalled.of({
              demandId: `${used.reportId}/${item}`,
              item,
              plant: state.plant,
              quantity,
              period: day.slice(0, 7),
              cause: `${state.productionOrderId} used ${quantity.value}.`,
              productionOrderId: state.productionOrderId,
            }),
          ),
        ],
        send: [
          send(
            plant.PostConsumption.of({
              ...of(state),
              reportId: used.reportId,
              materials: used.materials,
              ...daysOf(used.consumedAt),
            }),
            { undo: undoing(state, used.reportId) },
          ),
        ],
      };
    })

    .when(production.OutputCompleted, "productionOrderId", (state, output) => {
      if (state.heard.includes(output.reportId))
        return { note: `Report ${output.reportId} was heard before.` };
      const made = decimals.add(state.made, output.quantity.value);
      const completed = decimals.compare(decimals.add(made, state.scrapped), state.ordered) >= 0;
      const above = decimals.compare(made, state.ordered) > 0;
      return {
        state: { ...posts(hears(state, output.reportId), output.reportId), made, started: true, completed },
        ...reached([
          ...(state.started ? [] : ["started" as const]),
          ...(completed && !state.completed ? ["completed" as const] : []),
        ]),
        publish: [
          asked(state, output.reportId, output.completedAt.slice(0, 10)),
          ...(above ? [tooMuch(state, made)] : []),
        ],
        send: [
          send(
            plant.PostProductionReceipt.of({
              ...of(state),
              reportId: output.reportId,
              item: output.item,
              quantity: output.quantity,
              ...daysOf(output.completedAt),
              ...(output.lot === undefined ? {} : { lot: output.lot }),
              ...(output.workCentre === undefined ? {} : { workCentre: output.workCentre }),
              ...(output.costCentre === undefined ? {} : { costCentre: output.costCentre }),
            }),
            { undo: undoing(state, output.reportId) },
          ),
          send(
            plant.PutAway.of({
              ...of(state),
              reportId: output.reportId,
              item: output.item,
              quantity: output.quantity,
              ...(output.lot === undefined ? {} : { lot: output.lot }),
              completedAt: output.completedAt,
            }),
          ),
        ],
      };
    })

    .when(production.ScrapDeclared, "productionOrderId", (state, scrap) => {
      if (state.heard.includes(scrap.reportId)) return { note: `Report ${scrap.reportId} was heard before.` };
      const kept: Scrap = {
        reportId: scrap.reportId,
        item: scrap.item,
        quantity: scrap.quantity.value,
        reasonCode: scrap.reasonCode,
        day: scrap.declaredAt.slice(0, 10),
        ...(scrap.operation === undefined ? {} : { operation: scrap.operation }),
        ...(scrap.workCentre === undefined ? {} : { workCentre: scrap.workCentre }),
      };
      const scrapped =
        scrap.item === state.item ? decimals.add(state.scrapped, kept.quantity) : state.scrapped;
      return {
        state: { ...hears(state, scrap.reportId), scrapped, checking: [...state.checking, kept] },
        send: [
          send(
            plant.CheckPeriod.of({
              productionOrderId: state.productionOrderId,
              reportId: kept.reportId,
              day: kept.day,
            }),
          ),
        ],
      };
    })
    .when(costing.PeriodChecked, "productionOrderId", (state, checked) => {
      const scrap = state.checking.find(({ reportId }) => reportId === checked.reportId);
      if (!scrap) return { note: `Nobody waits to know the period of ${checked.reportId}.` };
      const rest = { ...state, checking: state.checking.filter((one) => one !== scrap) };
      if (checked.open) {
        return {
          state: posts(rest, scrap.reportId),
          publish: [asked(state, scrap.reportId, scrap.day)],
          send: [scrapping(state, scrap, scrap.day)],
        };
      }
      return {
        state: { ...rest, held: [...state.held, scrap], nextOpenDay: checked.nextOpenDay },
        publish: [
          costing.PostingHeldForPeriod.of({
            sourceDocument: scrap.reportId,
            ledger: "ERP",
            fiscalPeriod: checked.fiscalPeriod,
            documentDate: scrap.day,
            policy: "ask",
            owner: policy.reviews["late posting"].by,
            productionOrderId: state.productionOrderId,
          }),
        ],
        ask: [
          {
            approval: "late posting",
            because: `${scrap.quantity} ${scrap.item} were lost on ${scrap.day}, and that period is closed. Approve to book it on ${checked.nextOpenDay}.`,
          },
        ],
      };
    })
    .whenApproved("late posting", (state, { by }) => ({
      state: state.held.reduce<State>((now, { reportId }) => posts(now, reportId), { ...state, held: [] }),
      publish: state.held.map(({ reportId }) => asked(state, reportId, state.nextOpenDay)),
      send: state.held.map((scrap) => scrapping(state, scrap, state.nextOpenDay)),
      note: `${by} books it into the next open period.`,
    }))
    .whenDeclined("late posting", (state, { by, comment }) => ({
      state: { ...state, held: [] },
      note: `${by} does not book it: ${comment}`,
    }))
    .whenOverdue("late posting", () => ({
      ask: [{ approval: "late posting", because: "A loss still waits for its period." }],
    }))

    .when(finance.PostingAccepted, "productionOrderId", (state, { sourceDocument }) => {
      if (!state.posting.includes(sourceDocument))
        return { note: `The ledger accepted ${sourceDocument}, which nobody waits for.` };
      const posting = state.posting.filter((one) => one !== sourceDocument);
      const settled = state.completed && posting.length === 0 && !state.closing;
      return { state: { ...state, posting }, ...(settled ? { note: "Everything reported is booked." } : {}) };
    })
    .when(production.ProductionStateChanged, "productionOrderId", (state, { responseState, changedAt }) => {
      if (responseState !== "Closed") return { note: `The plant says ${responseState}.` };
      if (state.closing) return { note: "It is being closed already." };
      return {
        state: { ...state, closing: true },
        send: [send(plant.CloseProduction.of({ ...of(state), ...daysOf(changedAt) }))],
      };
    })
    .when(production.VarianceCalculated, "productionOrderId", (state) => ({
      state,
      reach: "costed",
      end: "completed",
    }));
};

const reached = <Name extends string>(names: readonly Name[]): { reach?: readonly Name[] } =>
  names.length === 0 ? {} : { reach: names };

const tooMuch = ({ productionOrderId, ordered }: State, made: string) =>
  operations.ExceptionRaised.of({
    subject: `productionOrder/${productionOrderId}`,
    fingerprint: "production-order/more-than-ordered",
    class: "business hold",
    state: "held",
    title: "A plant made more than was ordered.",
    reason: `${made} pieces are reported and ${ordered} were ordered.`,
    owner: "planner",
  });
