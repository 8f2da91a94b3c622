/**
 * What an order is short of is routed to the plants that can supply it: ours makes what its components are enough for, further plants
 * send what they have, and what nobody has is made here once components are bought.
 *
 * It starts what it decides and does none of it: making is make-to-order, a sale between two of our entities the intercompany process.
 * One thing stays true: the parts a line is routed in add up to what it is short of.
 *
 * @covers PRC-26
 */
import { process, send } from "crossdock";
import {
  decimals,
  fulfilment,
  inventory,
  logistics,
  operations,
  purchasing,
  sales,
  transfers,
} from "crossdock/canon";
import Type from "typebox";
import { days } from "../days.ts";
import type { Policy, SupplyingPlant } from "../policy.ts";

const Answer = Type.Object({ plant: Type.String(), onHand: Type.String(), makeable: Type.String() });
const Short = Type.Object({
  line: Type.String(),
  item: Type.String(),
  quantity: Type.String(),
  uom: Type.String(),
  /** The plants that are asked, ours first, and what they answered so far. */
  asked: Type.Array(Type.String()),
  answers: Type.Array(Answer),
  /** How much of it further plants were asked to send; null until it is routed. */
  bought: Type.Union([
    Type.Array(Type.Object({ plant: Type.String(), quantity: Type.String() })),
    Type.Null(),
  ]),
  shipsFrom: Type.Optional(Type.String()),
});
type Short = Type.Static<typeof Short>;
const State = Type.Object({ salesOrderId: Type.String(), short: Type.Array(Short) });
type State = Type.Static<typeof State>;
type Backordered = (typeof inventory.OrderBackordered)["sample"];

const undone = "The order was given up.";

export const orderRouting = (policy: Policy) => {
  const part = ({ salesOrderId }: State, { line, item, uom }: Short, value: string) => ({
    salesOrderId,
    line,
    item,
    quantity: { value, uom },
  });
  const replaced = (state: State, short: Short): State => ({
    ...state,
    short: state.short.map((one) => (one.line === short.line ? short : one)),
  });
  /** Further plants that may send this item to where the order leaves from. */
  const further = (item: string, shipsFrom: string | undefined): SupplyingPlant[] =>
    policy.suppliedBy.filter(
      ({ deliversTo, transferPrices }) =>
        shipsFrom !== undefined && deliversTo.includes(shipsFrom) && transferPrices[item] !== undefined,
    );

  function reported(state: State, report: Backordered, at: string) {
    const { line, item, backorderQuantity, newPromise, shipsFrom } = report;
    if (newPromise !== undefined) return { state, note: "This is what we promised ourselves." };
    if (!policy.madeToOrder.includes(item)) return { state, note: `${item} is not made to order.` };
    if (state.short.some((one) => one.line === line))
      return { state, note: `Line ${line} is routed already.` };
    const short: Short = {
      line,
      item,
      quantity: backorderQuantity.value,
      uom: backorderQuantity.uom,
      asked: [policy.plant, ...further(item, shipsFrom).map(({ plant }) => plant)],
      answers: [],
      bought: null,
      ...(shipsFrom === undefined ? {} : { shipsFrom }),
    };
    const next = { ...state, short: [...state.short, short] };
    // Nobody else could: there is nothing to ask.
    if (short.asked.length === 1) return routed(next, short, at);
    return {
      state: next,
      send: short.asked.map((plant) =>
        send(transfers.CheckSupply.of({ ...part(state, short, short.quantity), plant })),
      ),
    };
  }

  /** Our plant makes what it has components for; the rest comes from whoever has it; the rest of that is made here all the same. */
  function routed(state: State, short: Short, at: string) {
    const said = (plant: string) => short.answers.find((one) => one.plant === plant);
    const own = decimals.smaller(said(policy.plant)?.makeable ?? short.quantity, short.quantity);
    let rest = decimals.subtract(short.quantity, own);
    const bought = further(short.item, short.shipsFrom).flatMap((from) => {
      const share = decimals.smaller(said(from.plant)?.onHand ?? "0", rest);
      rest = decimals.subtract(rest, share);
      return decimals.isPositive(share) ? [{ from, share }] : [];
    });
    const made = decimals.add(own, rest);
    const next = replaced(state, {
      ...short,
      bought: bought.map(({ from: { plant }, share: quantity }) => ({ plant, quantity })),
    });
    const orders = bought.map(({ from, share }, index) => order(state, short, from, share, index + 1, at));
    return {
      state: next,
      ...(next.short.every((one) => one.bought !== null) ? { reach: "routed" as const } : {}),
      publish: [
        ...(decimals.isPositive(made)
          ? [
              transfers.OrderRouted.of({
                ...part(state, short, made),
                plant: policy.plant,
                by: "production",
                routedAt: at,
              }),
            ]
          : []),
        ...orders.flatMap(({ publish }) => publish),
      ],
      send: orders.flatMap(({ send: commands }) => commands),
    };
  }

  /** Buys a share from a further plant, promises its day, and has our warehouse wait for it no longer. */
  function order(
    state: State,
    short: Short,
    { plant, entity, days: more, transferPrices }: SupplyingPlant,
    share: string,
    count: number,
    at: string,
  ) {
    const transferId = `IC-${state.salesOrderId.replace(/^SO-/, "")}-${short.line}${count > 1 ? `-${count}` : ""}`;
    const price = transferPrices[short.item]!;
    const needBy = days(at.slice(0, 10), more);
    const bought = part(state, short, share);
    const head = { purchaseOrderId: transferId, supplier: entity, sellingEntity: entity, transferId };
    return {
      publish: [
        transfers.OrderRouted.of({
          ...bought,
          plant,
          by: "stock",
          transferId,
          sellingEntity: entity,
          routedAt: at,
        }),
        inventory.OrderBackordered.of({
          salesOrderId: state.salesOrderId,
          orderLine: `${state.salesOrderId}/${short.line}`,
          line: short.line,
          item: short.item,
          backorderQuantity: bought.quantity,
          reason: `Plant ${plant} sends them.`,
          newPromise: needBy,
          backorderedAt: at,
        }),
      ],
      send: [
        send(
          purchasing.IssuePurchaseOrder.of({
            ...head,
            currency: price.currency,
            needBy,
            plant: policy.plant,
            salesOrderId: state.salesOrderId,
            orderLine: short.line,
            ...(short.shipsFrom === undefined ? {} : { deliverTo: short.shipsFrom }),
            lines: [{ line: "1", item: short.item, quantity: bought.quantity, price }],
          }),
          // A plant whose goods have left refuses; nothing else waits for that.
          { undo: purchasing.CancelPurchaseOrder.of({ ...head, reason: undone }), apart: true },
        ),
        send(
          fulfilment.ReleaseAllocation.of({
            salesOrderId: state.salesOrderId,
            lines: [{ line: short.line, item: short.item, quantity: bought.quantity }],
            reason: `Plant ${plant} supplies it.`,
          }),
        ),
      ],
    };
  }

  return process({
    name: "order-routing",
    version: 1,
    owner: "planning",
    summary: "From an order line that is out of stock to the plants that supply it.",
    keyType: "order",
    state: State,
    milestones: { routed: { due: "15m" } },
    ifStarted: [logistics.ShipmentDispatched, sales.OrderCancelled, sales.OrderChanged],
    afterEnd: [
      inventory.OrderBackordered,
      transfers.SupplyChecked,
      logistics.ShipmentDispatched,
      sales.OrderCancelled,
      sales.OrderChanged,
    ],
  })
    .startsOn(
      inventory.OrderBackordered,
      "salesOrderId",
      (report, { at }) => reported({ salesOrderId: report.salesOrderId, short: [] }, report, at),
      (state, report, { at }) => reported(state, report, at),
    )
    .when(transfers.SupplyChecked, "salesOrderId", (state, { line, plant, onHand, makeable }, { at }) => {
      const short = state.short.find((one) => one.line === line);
      if (short?.bought !== null || short.answers.some((one) => one.plant === plant))
        return { note: `What ${plant} has for line ${line} is known, or nobody waits for it.` };
      const answers = [...short.answers, { plant, onHand: onHand.value, makeable: makeable.value }];
      const next = { ...short, answers };
      const after = replaced(state, next);
      return answers.length === short.asked.length ? routed(after, next, at) : { state: after };
    })
    .when(logistics.ShipmentDispatched, "salesOrderId", (state, { shipmentId }) =>
      state.short.every(({ bought }) => bought !== null)
        ? { end: "completed" }
        : { note: `${shipmentId} left before all was routed.` },
    )
    .when(sales.OrderChanged, "salesOrderId", (state, { reason }) => {
      const bought = state.short.flatMap((one) => one.bought ?? []);
      if (bought.length === 0) return { note: "Nothing is bought from another plant for this order." };
      return {
        publish: [
          operations.ExceptionRaised.of({
            subject: `order/${state.salesOrderId}`,
            fingerprint: "order-routing/order-changed",
            class: "business hold",
            state: "held",
            title: "An order was changed that another plant supplies.",
            reason: `${bought.map(({ plant, quantity }) => `${quantity} from ${plant}`).join(", ")}: ${reason}`,
            owner: policy.reviews.plan.by,
          }),
        ],
      };
    })
    .when(sales.OrderCancelled, "salesOrderId", (_, { reason }) => ({ end: { abandon: reason } }));
};
