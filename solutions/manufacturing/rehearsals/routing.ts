/** Rehearsals of routing: ours makes what it can, further plants send what they have, and every part adds up to what is short. */
import { send } from "crossdock";
import {
  fulfilment,
  inventory,
  logistics,
  operations,
  plant,
  purchasing,
  sales,
  transfers,
} from "crossdock/canon";
import { type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { begun } from "../makes.ts";
import { standardPolicy } from "../policy.ts";
import { makeToOrder } from "../processes/make-to-order.ts";
import { orderRouting } from "../processes/order-routing.ts";

const each = (value: string) => ({ value, uom: "EA" });
const price = { amount: "350.00", currency: "EUR", per: each("1") };
const policy = {
  ...standardPolicy,
  madeToOrder: ["PUMP-100"],
  suppliedBy: [
    { plant: "DAY", entity: "ME-02", deliversTo: ["WH-ROT"], days: 4, transferPrices: { "PUMP-100": price } },
  ],
};
const process = orderRouting(policy);
const told = (name: string) => rehearsal(name, process);

const ORDER = "SO-1003";
const BOUGHT = "IC-1003-1";
const MADE = `PR-${ORDER}-1`;
const line = { salesOrderId: ORDER, line: "1", item: "PUMP-100" };
const backordered = (shipsFrom?: string, more: object = {}) =>
  inventory.OrderBackordered.of({
    ...line,
    orderLine: `${ORDER}/1`,
    backorderQuantity: each("100"),
    reason: "100 of 100 are out of stock.",
    ...(shipsFrom === undefined ? {} : { shipsFrom }),
    backorderedAt: STILL,
    ...more,
  });
const says = (plant: string, onHand: string, makeable: string) =>
  transfers.SupplyChecked.of({
    ...line,
    quantity: each("100"),
    plant,
    onHand: each(onHand),
    makeable: each(makeable),
  });
const asking = {
  line: "1",
  item: "PUMP-100",
  quantity: "100",
  uom: "EA",
  asked: ["LYO", "DAY"],
  answers: [] as { plant: string; onHand: string; makeable: string }[],
  bought: null as { plant: string; quantity: string }[] | null,
};
const having = (short: typeof asking) => ({ salesOrderId: ORDER, short: [short] }) as never;
const toRotterdam = { ...asking, shipsFrom: "WH-ROT" };
const answered = (makeable: string, onHand: string) => [
  { plant: "LYO", onHand: "0", makeable },
  { plant: "DAY", onHand, makeable: "0" },
];
const here = (quantity: string) =>
  transfers.OrderRouted.of({
    ...line,
    quantity: each(quantity),
    plant: "LYO",
    by: "production",
    routedAt: STILL,
  });
const head = { purchaseOrderId: BOUGHT, supplier: "ME-02", sellingEntity: "ME-02", transferId: BOUGHT };
const fromDay = (quantity: string) => ({
  publish: [
    transfers.OrderRouted.of({
      ...line,
      quantity: each(quantity),
      plant: "DAY",
      by: "stock",
      transferId: BOUGHT,
      sellingEntity: "ME-02",
      routedAt: STILL,
    }),
    inventory.OrderBackordered.of({
      ...line,
      orderLine: `${ORDER}/1`,
      backorderQuantity: each(quantity),
      reason: "Plant DAY sends them.",
      newPromise: "2026-01-09",
      backorderedAt: STILL,
    }),
  ],
  send: [
    send(
      purchasing.IssuePurchaseOrder.of({
        ...head,
        currency: "EUR",
        needBy: "2026-01-09",
        plant: "LYO",
        salesOrderId: ORDER,
        orderLine: "1",
        deliverTo: "WH-ROT",
        lines: [{ line: "1", item: "PUMP-100", quantity: each(quantity), price }],
      }),
      {
        undo: purchasing.CancelPurchaseOrder.of({ ...head, reason: "The order was given up." }),
        apart: true,
      },
    ),
    send(
      fulfilment.ReleaseAllocation.of({
        salesOrderId: ORDER,
        lines: [{ line: "1", item: "PUMP-100", quantity: each(quantity) }],
        reason: "Plant DAY supplies it.",
      }),
    ),
  ],
});
const routedToBoth = [backordered("WH-ROT"), says("LYO", "0", "70"), says("DAY", "30", "0")];
const cancelled = sales.OrderCancelled.of({ salesOrderId: ORDER, reason: "Not needed.", by: "maria" });
const changed = sales.OrderChanged.of({
  salesOrderId: ORDER,
  lines: [{ line: "1", quantity: each("90") }],
  reason: "Ten less.",
});
const dispatched = logistics.ShipmentDispatched.of({
  salesOrderId: ORDER,
  shipmentId: "RT-1001",
  handlingUnits: [],
  dispatchedAt: STILL,
  lines: [{ line: "1", item: "PUMP-100", quantity: each("70") }],
});

export const rehearsals: Rehearsal[] = [
  told("every plant that could supply an order is asked what it has and what its components are enough for")
    .given()
    .when(backordered("WH-ROT"))
    .decides({
      state: having(toRotterdam),
      send: ["LYO", "DAY"].map((plant) =>
        send(transfers.CheckSupply.of({ ...line, quantity: each("100"), plant })),
      ),
    }),
  told("where nobody else's trucks go, ours makes all of it and nobody is asked")
    .given()
    .when(backordered())
    .decides({
      state: having({ ...asking, asked: ["LYO"], bought: [] }),
      reach: "routed",
      publish: [here("100")],
      send: [],
    }),
  told("what is not made to order is waited for")
    .given()
    .when(backordered("WH-ROT", { item: "VALVE-20" }))
    .decides({ state: { salesOrderId: ORDER, short: [] } as never, note: "VALVE-20 is not made to order." }),
  told("a promise of ours is no shortage")
    .given(backordered("WH-ROT"))
    .when(backordered("WH-ROT", { newPromise: "2026-01-09" }))
    .decides({ state: having(toRotterdam), note: "This is what we promised ourselves." }),
  told("nothing is decided before the last plant has answered")
    .given(backordered("WH-ROT"))
    .when(says("DAY", "30", "0"))
    .decides({ state: having({ ...toRotterdam, answers: answered("70", "30").slice(1) }) }),
  told("components are enough for 70: they are made here, and 30 are bought from where they stand")
    .given(backordered("WH-ROT"), says("LYO", "0", "70"))
    .when(says("DAY", "30", "0"))
    .decides({
      state: having({
        ...toRotterdam,
        answers: answered("70", "30"),
        bought: [{ plant: "DAY", quantity: "30" }],
      }),
      reach: "routed",
      publish: [here("70"), ...fromDay("30").publish],
      send: fromDay("30").send,
    }),
  told("components are enough for all: nothing is bought from anybody")
    .given(backordered("WH-ROT"), says("LYO", "0", "250"))
    .when(says("DAY", "30", "0"))
    .decides({
      state: having({ ...toRotterdam, answers: answered("250", "30"), bought: [] }),
      reach: "routed",
      publish: [here("100")],
      send: [],
    }),
  told("what no plant has is made here, for which components are bought")
    .given(backordered("WH-ROT"), says("LYO", "0", "70"))
    .when(says("DAY", "10", "0"))
    .decides({
      state: having({
        ...toRotterdam,
        answers: answered("70", "10"),
        bought: [{ plant: "DAY", quantity: "10" }],
      }),
      reach: "routed",
      publish: [here("90"), ...fromDay("10").publish],
      send: fromDay("10").send,
    }),
  told("an answer that comes again changes nothing")
    .given(...routedToBoth)
    .when(says("DAY", "30", "0"))
    .decides({ note: "What DAY has for line 1 is known, or nobody waits for it." }),
  told("once goods leave, routing has done its part")
    .given(...routedToBoth)
    .when(dispatched)
    .decides({ end: "completed" }),
  told("goods that leave while a plant is still asked leave it waiting")
    .given(backordered("WH-ROT"))
    .when(dispatched)
    .decides({ note: "RT-1001 left before all was routed." }),
  told("a changed order that another plant supplies is the planner's")
    .given(...routedToBoth)
    .when(changed)
    .decides({
      publish: [
        operations.ExceptionRaised.of({
          subject: `order/${ORDER}`,
          fingerprint: "order-routing/order-changed",
          class: "business hold",
          state: "held",
          owner: "planner",
          title: "An order was changed that another plant supplies.",
          reason: "30 from DAY: Ten less.",
        }),
      ],
    }),
  told("a changed order that only we supply is make-to-order's")
    .given(backordered())
    .when(changed)
    .decides({ note: "Nothing is bought from another plant for this order." }),
  told("a cancelled order takes the purchase back")
    .given(...routedToBoth)
    .when(cancelled)
    .decides({ end: { abandon: "Not needed." } }),

  rehearsal("what is routed to us is made", makeToOrder(policy))
    .given()
    .when(here("70"))
    .decides({
      state: { salesOrderId: ORDER, makes: [begun(MADE, "1", "PUMP-100", "70")] },
      send: [
        send(
          plant.CheckMaterials.of({
            productionOrderId: MADE,
            plant: "LYO",
            salesOrderId: ORDER,
            item: "PUMP-100",
            quantity: each("70"),
          }),
        ),
      ],
    }),
  rehearsal("what another plant sends is not made", makeToOrder(policy))
    .given()
    .when(fromDay("30").publish[0]!)
    .decides({
      state: { salesOrderId: ORDER, makes: [] },
      note: "DAY supplies 30 PUMP-100, not we.",
    }),
];
