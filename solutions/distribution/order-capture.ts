/**
 * The first part of the story: an order is captured, accepted or rejected, its prices and its credit are judged, it is changed
 * or cancelled.
 *
 * Nothing is asked of ERP or warehouse before credit is approved, and an answer about an earlier change of the order is
 * never taken for an answer about this one. What happens to goods is in `order-fulfilment.ts`.
 *
 * @covers EVT-02, EVT-03, EVT-04, EVT-07
 */
import type { When } from "crossdock";
import {
  type ChangedLine,
  type costing,
  decimals,
  type Money,
  type OrderLine,
  operations,
  sales,
  type UnitPrice,
} from "crossdock/canon";
import * as acts from "./order-acts.ts";
import { fulfil } from "./order-fulfilment.ts";
import { isService, serviceProblems, servicesOf } from "./order-services.ts";
import { hasShipped, isPriced, type Line, type OrderState, orderTotal, wantedLines } from "./order-state.ts";
import { raised, type Step } from "./order-words.ts";
import type { Policy } from "./policy.ts";
import * as quantities from "./quantities.ts";

const { compare, isPositive } = decimals;

// Captured --------------------------------------------------------------------------------------------------------

export const captured =
  (policy: Policy) =>
  (order: sales.SalesOrder, { at }: When): Step & { state: OrderState } => {
    const { salesOrderId, customerReference, customer } = order;
    const state = begun(order, at, policy);
    const reasons = problemsOf(order, policy);
    if (reasons.length > 0) {
      return {
        state: { ...state, phase: "rejected" },
        publish: [
          sales.OrderRejected.of({ salesOrderId, customerReference, customer, reasons, rejectedAt: at }),
        ],
        send: acts.acknowledgeOrder(state, at, "rejected", reasons),
        end: { abandon: `The order was rejected: ${reasons.join(" ")}` },
      };
    }
    if (isTaxedWhenAccepted(state, policy)) return { state, send: [acts.checkPrices(state)] };
    const { send, ...accepted } = acceptance(state, at);
    return { state, ...accepted, send: [...send, acts.checkPrices(state)] };
  };

/** The order is taken on: told to everybody, and to the partner. */
const acceptance = (state: OrderState, at: string) => {
  const { salesOrderId, customerReference, customer } = state.order;
  return {
    reach: "accepted" as const,
    publish: [sales.OrderAccepted.of({ salesOrderId, customerReference, customer, acceptedAt: at })],
    send: acts.acknowledgeOrder(state, at, "accepted"),
  };
};

/** Services are taxed where they are billed. */
const isTaxedWhenAccepted = ({ order, lines }: OrderState, { taxedWhenAccepted }: Policy): boolean =>
  taxedWhenAccepted.includes(order.channel) && lines.length > 0;

function begun(order: sales.SalesOrder, at: string, policy: Policy): OrderState {
  const { salesOrderId, customerReference, customer, channel, currency, shipTo, requestedDate } = order;
  const offered = servicesOf(order);
  return {
    order: {
      salesOrderId,
      customerReference,
      customer,
      channel,
      currency,
      orderDate: order.issueDate ?? at.slice(0, 10),
      plant: order.plant ?? policy.plant,
      payment: order.payment ?? { method: "invoice" },
      ...(shipTo ? { shipTo } : {}),
      ...(requestedDate ? { requestedDate } : {}),
      ...(order.invoiceAfter ? { invoiceAfter: order.invoiceAfter } : {}),
      ...(policy.shipsFrom[customer] === undefined ? {} : { shipsFrom: policy.shipsFrom[customer] }),
    },
    phase: "checking prices",
    change: 0,
    lines: order.lines.filter((line) => !isService(line)).map(lineOf),
    ...(offered.length > 0 ? { services: offered } : {}),
    erp: { sent: false, orderId: null, change: 0 },
    allocatedSaid: false,
    freight: { attempts: 0 },
    shipments: [],
    invoices: [],
    heard: [],
    reminders: 0,
  };
}

const lineOf = ({ line, item, quantity, price }: OrderLine): Line => ({
  line,
  item,
  uom: quantity.uom,
  price: price ?? null,
  quantities: quantities.opened(quantity.value),
  askedToAllocate: "0",
  askedToShip: "0",
  askedToRelease: "0",
});

/** Why an order cannot be taken as it stands, each reason a sentence the sender can act on. */
export function problemsOf(order: sales.SalesOrder, policy: Policy): string[] {
  const problems: string[] = [];
  if (!policy.currencies.includes(order.currency)) {
    problems.push(`We trade in ${policy.currencies.join(", ")}, not in ${order.currency}.`);
  }
  const seen = new Set<string>();
  for (const line of order.lines) {
    if (seen.has(line.line)) problems.push(`Line ${line.line} stands twice.`);
    seen.add(line.line);
    if (!isPositive(line.quantity.value)) problems.push(`Line ${line.line} orders nothing.`);
    problems.push(...priceProblems(line, order.currency));
  }
  problems.push(...serviceProblems(order));
  const { total, lines, currency } = order;
  if (total && problems.length === 0) {
    const sum = priced(lines, currency);
    if (sum && (total.currency !== currency || compare(sum.amount, total.amount) !== 0)) {
      problems.push(
        `The order states a total of ${total.amount} ${total.currency}, its lines come to ${sum.amount} ${sum.currency}.`,
      );
    }
  }
  return problems;
}

function priceProblems({ line, quantity, price }: OrderLine, currency: string): string[] {
  if (!price) return [];
  const problems: string[] = [];
  if (price.currency !== currency) {
    problems.push(`Line ${line} is priced in ${price.currency}, the order in ${currency}.`);
  }
  if (price.per.uom !== quantity.uom) {
    problems.push(`Line ${line} is ordered in ${quantity.uom} and priced per ${price.per.uom}.`);
  }
  if (!isPositive(price.per.value)) problems.push(`The price of line ${line} has no base quantity.`);
  return problems;
}

/** The sum of the lines, or null when one of them has no price. */
function priced(lines: readonly OrderLine[], currency: string): Money | null {
  const amounts = lines.map(({ quantity, price }) => (price ? decimals.priceOf(quantity, price) : null));
  return amounts.includes(null) ? null : decimals.total(amounts as Money[], currency);
}

// Prices ----------------------------------------------------------------------------------------------------------

type PricesChecked = (typeof sales.PricesChecked)["sample"];
type Discrepancy = (typeof sales.PriceDiscrepancyFound)["sample"];

/** The pricing system answered. Within tolerance the quoted price holds; beyond it, or without one, a person decides. */
export const pricesChecked =
  (policy: Policy) =>
  (state: OrderState, answer: PricesChecked): Step => {
    if (state.phase !== "checking prices" || answer.sequenceNumberId !== state.change) {
      return { note: `The prices told are those of change ${answer.sequenceNumberId}, which was overtaken.` };
    }
    const held = new Map(answer.lines.map(({ line, price }) => [line, price]));
    const lines = state.lines.map((line) => ({ ...line, price: line.price ?? held.get(line.line) ?? null }));
    const next = { ...state, lines };
    const asked = lines.filter(({ quantities: q }) => isPositive(quantities.wanted(q)));
    const discrepancies = asked.flatMap((line) => discrepancyOf(next, line, held.get(line.line), policy));
    const unpriced = asked.filter(({ price }) => price === null).map(({ line }) => line);
    if (discrepancies.length === 0 && unpriced.length === 0) return agreed(next, policy);
    const because =
      unpriced.length > 0
        ? `Nobody has a price for line ${unpriced.join(", ")}.`
        : `The price quoted for ${discrepancies.map(({ data }) => data.item).join(", ")} is not the one we hold: ${atRisk(discrepancies, next.order.currency)} are at risk.`;
    return {
      state: { ...next, phase: "price review" },
      publish: discrepancies,
      ask: [{ approval: "price review", because }],
    };
  };

const atRisk = (all: readonly { readonly data: Discrepancy }[], currency: string): string => {
  const { amount } = decimals.total(
    all.map(({ data }) => data.atRisk),
    currency,
  );
  return `${amount} ${currency}`;
};

function discrepancyOf(state: OrderState, line: Line, held: UnitPrice | undefined, policy: Policy) {
  const { price: quoted, item, uom } = line;
  if (!quoted || !held) return [];
  const quantity = { value: quantities.wanted(line.quantities), uom };
  // Both are compared at the same base, and multiplied instead of divided, so no digit is lost.
  const ours = decimals.multiply(held.amount, quoted.per.value);
  const theirs = decimals.multiply(quoted.amount, held.per.value);
  const difference = absolute(decimals.subtract(theirs, ours));
  const tolerated = decimals.multiply(ours, policy.priceTolerancePercent);
  if (compare(decimals.multiply(difference, "100"), tolerated) <= 0) return [];
  const { salesOrderId, currency } = state.order;
  const [at, instead] = [decimals.priceOf(quantity, quoted), decimals.priceOf(quantity, held)];
  return [
    sales.PriceDiscrepancyFound.of({
      salesOrderId,
      orderLine: `${salesOrderId}/${line.line}`,
      item,
      quoted,
      billed: held,
      atRisk: decimals.money(absolute(decimals.subtract(at.amount, instead.amount)), currency),
      tolerancePercent: policy.priceTolerancePercent,
    }),
  ];
}

const absolute = (decimal: string): string => decimal.replace(/^-/, "");

/** Prices are agreed: what remains to be known is the tax, where the order is confirmed with it, and credit. */
const agreed = (state: OrderState, policy: Policy): Step =>
  isTaxedWhenAccepted(state, policy)
    ? { state: { ...state, phase: "checking tax" }, send: [acts.calculateTax(state)] }
    : toCredit(state);

const toCredit = (state: OrderState): Step => ({
  state: { ...state, phase: "checking credit" },
  send: [acts.checkCredit(state)],
});

/** The price quoted to the customer is honoured. */
export const priceApproved =
  (policy: Policy) =>
  (state: OrderState, { by }: { by: string }): Step => {
    if (state.phase !== "price review") return { note: `The price decision of ${by} was overtaken.` };
    if (isPriced(state)) return { ...agreed(state, policy), note: `${by} honours the quoted price.` };
    const because = "A line still has no price; decline the order, or let it be changed to state one.";
    return { ask: [{ approval: "price review", because }] };
  };

// Tax -------------------------------------------------------------------------------------------------------------

type TaxCalculated = (typeof costing.TaxCalculated)["sample"];

/**
 * The tax of the order is known, or promised while the tax engine is silent; the first of the two takes the order on. Channels hear of
 * both by themselves, so a promise that did not hold is corrected there; invoices are posted with the tax that is final and no other.
 */
export function taxCalculated(
  state: OrderState,
  { sequenceNumberId, taxAmount, promisedFrom }: TaxCalculated,
  { at }: When,
): Step {
  const known = state.tax;
  if (sequenceNumberId !== state.change)
    return { note: `The tax told is that of change ${sequenceNumberId}, which was overtaken.` };
  if (known?.change === state.change && (promisedFrom !== undefined || !known.promised))
    return { note: "The tax of the order is known already." };
  const { amount, currency } = taxAmount;
  const tax = { change: state.change, amount: taxAmount, promised: promisedFrom !== undefined };
  const next: OrderState = { ...state, tax };
  if (state.phase === "checking tax") {
    const { state: taxed, send = [] } = toCredit(next);
    const note = tax.promised
      ? `The tax engine is silent: ${amount} ${currency} is promised at the rate it named at ${promisedFrom}.`
      : `The tax is ${amount} ${currency}.`;
    if (known) return { state: taxed ?? next, send, note };
    const { send: told, ...accepted } = acceptance(next, at);
    return { state: taxed ?? next, ...accepted, send: [...told, ...send], note };
  }
  const was = known?.amount.amount;
  return {
    state: next,
    note:
      was === undefined || compare(was, amount) === 0
        ? `The tax is ${amount} ${currency}, as promised.`
        : `The tax is ${amount} ${currency}, and ${was} was confirmed; the channel is told what is right.`,
  };
}

// Credit ----------------------------------------------------------------------------------------------------------

type CreditApproved = (typeof sales.CreditApproved)["sample"];
type CreditHeld = (typeof sales.CreditHeld)["sample"];

export const creditApproved =
  (policy: Policy) =>
  (state: OrderState, { sequenceNumberId, approver }: CreditApproved, { at }: When): Step => {
    if (sequenceNumberId !== state.change || !awaitsCredit(state)) {
      return { note: `The credit approval by ${approver} is known or overtaken.` };
    }
    return approved(state, policy, at);
  };

export function creditHeld(state: OrderState, { sequenceNumberId, reason }: CreditHeld): Step {
  if (sequenceNumberId !== state.change || state.phase !== "checking credit") {
    return { note: "The credit hold is known or overtaken." };
  }
  return {
    state: { ...state, phase: "credit review", reminders: 0 },
    ask: [{ approval: "credit review", because: reason }],
  };
}

/** A person vouches for the order; what they said is a fact like the ERP's own approval. */
export const creditVouched =
  (policy: Policy) =>
  (state: OrderState, { at, by }: { at: string; by: string }): Step => {
    if (state.phase !== "credit review") return { note: `The credit decision of ${by} was overtaken.` };
    const { salesOrderId } = state.order;
    const fact = sales.CreditApproved.of({
      salesOrderId,
      sequenceNumberId: state.change,
      amount: orderTotal(state),
      approver: by,
      asOf: at,
    });
    const step = approved(state, policy, at);
    return { ...step, publish: [fact, ...(step.publish ?? [])] };
  };

const awaitsCredit = ({ phase }: OrderState): boolean =>
  phase === "checking credit" || phase === "credit review";

const approved = (state: OrderState, policy: Policy, at: string): Step => {
  const { reach, ...step } = fulfil(state, policy, at);
  return { ...step, reach: ["credit approved", ...[reach ?? []].flat()] };
};

/** Nobody decided in time: the question is asked again, each time with the number of the reminder. */
type Reviewed = "price review" | "credit review" | "carrier review";

/** What follows when somebody has decided; that it was overdue needs nobody any more. */
export const decided =
  <Answer extends { readonly by: string }>(
    review: Reviewed,
    react: (state: OrderState, answer: Answer) => Step,
  ) =>
  (state: OrderState, answer: Answer): Step => {
    const step = react(state, answer);
    if (state.reminders === 0) return step;
    return { ...step, publish: [...(step.publish ?? []), noLongerDue(state, review, answer.by)] };
  };

const noLongerDue = ({ order: { salesOrderId } }: OrderState, review: Reviewed, by: string) =>
  operations.ExceptionResolved.of({
    subject: `order/${salesOrderId}`,
    fingerprint: `order-to-cash/${review} overdue`,
    how: "by person",
    by,
    salesOrderId,
  });

export function remind(state: OrderState, review: Reviewed): Step {
  const reminders = state.reminders + 1;
  const because = `Nobody has decided yet; this is reminder ${reminders}.`;
  return {
    state: { ...state, reminders },
    ask: [{ approval: review, because }],
    publish: [
      raised(state, `${review} overdue`, {
        title: `A ${review} is overdue.`,
        reason: because,
        owner: "customer-service",
        valueAtRisk: orderTotal(state),
      }),
    ],
  };
}

// Declined, cancelled, changed ------------------------------------------------------------------------------------

/** The order is given up by a decision of ours, which others hear as a cancellation like any other. */
export function giveUp(state: OrderState, reason: string, { at, by }: { at: string; by: string }): Step {
  const { salesOrderId } = state.order;
  return {
    // Whoever decided has ended what was overdue.
    ...(state.reminders > 0 ? { state: { ...state, reminders: 0 } } : {}),
    publish: [sales.OrderCancelled.of({ salesOrderId, reason, by, cancelledAt: at })],
    send: acts.acknowledgeOrder(state, at, "rejected", [reason]),
  };
}

type OrderCancelled = (typeof sales.OrderCancelled)["sample"];

/** Everything done so far is undone, last first; what others did for the order in between is part of that. */
export function cancelled(state: OrderState, { reason, by }: OrderCancelled): Step {
  if (hasShipped(state)) return tooLate(state, by);
  const { phase, reminders } = state;
  const asked = reminders > 0 && (phase === "price review" || phase === "credit review") ? [phase] : [];
  return {
    ...(asked.length > 0 ? { publish: asked.map((review) => noLongerDue(state, review, by)) } : {}),
    end: { abandon: `Cancelled by ${by}: ${reason}` },
  };
}

function tooLate(state: OrderState, by: string): Step {
  const left = state.shipments.map(({ shipmentId }) => shipmentId).join(", ");
  return {
    publish: [
      raised(state, "cancelled after dispatch", {
        title: "An order was cancelled after goods had left.",
        reason: `Shipment ${left} left before the cancellation by ${by} came; goods that left come back as a return.`,
        owner: "customer-service",
      }),
    ],
    note: `The cancellation by ${by} is refused: shipment ${left} has left.`,
  };
}

type OrderChanged = (typeof sales.OrderChanged)["sample"];

/**
 * The customer wants other quantities. More, or other prices, go through price and credit again; less is adjusted at
 * once; nothing at all is a cancellation. After the first dispatch a change is refused.
 */
export const changed =
  (policy: Policy) =>
  (state: OrderState, request: OrderChanged, { at }: When): Step => {
    const number = request.sequenceNumberId ?? state.change + 1;
    if (number <= state.change) return { note: `Change ${number} is known already or overtaken.` };
    const refusal = refusalOf(state, request);
    if (refusal) {
      return {
        publish: [
          raised(state, "change refused", {
            title: `Change ${number} of the order is refused.`,
            reason: refusal,
            owner: "customer-service",
          }),
        ],
        send: acts.acknowledgeOrder({ ...state, change: number }, at, "rejected", [refusal]),
        note: `Change ${number} is refused: ${refusal}`,
      };
    }
    const next = { ...applied(state, request), change: number };
    if (next.lines.every(({ quantities: q }) => !isPositive(quantities.wanted(q)))) {
      return giveUp(next, `Change ${number} leaves nothing to deliver.`, { at, by: "the customer" });
    }
    const answer = acts.acknowledgeOrder(next, at, "changed", [request.reason]);
    if (state.phase !== "fulfilling" || grew(state, next)) {
      const again: OrderState = { ...next, phase: "checking prices" };
      return {
        state: again,
        ...(state.phase === "fulfilling" ? { withdraw: "credit approved" as const } : {}),
        send: [...answer, acts.checkPrices(again)],
      };
    }
    const step = fulfil(next, policy, at);
    const taxed = isTaxedWhenAccepted(next, policy) ? [acts.calculateTax(next)] : [];
    return { ...step, send: [...answer, ...(step.send ?? []), ...taxed] };
  };

function refusalOf(state: OrderState, { lines }: OrderChanged): string | undefined {
  if (hasShipped(state)) return "Goods have left already; what they left out can be ordered anew.";
  const known = new Map(state.lines.map((line) => [line.line, line]));
  for (const line of lines) {
    if (state.services?.some((service) => service.line === line.line))
      return `Line ${line.line} is a service; it is changed with billing, not with the order.`;
    const was = known.get(line.line);
    if (!was && !(line.item && line.quantity)) {
      return `Line ${line.line} is new, and a new line names its item and its quantity.`;
    }
    if (was && line.item && was.item !== line.item) {
      return `Line ${line.line} is ${was.item}; another item is another line, not ${line.item} in its place.`;
    }
    const uom = was?.uom ?? line.quantity?.uom;
    if (line.quantity && line.quantity.uom !== uom) {
      return `Line ${line.line} was ordered in ${uom}, not in ${line.quantity.uom}.`;
    }
    if (line.price && (line.price.per.uom !== uom || !isPositive(line.price.per.value))) {
      return `The price of line ${line.line} must be per ${uom}.`;
    }
  }
  return undefined;
}

function applied(state: OrderState, { lines: wishes }: OrderChanged): OrderState {
  const named = new Map(wishes.map((wish) => [wish.line, wish]));
  const lines = state.lines.map((line) => {
    const wish = named.get(line.line);
    if (!wish) return line;
    const quantity = wish.quantity?.value ?? quantities.wanted(line.quantities);
    const { after } = quantities.change(line.quantities, quantity);
    return { ...line, price: priceIn(state, wish) ?? line.price, quantities: after };
  });
  const added = wishes.flatMap((wish) => {
    const { line, item, quantity } = wish;
    if (!item || !quantity || state.lines.some((known) => known.line === line)) return [];
    const price = priceIn(state, wish);
    return [lineOf({ line, item, quantity, ...(price ? { price } : {}) })];
  });
  return { ...state, lines: [...lines, ...added] };
}

const priceIn = ({ order }: OrderState, { price }: ChangedLine): UnitPrice | undefined =>
  price && { ...price, currency: order.currency };

/** Whether a change asks for more of anything, or for another price: then it must be judged again. */
function grew(before: OrderState, after: OrderState): boolean {
  const known = new Map(wantedLines(before).map((line) => [line.line, line]));
  return after.lines.some(({ line, price, quantities: q }) => {
    const was = known.get(line);
    const value = quantities.wanted(q);
    if (!isPositive(value)) return false;
    return !was || !price || compare(value, was.quantity.value) > 0 || !samePrice(price, was.price);
  });
}

const samePrice = (one: UnitPrice, other: UnitPrice): boolean =>
  one.currency === other.currency &&
  one.per.uom === other.per.uom &&
  compare(decimals.multiply(one.amount, other.per.value), decimals.multiply(other.amount, one.per.value)) ===
    0;
