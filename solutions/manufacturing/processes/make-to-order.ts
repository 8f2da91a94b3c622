/**
 * What is out of stock and made by us is made for the order: components are checked, set aside or bought, production is planned,
 * and the customer gets a day.
 *
 * It stands beside order-to-cash, which goes on by itself once the warehouse has what was made. One thing stays true: until the
 * plant may start, giving up takes everything back, last first; what the plant has begun is made for stock.
 *
 * @covers PRC-08
 */
import { type Command, process, send } from "crossdock";
import {
  inventory,
  logistics,
  operations,
  plant,
  procurement,
  production,
  purchasing,
  sales,
  stock,
  transfers,
} from "crossdock/canon";
import Type from "typebox";
import { dayAfter, days } from "../days.ts";
import * as makes from "../makes.ts";
import type { Policy } from "../policy.ts";

const State = Type.Object({ salesOrderId: Type.String(), makes: Type.Array(makes.Make) });
type State = Type.Static<typeof State>;
type Make = makes.Make;

export const makeToOrder = (policy: Policy) => {
  const keys = ({ salesOrderId }: State, { productionOrderId }: Make) => ({
    productionOrderId,
    plant: policy.plant,
    salesOrderId,
  });
  const undone = "The order was given up.";
  const replaced = (state: State, make: Make): State => ({
    ...state,
    makes: state.makes.map((one) => (one.productionOrderId === make.productionOrderId ? make : one)),
  });
  const all = (state: State, ...stages: readonly Make["stage"][]): boolean =>
    state.makes.every(({ stage }) => stages.includes(stage));
  const notOurs = (what: string) => ({ note: `${what} is of nothing that is made for this order.` });

  /** Another line is out of stock: if we make it, the ERP is asked what of. */
  function short(state: State, { line, item, backorderQuantity, newPromise }: Backordered) {
    if (newPromise !== undefined) return { state, note: "This is what we promised ourselves." };
    if (!policy.madeToOrder.includes(item)) return { state, note: `${item} is not made to order.` };
    return begun(state, line, item, backorderQuantity.value);
  }

  /** So much of a line was routed to our plant. */
  function toUs(state: State, { line, item, quantity, plant: where, by }: Routed) {
    if (by !== "production" || where !== policy.plant)
      return { state, note: `${where} supplies ${quantity.value} ${item}, not we.` };
    return begun(state, line, item, quantity.value);
  }

  function begun(state: State, line: string, item: string, quantity: string) {
    const productionOrderId = `PR-${state.salesOrderId}-${line}`;
    if (state.makes.some((make) => make.productionOrderId === productionOrderId))
      return { state, note: `Line ${line} is being made already.` };
    const make = makes.begun(productionOrderId, line, item, quantity);
    return {
      state: { ...state, makes: [...state.makes, make] },
      send: [
        send(plant.CheckMaterials.of({ ...keys(state, make), item, quantity: makes.each(make.quantity) })),
      ],
    };
  }

  const release = (state: State, make: Make) =>
    plant.ReleaseComponents.of({ ...keys(state, make), reason: undone });
  const cancel = ({ purchaseOrderId, supplier }: makes.Bought) =>
    purchasing.CancelPurchaseOrder.of({ purchaseOrderId, supplier, reason: undone });
  const unschedule = (state: State, make: Make) =>
    plant.UnscheduleProduction.of({ ...keys(state, make), reason: undone });

  const reserve = (state: State, make: Make): Command =>
    send(
      plant.ReserveComponents.of({
        ...keys(state, make),
        materials: make.materials.map(({ item, required }) => ({ item, quantity: makes.each(required) })),
      }),
      { undo: release(state, make) },
    );

  /** Buys what is short; what nobody sells is shown to the planner, and production waits for it. */
  function buy(state: State, make: Make, at: string) {
    const missing = make.materials.filter((one) => makes.isShort(one));
    const bought = missing.flatMap((one) => makes.order(make, one, at));
    const sourceless = missing.filter(({ source }) => source === null);
    const next: Make = { ...make, stage: "buying", bought };
    return {
      state: replaced(state, next),
      publish: [
        ...missing.map((one) =>
          stock.ShortageDetected.of({
            ...keys(state, make),
            shortageId: `${one.item}/${policy.plant}`,
            item: one.item,
            required: makes.each(one.required),
            available: makes.each(one.reserved ?? "0"),
            needBy: bought.find(({ item }) => item === one.item)?.needBy ?? at.slice(0, 10),
          }),
        ),
        ...(sourceless.length === 0
          ? []
          : [
              shown(state, "make-to-order/no-source", "Components are short and nobody sells them.", [
                ...sourceless.map(
                  ({ item, required }) => `${required} ${item} for ${make.productionOrderId}.`,
                ),
              ]),
            ]),
      ],
      send: bought.map((one) =>
        send(
          purchasing.IssuePurchaseOrder.of({
            purchaseOrderId: one.purchaseOrderId,
            supplier: one.supplier,
            currency: one.price.currency,
            needBy: one.needBy,
            plant: policy.plant,
            salesOrderId: state.salesOrderId,
            lines: [{ line: "1", item: one.item, quantity: makes.each(one.quantity), price: one.price }],
          }),
          // The supplier may refuse; what the plant takes back does not wait for that.
          { undo: cancel(one), apart: true },
        ),
      ),
    };
  }

  /** Everything is on hand or promised: production is planned for the day after the last of it comes. */
  function plan(state: State, make: Make, at: string) {
    const start = makes.startOf(make, at);
    const next = replaced(state, { ...make, stage: "scheduled", start });
    return {
      state: next,
      ...(all(next, "scheduled", "released") ? { reach: ["supplied", "scheduled"] as const } : {}),
      publish: [promise(state, make, start)],
      send: [
        send(
          plant.ScheduleProduction.of({
            ...keys(state, make),
            item: make.item,
            quantity: makes.each(make.quantity),
            start,
            scheduleVersion: make.version,
          }),
          { undo: unschedule(state, make) },
        ),
      ],
    };
  }

  /** The customer's new day, told to whoever shows or uses it. */
  const promise = (state: State, make: Make, start: string) =>
    inventory.OrderBackordered.of({
      salesOrderId: state.salesOrderId,
      orderLine: `${state.salesOrderId}/${make.line}`,
      line: make.line,
      item: make.item,
      backorderQuantity: makes.each(make.quantity),
      reason: `${make.productionOrderId} makes them from ${start} on.`,
      newPromise: days(start, make.makingDays),
      backorderedAt: `${start}T00:00:00Z`,
    });

  const shown = (state: State, fingerprint: string, title: string, reasons: readonly string[]) =>
    operations.ExceptionRaised.of({
      subject: `order/${state.salesOrderId}`,
      fingerprint,
      class: "business hold",
      state: "held",
      title,
      reason: reasons.join(" "),
      owner: policy.reviews.plan.by,
    });

  const made = process({
    name: "make-to-order",
    version: 1,
    owner: "planning",
    summary: "From an order line that is out of stock to a plant that may start making it.",
    keyType: "order",
    state: State,
    milestones: { planned: {}, supplied: {}, scheduled: {}, released: {} },
    ifStarted: [
      stock.StockReserved,
      production.ProductionOrderReleased,
      procurement.PurchaseOrderConfirmed,
      procurement.DeliveryDelayed,
      logistics.ShipmentDispatched,
      sales.OrderCancelled,
      sales.OrderChanged,
    ],
    afterEnd: [
      inventory.OrderBackordered,
      transfers.OrderRouted,
      stock.StockReserved,
      procurement.PurchaseOrderConfirmed,
      procurement.DeliveryDelayed,
      logistics.ShipmentDispatched,
      sales.OrderCancelled,
      sales.OrderChanged,
    ],
  });
  // Where further plants may supply it, it is routed first, and what is routed here is made.
  const started =
    policy.suppliedBy.length === 0
      ? made.startsOn(
          inventory.OrderBackordered,
          "salesOrderId",
          (report) => short({ salesOrderId: report.salesOrderId, makes: [] }, report),
          short,
        )
      : made.startsOn(
          transfers.OrderRouted,
          "salesOrderId",
          (part) => toUs({ salesOrderId: part.salesOrderId, makes: [] }, part),
          toUs,
        );
  return (
    started
      .when(
        production.MaterialsChecked,
        "salesOrderId",
        (state, { productionOrderId, materials, makingDays }) => {
          const make = makes.find(state.makes, productionOrderId);
          if (make?.stage !== "checking") return notOurs(productionOrderId);
          const next: Make = {
            ...make,
            stage: "reserving",
            makingDays,
            materials: materials.map(({ item, quantity, source }) => ({
              item,
              required: quantity.value,
              reserved: null,
              source: source ?? null,
            })),
          };
          const after = replaced(state, next);
          return {
            state: after,
            ...(all(after, "reserving", "buying", "scheduled", "released")
              ? { reach: "planned" as const }
              : {}),
            send: [reserve(state, next)],
          };
        },
      )
      .when(stock.StockReserved, "salesOrderId", (state, report, { at }) => {
        const make = makes.find(state.makes, report.productionOrderId ?? "");
        if (!make || make.materials.every(({ item }) => item !== report.item))
          return notOurs(report.reservationId);
        const next = makes.reserved(make, report.item, report.quantity.value);
        const after = replaced(state, next);
        if (next.stage !== "reserving" && next.stage !== "buying")
          return { state: after, note: `${report.quantity.value} ${report.item} are set aside.` };
        if (next.materials.every((one) => !makes.isShort(one))) return plan(after, next, at);
        if (next.stage === "reserving" && next.materials.every((one) => one.reserved !== null))
          return buy(after, next, at);
        return { state: after };
      })
      .when(procurement.PurchaseOrderConfirmed, "salesOrderId", (state, answer, { at }) => {
        const make = state.makes.find(({ bought }) => makes.isBought(bought, answer.purchaseOrderId));
        if (!make) return notOurs(answer.purchaseOrderId);
        const taken = answer.supplierCommitments.filter(({ status }) => status !== "refused");
        const promised = taken
          .map(({ promisedDate }) => promisedDate)
          .sort()
          .at(-1);
        if (promised === undefined)
          return {
            publish: [
              shown(
                state,
                "make-to-order/supplier-refuses",
                "A supplier does not deliver what production waits for.",
                [`${answer.purchaseOrderId} of ${answer.supplier}, for ${make.productionOrderId}.`],
              ),
            ],
          };
        const next = makes.promised(make, answer.purchaseOrderId, promised);
        const after = replaced(state, next);
        const ready = next.stage === "buying" && makes.isCovered(next);
        return ready ? plan(after, next, at) : { state: after };
      })
      /** A supplier that is late moves the order it holds up, and the customer's day with it. */
      .when(
        procurement.DeliveryDelayed,
        "salesOrderId",
        (state, { purchaseOrderId, newDate, cause, item }) => {
          const make = state.makes.find(({ bought }) => makes.isBought(bought, purchaseOrderId));
          if (!make) return notOurs(purchaseOrderId);
          const late = makes.promised(make, purchaseOrderId, newDate);
          const start = dayAfter(newDate);
          if (late.stage !== "scheduled" || start <= late.start)
            return { state: replaced(state, late), note: `${item} comes on ${newDate}: ${cause}` };
          const moved: Make = { ...late, start, version: late.version + 1 };
          return {
            state: replaced(state, moved),
            publish: [promise(state, moved, start)],
            send: [
              send(
                plant.RescheduleProduction.of({
                  productionOrderId: moved.productionOrderId,
                  plant: policy.plant,
                  start,
                  scheduleVersion: moved.version,
                  reason: cause,
                }),
              ),
            ],
            note: `${item} comes on ${newDate}, so ${moved.productionOrderId} starts on ${start}.`,
          };
        },
      )
      .when(production.ProductionOrderReleased, "salesOrderId", (state, { productionOrderId }) => {
        const make = makes.find(state.makes, productionOrderId);
        if (!make) return notOurs(productionOrderId);
        const next = replaced(state, { ...make, stage: "released" });
        return { state: next, ...(all(next, "released") ? { reach: "released" as const } : {}) };
      })
      .when(logistics.ShipmentDispatched, "salesOrderId", (state, { shipmentId }) =>
        all(state, "released") ? { end: "completed" } : { note: `${shipmentId} left before all was made.` },
      )
      .when(sales.OrderChanged, "salesOrderId", (state, { reason }) =>
        state.makes.length === 0
          ? { note: "Nothing is made for this order." }
          : {
              publish: [
                shown(state, "make-to-order/order-changed", "An order was changed that goods are made for.", [
                  `${state.makes.map(({ productionOrderId }) => productionOrderId).join(", ")}: ${reason}`,
                ]),
              ],
            },
      )
      .when(sales.OrderCancelled, "salesOrderId", (state, { reason }) => {
        const begun = state.makes.filter(({ stage }) => stage === "released");
        if (begun.length === 0) return { end: { abandon: reason } };
        return {
          send: state.makes
            .filter(({ stage }) => stage !== "released")
            .flatMap((make) => [
              ...(make.stage === "scheduled" ? [send(unschedule(state, make))] : []),
              ...make.bought.map((one) => send(cancel(one))),
              ...(make.stage === "checking" ? [] : [send(release(state, make))]),
            ]),
          end: "completed",
          note: `${begun.map(({ productionOrderId }) => productionOrderId).join(", ")} has begun and is made for stock.`,
        };
      })
  );
};

type Backordered = (typeof inventory.OrderBackordered)["sample"];
type Routed = (typeof transfers.OrderRouted)["sample"];
