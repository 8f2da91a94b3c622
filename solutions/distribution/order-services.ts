/**
 * What of an order is no thing: services for a time, billed by the month, which start when the goods they belong to are there.
 *
 * One thing stays true: a service is never started by us, and what goods are worth never billed by us, before its trigger. Where
 * another system did so all the same, somebody is told at once; nothing is taken back by itself.
 *
 * @covers EVT-35, PRC-18
 */
import { type Command, send } from "crossdock";
import { type costing, type finance, type OrderLine, type sales, services } from "crossdock/canon";
import { forbidden, forgiven } from "./forbidden.ts";
import {
  hearing,
  isDelivered,
  isPaid,
  type OrderState,
  type Service,
  wantedLines,
  wasHeard,
} from "./order-state.ts";
import type { Step } from "./order-words.ts";

/** Goods have no term; a service has one. */
export const isService = ({ termMonths }: OrderLine): boolean => termMonths !== undefined;

export const servicesOf = (order: sales.SalesOrder): Service[] =>
  order.lines.flatMap(({ line, item, price, termMonths }) =>
    price && termMonths !== undefined
      ? [{ line, item, price, termMonths, asked: false, subscriptionId: null }]
      : [],
  );

/** Why services of an order cannot be taken, each a sentence. */
export function serviceProblems(order: sales.SalesOrder): string[] {
  const offered = order.lines.filter(isService);
  return [
    ...offered.flatMap(({ line, price }) =>
      price ? [] : [`Line ${line} is a service and states no price a month.`],
    ),
    ...(offered.length === order.lines.length
      ? ["An order of services only has no goods to start with; contract services apart."]
      : []),
  ];
}

const told = ({ line, item, price, termMonths }: Service) => ({ line, item, price, termMonths });

/** Who fulfils what: warehouse and carrier the goods, billing the services. Only said of an order that has both. */
export function decomposed(state: OrderState, at: string) {
  if (!state.services) return [];
  const goods = wantedLines(state).map(({ line, item, quantity }) => ({ line, item, quantity }));
  return [
    services.OrderDecomposed.of({
      salesOrderId: state.order.salesOrderId,
      fulfilment: goods,
      freight: goods,
      service: state.services.map(told),
      decomposedAt: at,
    }),
  ];
}

/** Once all goods are delivered, every service that has not been asked for starts that day. */
export function started(state: OrderState, day: string): { state: OrderState; send: Command[] } {
  const due = state.services?.filter(({ asked }) => !asked) ?? [];
  if (due.length === 0 || !isDelivered(state)) return { state, send: [] };
  const { salesOrderId, customer, shipTo } = state.order;
  return {
    state: { ...state, services: state.services!.map((service) => ({ ...service, asked: true })) },
    send: due.map((service) =>
      send(
        services.ActivateService.of({
          salesOrderId,
          customer,
          line: told(service),
          start: day,
          ...(shipTo ? { billTo: shipTo } : {}),
        }),
        {
          undo: services.DeactivateService.of({
            salesOrderId,
            line: service.line,
            reason: "The order was abandoned.",
          }),
        },
      ),
    ),
  };
}

type Activated = (typeof services.ServiceActivated)["sample"];

/** Billing runs it; an order that waited for nothing else is over. */
export function serviceActivated(state: OrderState, { line, subscriptionId, start }: Activated): Step {
  const service = state.services?.find((known) => known.line === line);
  if (!service) return { note: `Billing runs ${subscriptionId} for line ${line}, which is no service here.` };
  // What was started too early may have been ended, and started anew when it was due.
  if (service.subscriptionId === subscriptionId) return { note: `Service ${subscriptionId} runs already.` };
  const next: OrderState = {
    ...state,
    services: state.services!.map((known) => (known === service ? { ...known, subscriptionId } : known)),
  };
  if (service.asked) {
    const note = `${service.item} runs from ${start} as ${subscriptionId}.`;
    const then: Step = {
      state: next,
      send: [firstInvoice(state, service, subscriptionId, start)],
      // One that somebody started too early has made way for it.
      ...(service.subscriptionId === null
        ? {}
        : { publish: [forgiven(state, "service started early", `${subscriptionId} runs in its place.`)] }),
      note,
    };
    return isPaid(next) ? { ...then, stop: ["payment due", "shortage"], end: "completed" } : then;
  }
  return {
    state: next,
    publish: [
      forbidden(
        state,
        "service started early",
        `${subscriptionId} runs from ${start}; the goods of the order are not delivered yet.`,
        { amount: service.price.amount, currency: service.price.currency },
      ),
    ],
    note: `${subscriptionId} was started by somebody else.`,
  };
}

/** The month it starts in is billed with it; billing's own runs bill the months that follow. */
const firstInvoice = (
  { order: { salesOrderId, customer } }: OrderState,
  { line, price }: Service,
  subscriptionId: string,
  start: string,
): Command =>
  send(
    services.PostServiceInvoice.of({
      salesOrderId,
      customer,
      subscriptionId,
      line,
      period: start.slice(0, 7),
      taxExclusiveAmount: { amount: price.amount, currency: price.currency },
      issueDate: start,
    }),
    { pivot: true },
  );

type Recognised = (typeof costing.RevenueRecognised)["sample"];

/** Billing invoiced a month. Before the goods are there that is a contradiction, whoever started it. */
export function serviceBilled(
  state: OrderState,
  { invoiceId, amount, invoiced = amount, trigger }: Recognised,
): Step {
  const fact = `service ${invoiceId}`;
  if (trigger !== "service start") return { note: `${invoiceId} counts as revenue.` };
  if (wasHeard(state, fact)) return { note: `Service invoice ${invoiceId} came again.` };
  const next = hearing(state, fact);
  if (isDelivered(state)) return { state: next, note: `Billing invoiced ${invoiceId}.` };
  return {
    state: next,
    publish: [
      forbidden(
        state,
        "service billed early",
        `Invoice ${invoiceId} over ${invoiced.amount} ${invoiced.currency} was issued; no delivery is proven.`,
        invoiced,
      ),
    ],
    note: `Invoice ${invoiceId} came before proof of delivery.`,
  };
}

type CreditNote = (typeof finance.CreditNoteIssued)["sample"];

/** Billing took back what it had billed too early; null where the note corrects no invoice of a service. */
export function serviceCredited(
  state: OrderState,
  { billingReference, creditNoteId }: CreditNote,
): Step | null {
  if (!wasHeard(state, `service ${billingReference}`)) return null;
  const note = `Billing took ${billingReference} back with ${creditNoteId}.`;
  return { publish: [forgiven(state, "service billed early", note)], note };
}
