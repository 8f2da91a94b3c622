/**
 * A schedule change and everything it touches: suppliers are asked, one case is decided, ERP, MES and suppliers follow.
 *
 * One thing stays true: nothing moves before planner and buyer agreed, unless nobody's promise is touched; and a newer version takes
 * the place of one that is not applied yet, keeping the answers that are still valid.
 *
 * @covers PRC-14, PRC-15, EVT-24, EVT-25, EVT-26
 */
import { process, send } from "crossdock";
import { decimals, plant, procurement, production, purchasing, stock, telling } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

const Pegged = Type.Object({
  purchaseOrderId: Type.String(),
  supplier: Type.String(),
  line: Type.String(),
  item: Type.String(),
  quantity: Type.String(),
  needBy: Type.String(),
  /** So many in time, or null while the supplier is silent. */
  inTime: Type.Union([Type.String(), Type.Null()]),
  late: Type.Union([Type.String(), Type.Null()]),
});
type Pegged = Type.Static<typeof Pegged>;

const State = Type.Object({
  productionOrderId: Type.String(),
  plant: Type.String(),
  version: Type.Integer(),
  start: Type.String(),
  cause: Type.String(),
  /** Whose order it is for, where it is for one. */
  salesOrderId: Type.Optional(Type.String()),
  pegged: Type.Array(Pegged),
  displaced: Type.Array(
    Type.Object({
      productionOrderId: Type.String(),
      start: Type.String(),
      version: Type.Integer(),
      salesOrderId: Type.Optional(Type.String()),
    }),
  ),
  expedite: Type.Array(Type.Object({ driver: Type.String(), amount: Type.String() })),
  stage: Type.Enum(["asking", "deciding", "applied"]),
  agreed: Type.Array(Type.String()),
  heard: Type.Array(Type.String()),
});
type State = Type.Static<typeof State>;

export type { State as ScheduleState };

type Changed = (typeof production.ScheduleChanged)["sample"];

const requestOf = (state: State, { purchaseOrderId }: Pegged): string =>
  `${state.productionOrderId}/${state.version}/${purchaseOrderId}`;
const forOrder = ({ salesOrderId }: { salesOrderId?: string }) =>
  salesOrderId === undefined ? {} : { salesOrderId };
const missing = ({ inTime, quantity }: Pegged): string => decimals.subtract(quantity, inTime ?? "0");

export const scheduleChange = (policy: Policy) => {
  const read = (data: Changed, before?: State): State => ({
    productionOrderId: data.productionOrderId,
    plant: data.plant,
    version: data.scheduleVersion,
    start: data.newStart,
    cause: data.cause,
    ...forOrder(data),
    pegged: (data.purchaseOrders ?? []).map((one) => {
      // An answer for an earlier day holds for a later one, and not the other way round.
      const known = before?.pegged.find(({ purchaseOrderId }) => purchaseOrderId === one.purchaseOrderId);
      const valid = known !== undefined && known.inTime !== null && known.needBy <= one.needBy;
      return {
        purchaseOrderId: one.purchaseOrderId,
        supplier: one.supplier,
        line: one.line,
        item: one.item,
        quantity: one.quantity.value,
        needBy: one.needBy,
        inTime: valid ? known.inTime : null,
        late: valid ? known.late : null,
      };
    }),
    displaced: (data.displaced ?? []).map((one) => ({
      productionOrderId: one.productionOrderId,
      start: one.start,
      version: data.scheduleVersion,
      ...forOrder(one),
    })),
    expedite: (data.expedite ?? []).map(({ driver, amount }) => ({ driver, amount: amount.amount })),
    stage: "asking",
    agreed: [],
    heard: before?.heard ?? [],
  });

  /** Asks whoever has not answered; with nobody to ask and nobody displaced it is applied at once. */
  function begin(state: State, at: string) {
    const silent = state.pegged.filter(({ inTime }) => inTime === null);
    if (silent.length > 0) {
      return {
        state,
        reach: ["announced", "assessed"] as const,
        send: silent.map((one) =>
          send(
            purchasing.RequestCommitment.of({
              purchaseOrderId: one.purchaseOrderId,
              supplier: one.supplier,
              requestId: requestOf(state, one),
              lines: [{ line: one.line, item: one.item, quantity: { value: one.quantity, uom: "EA" } }],
              needBy: one.needBy,
              reason: state.cause,
            }),
          ),
        ),
        start: ["supplier answers" as const],
      };
    }
    if (state.pegged.length === 0 && state.displaced.length === 0) {
      const applied = apply({ ...state, stage: "applied" }, at);
      return { ...applied, reach: ["announced", "assessed", "answered", "decided", "applied"] as const };
    }
    return { ...deciding(state), reach: ["announced", "assessed", "answered"] as const };
  }

  /** One case for planner and buyer, with what is short and what it costs. */
  function deciding(state: State) {
    const short = state.pegged.filter((one) => decimals.isPositive(missing(one)));
    const lines = [
      ...short.map((one) =>
        one.inTime === null
          ? `${one.purchaseOrderId} (${one.item}): no answer, ${missing(one)} from safety stock.`
          : `${one.purchaseOrderId} (${one.item}): ${one.inTime} in time, ${missing(one)} on ${one.late ?? "no date"}.`,
      ),
      ...state.displaced.map(({ productionOrderId, start }) => `${productionOrderId} moves to ${start}.`),
      ...state.expedite.map(({ driver, amount }) => `${driver}: ${amount} ${policy.currency}.`),
    ];
    const because = `${state.productionOrderId} moves to ${state.start}. ${lines.join(" ")}`;
    return {
      state: { ...state, stage: "deciding" as const },
      publish: short.map((one) =>
        stock.ShortageDetected.of({
          shortageId: `${one.item}/${state.plant}`,
          item: one.item,
          plant: state.plant,
          required: { value: one.quantity, uom: "EA" },
          available: { value: one.inTime ?? "0", uom: "EA" },
          needBy: one.needBy,
          productionOrderId: state.productionOrderId,
        }),
      ),
      ask: [
        { approval: "plan" as const, because },
        ...(state.pegged.length === 0 ? [] : [{ approval: "purchase" as const, because }]),
      ],
      stop: ["supplier answers" as const],
    };
  }

  function apply(state: State, at: string) {
    const moved = [
      { productionOrderId: state.productionOrderId, start: state.start, ...forOrder(state) },
      ...state.displaced,
    ];
    const silent = state.pegged.filter(({ inTime }) => inTime === null);
    const total = state.expedite.reduce((sum, { amount }) => decimals.add(sum, amount), "0");
    const money = (amount: string) => decimals.money(amount, policy.currency);
    return {
      state: { ...state, stage: "applied" as const },
      publish:
        state.expedite.length === 0
          ? []
          : [
              production.VarianceProjected.of({
                productionOrderId: state.productionOrderId,
                plant: state.plant,
                amount: money(total),
                drivers: state.expedite.map(({ driver, amount }) => ({ driver, amount: money(amount) })),
                projectedAt: at,
              }),
            ],
      send: [
        ...moved.flatMap(({ productionOrderId, start }) => {
          const move = {
            productionOrderId,
            plant: state.plant,
            scheduleVersion: state.version,
            start,
            reason: state.cause,
          };
          return [
            send(plant.RescheduleProduction.of(move)),
            send(plant.RescheduleProductionOrder.of({ ...move, askedAt: at })),
          ];
        }),
        // Whoever waits for one of them is told the new day.
        ...moved.flatMap(({ salesOrderId, start }) =>
          salesOrderId === undefined
            ? []
            : [telling.UpdateCrmOrderStatus, telling.UpdateChannelOrderStatus].map((told) =>
                send(told.of({ salesOrderId, status: "promised", part: 1, of: 1, promisedDate: start, at })),
              ),
        ),
        // What nobody promised comes from safety stock; the purchase order fills it again.
        ...(silent.length === 0
          ? []
          : [
              send(
                plant.ReserveComponents.of({
                  productionOrderId: state.productionOrderId,
                  plant: state.plant,
                  ...forOrder(state),
                  materials: silent.map(({ item, quantity }) => ({
                    item,
                    quantity: { value: quantity, uom: "EA" },
                  })),
                }),
              ),
            ]),
        // A supplier that can send part of it in time is asked for both parts.
        ...state.pegged
          .filter(
            (one) =>
              one.inTime !== null && decimals.isPositive(one.inTime) && decimals.isPositive(missing(one)),
          )
          .map((one) =>
            send(
              purchasing.ChangePurchaseOrder.of({
                purchaseOrderId: one.purchaseOrderId,
                supplier: one.supplier,
                sequenceNumberId: state.version,
                lines: [
                  {
                    line: one.line,
                    item: one.item,
                    quantity: { value: one.inTime ?? "0", uom: "EA" },
                    needBy: one.needBy,
                  },
                  {
                    line: `${one.line}A`,
                    item: one.item,
                    quantity: { value: missing(one), uom: "EA" },
                    needBy: one.late ?? one.needBy,
                  },
                ],
                reason: state.cause,
              }),
            ),
          ),
      ],
    };
  }

  /** Both agreed: it is carried out. */
  function agreed(state: State, who: "plan" | "purchase", at: string) {
    if (state.stage !== "deciding") return { note: "There is nothing to decide any more." };
    const all = [...new Set([...state.agreed, who])];
    const needed = state.pegged.length === 0 ? 1 : 2;
    if (all.length < needed) return { state: { ...state, agreed: all } };
    return { ...apply({ ...state, agreed: all }, at), reach: ["decided", "applied", "signalled"] as const };
  }

  return process({
    name: "schedule-change",
    version: 1,
    owner: "planning",
    summary: "A changed schedule, whom it touches, what they answer, and who decides.",
    keyType: "productionOrder",
    state: State,
    milestones: {
      announced: {},
      assessed: { due: "2m" },
      answered: { due: "4h" },
      decided: {},
      applied: {},
      signalled: {},
    },
    approvals: { plan: policy.reviews.plan, purchase: policy.reviews.purchase },
    timers: { "supplier answers": policy.patience["supplier answers"] },
  })
    .startsOn(
      production.ScheduleChanged,
      "productionOrderId",
      (data, { at }) => begin(read(data), at),
      (state, data, { at }) => {
        if (data.scheduleVersion <= state.version)
          return { note: `Version ${data.scheduleVersion} is superseded by ${state.version}.` };
        const next = begin(read(data, state), at);
        return { ...next, note: `Version ${state.version} is superseded by ${data.scheduleVersion}.` };
      },
    )
    .when(procurement.PurchaseOrderConfirmed, "productionOrderId", (state, answer) => {
      if (state.heard.includes(answer.confirmationId))
        return { note: `${answer.confirmationId} was heard before.` };
      if (state.stage !== "asking")
        return {
          state: { ...state, heard: [...state.heard, answer.confirmationId] },
          note: `${answer.purchaseOrderId} answered after the decision; it is shown and not applied.`,
        };
      const pegged = state.pegged.map((one) => {
        if (one.purchaseOrderId !== answer.purchaseOrderId) return one;
        const sum = (late: boolean) =>
          answer.supplierCommitments
            .filter(({ promisedDate, status }) => status !== "refused" && promisedDate > one.needBy === late)
            .reduce((total, { confirmedQuantity }) => decimals.add(total, confirmedQuantity.value), "0");
        const late =
          answer.supplierCommitments
            .map(({ promisedDate }) => promisedDate)
            .sort()
            .at(-1) ?? null;
        return { ...one, inTime: sum(false), late };
      });
      const next = { ...state, pegged, heard: [...state.heard, answer.confirmationId] };
      if (pegged.some(({ inTime }) => inTime === null)) return { state: next };
      return { ...deciding(next), reach: "answered" };
    })
    .whenElapsed("supplier answers", (state) => {
      if (state.stage !== "asking") return { note: "Everybody has answered." };
      return { ...deciding(state), stop: [], reach: "answered" };
    })
    .whenApproved("plan", (state, { at }) => agreed(state, "plan", at))
    .whenApproved("purchase", (state, { at }) => agreed(state, "purchase", at))
    .whenDeclined("plan", (state, { by, comment }) => ({
      state: { ...state, stage: "applied" },
      note: `${by} leaves the schedule as it is: ${comment}`,
    }))
    .whenDeclined("purchase", (state, { by, comment }) => ({
      state: { ...state, stage: "applied" },
      note: `${by} does not buy it: ${comment}`,
    }))
    .whenOverdue("plan", () => ({ ask: [{ approval: "plan", because: "The plan still waits." }] }))
    .whenOverdue("purchase", () => ({
      ask: [{ approval: "purchase", because: "The purchase still waits." }],
    }));
};
