/**
 * The second part: stock is allocated, short or released, freight is booked, goods leave and arrive.
 *
 * Reports of warehouse and carrier may come twice and in any order. Each is told from its repetition by its id, and the
 * quantity ledger takes what is sound and hands back the rest. A shipment leaves at most once here, whatever is reported.
 */
import type { Command } from "crossdock";
import {
  decimals,
  type inventory,
  type LineQuantity,
  type logistics,
  type sales,
  services,
} from "crossdock/canon";
import { forbidden } from "./forbidden.ts";
import * as acts from "./order-acts.ts";
import { moved, standsElsewhere } from "./order-moves.ts";
import { decomposed, started } from "./order-services.ts";
import {
  hearing,
  isAllocated,
  isShipped,
  type Line,
  type OrderState,
  type Proof,
  type Shipment,
  wasHeard,
  withLines,
} from "./order-state.ts";
import { type Reached, raised, reached, type Step } from "./order-words.ts";
import { mayLeaveInParts, type Policy } from "./policy.ts";
import * as quantities from "./quantities.ts";

const { add, isPositive, larger, smaller, subtract } = decimals;

/** So much of each line, as `share` says; lines of which it is nothing are left out. */
const shares = (lines: readonly Line[], share: (line: Line) => string): LineQuantity[] =>
  lines.flatMap((line) => {
    const value = share(line);
    return isPositive(value)
      ? [{ line: line.line, item: line.item, quantity: { value, uom: line.uom } }]
      : [];
  });

/**
 * Brings ERP and warehouse to what the customer wants now: the first time the whole order, after a change the difference.
 * A shipping order that asks for too much is called back before stock is released, and given anew.
 */
export function fulfil(state: OrderState, policy: Policy, at: string): Step {
  const more = shares(state.lines, (line) =>
    subtract(quantities.wanted(line.quantities), line.askedToAllocate),
  );
  const less = shares(state.lines, (line) =>
    subtract(line.askedToAllocate, quantities.wanted(line.quantities)),
  );
  const callBack = less.length > 0 && state.lines.some(({ askedToShip }) => isPositive(askedToShip));
  // The first time the whole order is posted; the ERP then has this change of it, and is told of later ones.
  const first = !state.erp.sent;
  const posted: OrderState = first
    ? { ...state, erp: { sent: true, orderId: null, change: state.change } }
    : state;
  const told = acts.tellErp(posted, at);
  const send: Command[] = [
    ...(first ? [acts.postSalesOrder(state)] : told.send),
    ...(callBack ? [acts.cancelShipment(state, "The order was changed.")] : []),
    ...(less.length > 0 ? [acts.releaseAllocation(state, less, "The order was changed.")] : []),
    ...(more.length > 0 ? [acts.allocateStock(state, more)] : []),
  ];
  const released = new Map(less.map(({ line, quantity }) => [line, quantity.value]));
  const lines = state.lines.map((line) => ({
    ...line,
    askedToAllocate: quantities.wanted(line.quantities),
    askedToRelease: add(line.askedToRelease, released.get(line.line) ?? "0"),
    askedToShip: callBack ? "0" : line.askedToShip,
  }));
  const step = moveOn({ ...told.state, phase: "fulfilling", lines }, policy, { send });
  const publish = first ? decomposed(state, at) : [];
  return publish.length > 0 ? { ...step, publish: [...publish, ...(step.publish ?? [])] } : step;
}

/** Says what is allocated, and has shipped what may be shipped. `before` is what was decided already. */
function moveOn(
  state: OrderState,
  policy: Policy,
  before: { send?: readonly Command[]; note?: string } = {},
): Step {
  const complete = isAllocated(state);
  const reach = allocatedNow(state);
  const may = state.phase === "fulfilling" && (complete || mayLeaveInParts(policy, state.order.customer));
  const ready = may
    ? shares(state.lines, ({ quantities: q, askedToShip }) =>
        subtract(q.allocated, larger(askedToShip, q.shipped)),
      )
    : [];
  const shipping = new Map(ready.map(({ line, quantity }) => [line, quantity.value]));
  const first = ready.length > 0 && state.freight.attempts === 0;
  const next: OrderState = {
    ...state,
    allocatedSaid: complete,
    ...(ready.length > 0 && state.order.shipsFrom !== undefined ? { calls: (state.calls ?? 0) + 1 } : {}),
    freight: first ? { ...state.freight, attempts: 1 } : state.freight,
    lines: state.lines.map((line) => ({
      ...line,
      askedToShip: add(line.askedToShip, shipping.get(line.line) ?? "0"),
    })),
  };
  const send = [
    ...(before.send ?? []),
    ...(ready.length > 0 ? [acts.shipOrder(next, ready)] : []),
    ...(first ? [acts.bookFreight(next, 1)] : []),
  ];
  return {
    state: next,
    ...(reach.length > 0 ? { reach } : {}),
    ...(first ? { publish: [freightRequested(next, policy)] } : {}),
    ...(send.length > 0 ? { send } : {}),
    ...(complete && !state.allocatedSaid ? { stop: ["shortage" as const] } : {}),
    ...(!complete && state.allocatedSaid ? { withdraw: "allocated" as const } : {}),
    ...(before.note === undefined ? {} : { note: before.note }),
  };
}

/** The milestone `allocated` as far as it is new: all of it, or the lines complete so far. */
function allocatedNow(state: OrderState): Reached[] {
  if (state.allocatedSaid) return [];
  if (isAllocated(state)) return ["allocated"];
  const wanted = state.lines.filter((line) => isPositive(quantities.wanted(line.quantities)));
  const done = wanted.filter((line) => quantities.isAllocated(line.quantities));
  if (done.length === 0) return [];
  return [{ milestone: "allocated", part: done.length, of: wanted.length }];
}

/** Books a report line by line; what cannot be booked comes back as `excess`. */
function booked(
  state: OrderState,
  report: readonly LineQuantity[],
  book: (line: Line, quantity: string) => { line: Line; excess: string },
): { state: OrderState; excess: LineQuantity[]; taken: LineQuantity[] } {
  const lines = new Map(state.lines.map((line) => [line.line, line]));
  const excess: LineQuantity[] = [];
  const taken: LineQuantity[] = [];
  for (const { line: number, item, quantity } of report) {
    const known = lines.get(number);
    const sound = known && known.item === item && known.uom === quantity.uom;
    const result = sound ? book(known, quantity.value) : undefined;
    if (result) lines.set(number, result.line);
    const over = result?.excess ?? quantity.value;
    const part = (value: string) => ({ line: number, item, quantity: { value, uom: quantity.uom } });
    if (isPositive(over)) excess.push(part(over));
    if (isPositive(subtract(quantity.value, over))) taken.push(part(subtract(quantity.value, over)));
  }
  return { state: withLines(state, lines), excess, taken };
}

const inLedger =
  (act: (line: quantities.Quantities, quantity: string) => quantities.Booked) =>
  (line: Line, quantity: string) => {
    const { after, excess } = act(line.quantities, quantity);
    return { line: { ...line, quantities: after }, excess };
  };

type OrderAccepted = (typeof sales.OrderAccepted)["sample"];

/** The ERP has the order on its books: whatever waited for its number goes there now. */
export function onErpBooks(state: OrderState, { erpOrderId }: OrderAccepted, { at }: { at: string }): Step {
  if (erpOrderId === undefined) return { note: "It is accepted; the ERP has not told its number yet." };
  if (state.erp.orderId !== null) return { note: `The ERP's number ${state.erp.orderId} is known.` };
  const { state: next, send } = acts.tellErp({ ...state, erp: { ...state.erp, orderId: erpOrderId } }, at);
  return { state: next, ...(send.length > 0 ? { send } : {}) };
}

// Stock -----------------------------------------------------------------------------------------------------------

type StockAllocated = (typeof inventory.StockAllocated)["sample"];

export const stockAllocated =
  (policy: Policy) =>
  (state: OrderState, report: StockAllocated): Step => {
    const { reportId, allocations } = report;
    const fact = `allocated ${reportId}`;
    if (wasHeard(state, fact)) return { note: `The allocation report ${reportId} came again.` };
    if (standsElsewhere(state, report)) return moved(hearing(state, fact), allocations);
    const { state: next, excess } = booked(hearing(state, fact), allocations, inLedger(quantities.allocate));
    if (excess.length === 0) return moveOn(next, policy);
    return moveOn(next, policy, {
      send: [acts.releaseAllocation(next, excess, "More was allocated than is wanted.")],
      note: "The warehouse allocated more than is wanted; the rest is released.",
    });
  };

type OrderBackordered = (typeof inventory.OrderBackordered)["sample"];

export const backordered =
  (policy: Policy) =>
  (state: OrderState, report: OrderBackordered): Step => {
    const { line: number, item, backorderQuantity, newPromise } = report;
    if (newPromise !== undefined) return promised(state, item, newPromise, policy);
    const line = state.lines.find((known) => known.line === number && known.item === item);
    if (!line) return { note: `The shortage of ${item} on line ${number} is not of this order.` };
    const after = quantities.backorder(line.quantities, backorderQuantity.value);
    if (!isPositive(after.backordered))
      return { note: `The shortage on line ${number} was made good already.` };
    return {
      state: {
        ...withLines(state, new Map([[number, { ...line, quantities: after }]])),
        allocatedSaid: false,
      },
      ...(state.allocatedSaid ? { withdraw: "allocated" as const } : {}),
      start: ["shortage"],
      note: `${after.backordered} ${line.uom} of ${item} are out of stock.`,
    };
  };

/** What is short has a day now, so a truck can be asked for before the goods are there. */
function promised(state: OrderState, item: string, day: string, policy: Policy): Step {
  const note = `${item} is promised for ${day}.`;
  if (state.phase !== "fulfilling" || state.freight.attempts > 0) return { note };
  return { ...askCarrier(policy)(state), note };
}

export function shortageLasts(state: OrderState): Step {
  const short = shares(state.lines, ({ quantities: q }) => q.backordered);
  if (short.length === 0) return { note: "The shortage was made good." };
  const what = short.map(({ item, quantity }) => `${quantity.value} ${quantity.uom} of ${item}`).join(", ");
  return {
    publish: [
      raised(state, "shortage lasts", {
        title: "An order still waits for stock.",
        reason: `Out of stock: ${what}.`,
        owner: "planning",
      }),
    ],
    start: ["shortage"],
  };
}

type ReservationReleased = (typeof inventory.ReservationReleased)["sample"];

/** What we asked to be released is in the ledger already; what the warehouse takes back by itself is not. */
export function released(state: OrderState, { releaseId, lines: report, reason }: ReservationReleased): Step {
  const fact = `released ${releaseId}`;
  if (wasHeard(state, fact)) return { note: `The release ${releaseId} came again.` };
  if (state.order.shipsFrom !== undefined)
    return { state: hearing(state, fact), note: `Not where the order leaves from: ${reason}` };
  const { state: next } = booked(hearing(state, fact), report, (line, quantity) => {
    const asked = smaller(quantity, line.askedToRelease);
    const { after, excess } = quantities.release(line.quantities, subtract(quantity, asked));
    const askedToRelease = subtract(line.askedToRelease, asked);
    return { line: { ...line, askedToRelease, quantities: after }, excess };
  });
  if (isAllocated(next) || !state.allocatedSaid) {
    return { state: next, note: `The warehouse released stock: ${reason}` };
  }
  return {
    state: { ...next, allocatedSaid: false },
    withdraw: "allocated",
    publish: [
      raised(next, "allocation taken back", {
        title: "The warehouse took an allocation back.",
        reason,
        owner: "warehouse",
      }),
    ],
    note: `The warehouse released stock by itself: ${reason}`,
  };
}

// Freight ---------------------------------------------------------------------------------------------------------

type FreightBooked = (typeof logistics.FreightBooked)["sample"];

export const freightBooked = (state: OrderState, { carrier, trackingNumber }: FreightBooked): Step => ({
  state: { ...state, freight: { ...state.freight, carrier, ...(trackingNumber ? { trackingNumber } : {}) } },
  note: `${carrier} takes the goods.`,
});

type CarrierRejected = (typeof logistics.CarrierRejected)["sample"];

/** The next carrier is asked; when all have refused, a person decides. */
export const carrierRejected =
  (policy: Policy) =>
  (state: OrderState, { carrier, reason, bookingId }: CarrierRejected): Step => {
    const fact = `rejected ${bookingId ?? reason}`;
    if (wasHeard(state, fact)) return { note: "The carrier's refusal came again." };
    const next = hearing(state, fact);
    if (state.freight.attempts < policy.carrierAttempts) return { ...askCarrier(policy)(next), note: reason };
    return {
      state: { ...next, reminders: 0 },
      ask: [{ approval: "carrier review", because: `${carrier ?? "The last carrier"} refused: ${reason}` }],
    };
  };

/** Asks for a carrier once more. */
export const askCarrier =
  (policy: Policy) =>
  (state: OrderState): Step => {
    const attempts = state.freight.attempts + 1;
    const next: OrderState = { ...state, freight: { ...state.freight, attempts } };
    return {
      state: next,
      publish: [freightRequested(next, policy)],
      send: [acts.bookFreight(state, attempts)],
    };
  };

/** A carrier is looked for, as the warehouse wants to know before one has agreed. */
const freightRequested = ({ order, freight }: OrderState, { freightMode: mode }: Policy) =>
  services.FreightRequested.of({
    salesOrderId: order.salesOrderId,
    requestId: `${order.salesOrderId}/freight/${freight.attempts}`,
    mode,
  });

// Dispatch --------------------------------------------------------------------------------------------------------

type ShipmentDispatched = (typeof logistics.ShipmentDispatched)["sample"];

/** Goods left; where somebody has signed for them already, that follows at once. */
export function dispatched(state: OrderState, report: ShipmentDispatched): Step {
  const left = departed(state, report);
  const proof = state.provenEarly?.find(({ shipmentId }) => shipmentId === report.shipmentId);
  if (!proof || left.reach === undefined || left.state === undefined) return left;
  const { provenEarly: _, ...waiting } = left.state;
  const others = state.provenEarly?.filter((one) => one !== proof) ?? [];
  const known = others.length === 0 ? waiting : { ...waiting, provenEarly: others };
  const signed = delivered(known, proof);
  return { ...left, ...signed, send: [...(left.send ?? []), ...(signed.send ?? [])] };
}

function departed(state: OrderState, report: ShipmentDispatched): Step {
  const { shipmentId, dispatchedAt, handlingUnits } = report;
  const fact = `dispatched ${shipmentId}`;
  if (wasHeard(state, fact)) return { note: `The dispatch of shipment ${shipmentId} came again.` };
  const known = hearing(state, fact);
  if (!state.erp.sent) {
    return {
      state: known,
      publish: [
        forbidden(
          state,
          "dispatched before credit",
          `Shipment ${shipmentId} left while the order was ${state.phase}.`,
        ),
      ],
      note: `Shipment ${shipmentId} is not taken for a delivery of this order.`,
    };
  }
  const { state: shipped, taken, excess } = booked(known, report.lines, inLedger(quantities.ship));
  const surplus = excess
    .map(({ item, quantity }) => `${quantity.value} ${quantity.uom} of ${item}`)
    .join(", ");
  const publish =
    excess.length === 0
      ? []
      : [
          forbidden(
            state,
            "shipped beyond order",
            `Shipment ${shipmentId} holds ${surplus} that nobody ordered; it is not invoiced.`,
          ),
        ];
  if (taken.length === 0)
    return { state: shipped, publish, note: `Shipment ${shipmentId} holds nothing we ordered.` };
  const shipment = shipmentOf(shipped, report, taken);
  const allocated = allocatedNow(shipped).filter((one) => one === "allocated");
  const next: OrderState = {
    ...shipped,
    allocatedSaid: state.allocatedSaid || allocated.length > 0,
    shipments: [...shipped.shipments, shipment],
  };
  const part = next.shipments.length;
  const told = acts.tellErp(next, dispatchedAt);
  return {
    state: told.state,
    reach: [...allocated, reached("dispatched", part, isShipped(next) ? part : part + 1)],
    ...(publish.length > 0 ? { publish } : {}),
    send: [
      ...told.send,
      ...acts.sendDespatchAdvice(next, shipment, handlingUnits),
      ...(awaitsProof(next) ? [] : [acts.finaliseTax(next, shipment)]),
    ],
    ...(isShipped(next) ? { stop: ["shortage" as const] } : {}),
  };
}

function shipmentOf(
  state: OrderState,
  { shipmentId, dispatchedAt, warehouse }: ShipmentDispatched,
  taken: readonly LineQuantity[],
): Shipment {
  const lines = taken.flatMap(({ line, item, quantity }) => {
    const price = state.lines.find((known) => known.line === line)?.price;
    return price ? [{ line, item, quantity, amount: decimals.priceOf(quantity, price) }] : [];
  });
  return {
    shipmentId,
    dispatchedAt,
    ...(warehouse === undefined ? {} : { warehouse }),
    lines,
    net: decimals.total(
      lines.map(({ amount }) => amount),
      state.order.currency,
    ),
    tax: null,
    goodsIssueSent: false,
    invoiceSent: false,
    invoiceId: null,
    costPosted: false,
  };
}

type DeliveryProven = (typeof logistics.DeliveryProven)["sample"];

/** What an order remembers of a proof of delivery begins so. */
export const PROVEN = "delivered ";

const awaitsProof = ({ order }: OrderState): boolean => order.invoiceAfter === "delivery";

/** Somebody signed: where the contract waits for that, the shipment is taxed now and then billed; services may start. */
export function delivered(
  state: OrderState,
  { shipmentId, signedBy, provenAt }: Pick<DeliveryProven, keyof Proof>,
): Step {
  if (shipmentId === undefined) return { note: "The proof of delivery names no shipment." };
  const shipment = state.shipments.find((known) => known.shipmentId === shipmentId);
  const fact = `${PROVEN}${shipmentId}`;
  const { provenEarly: early = [] } = state;
  if (wasHeard(state, fact) || (!shipment && early.some((known) => known.shipmentId === shipmentId)))
    return { note: `The proof of delivery of ${shipmentId} is known.` };
  if (!shipment)
    return {
      state: { ...state, provenEarly: [...early, { shipmentId, signedBy, provenAt }] },
      note: `${signedBy} signed for ${shipmentId}, of which no dispatch is known yet.`,
    };
  const { state: signed } = booked(hearing(state, fact), shipment.lines, inLedger(quantities.deliver));
  const bills = awaitsProof(state) ? [acts.finaliseTax(signed, { ...shipment, dispatchedAt: provenAt })] : [];
  const { state: next, send } = started(signed, provenAt.slice(0, 10));
  return {
    state: next,
    ...(bills.length + send.length > 0 ? { send: [...bills, ...send] } : {}),
    note: `${signedBy} signed for shipment ${shipment.shipmentId}.`,
  };
}
