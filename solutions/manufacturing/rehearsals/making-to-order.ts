/** Rehearsals of what is made for an order: checked, set aside, bought, planned, released, or taken back. */
import { send } from "crossdock";
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
} from "crossdock/canon";
import { type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { makeToOrder } from "../processes/make-to-order.ts";

const process = makeToOrder({ ...standardPolicy, madeToOrder: ["PUMP-100"] });
const told = (name: string) => rehearsal(name, process);

const each = (value: string) => ({ value, uom: "EA" });
const ORDER = "SO-1";
const MADE = "PR-SO-1-1";
const BOUGHT = "PO-SO-1-1-SEAL-9";
const keys = { productionOrderId: MADE, plant: "LYO", salesOrderId: ORDER };
const price = { amount: "5.00", currency: "EUR", per: each("1") };
const source = { supplier: "V-310", price, deliveryDays: 3 };
const UNDONE = "The order was given up.";

const short = (item = "PUMP-100", line = "1", newPromise?: string) =>
  inventory.OrderBackordered.of({
    salesOrderId: ORDER,
    orderLine: `${ORDER}/${line}`,
    line,
    item,
    backorderQuantity: each("20"),
    reason: newPromise ? `${MADE} makes them from 2026-01-09 on.` : "20 of 20 are out of stock.",
    ...(newPromise ? { newPromise } : {}),
    backorderedAt: newPromise ? "2026-01-09T00:00:00Z" : STILL,
  });
const checked = (sold: boolean) =>
  production.MaterialsChecked.of({
    ...keys,
    item: "PUMP-100",
    quantity: each("20"),
    materials: [{ item: "SEAL-9", quantity: each("40"), ...(sold ? { source } : {}) }],
    makingDays: 2,
  });
const reserved = (quantity: string) =>
  stock.StockReserved.of({
    positionId: "SEAL-9/WH-LYO",
    item: "SEAL-9",
    location: "WH-LYO",
    reservationId: "AL-1",
    quantity: each(quantity),
    productionOrderId: MADE,
    salesOrderId: ORDER,
    reservedAt: STILL,
  });
const confirmed = (status: "confirmed" | "refused") =>
  procurement.PurchaseOrderConfirmed.of({
    purchaseOrderId: BOUGHT,
    supplier: "V-310",
    salesOrderId: ORDER,
    confirmationId: "CF-1",
    supplierCommitments: [
      { line: "1", item: "SEAL-9", promisedDate: "2026-01-08", confirmedQuantity: each("10"), status },
    ],
    deviations: [],
  });
const released = production.ProductionOrderReleased.of({
  ...keys,
  item: "PUMP-100",
  quantity: each("20"),
  materials: [],
  routing: [],
});
const cancelled = sales.OrderCancelled.of({ salesOrderId: ORDER, reason: "No carrier.", by: "maria" });

const checking = {
  productionOrderId: MADE,
  line: "1",
  item: "PUMP-100",
  quantity: "20",
  stage: "checking" as const,
  materials: [],
  bought: [],
  makingDays: 0,
  start: "",
  version: 1,
};
const seals = { item: "SEAL-9", required: "40", reserved: null, source };
const reserving = { ...checking, stage: "reserving" as const, materials: [seals], makingDays: 2 };
const bought = {
  purchaseOrderId: BOUGHT,
  supplier: "V-310",
  item: "SEAL-9",
  quantity: "10",
  price,
  needBy: "2026-01-08",
  promised: null,
};
const buying = {
  ...reserving,
  stage: "buying" as const,
  materials: [{ ...seals, reserved: "30" }],
  bought: [bought],
};
const covered = { ...buying, bought: [{ ...bought, promised: "2026-01-08" }] };
const scheduled = { ...covered, stage: "scheduled" as const, start: "2026-01-09" };
const having = (...makes: object[]) => ({ salesOrderId: ORDER, makes }) as never;
const shown = (fingerprint: string, title: string, reason: string) =>
  operations.ExceptionRaised.of({
    subject: `order/${ORDER}`,
    fingerprint: `make-to-order/${fingerprint}`,
    class: "business hold",
    state: "held",
    title,
    reason,
    owner: "planner",
  });
const toPlan = [short(), checked(true), reserved("30")];
const toRelease = [...toPlan, confirmed("confirmed")];
const schedule = (start: string) =>
  send(
    plant.ScheduleProduction.of({
      ...keys,
      item: "PUMP-100",
      quantity: each("20"),
      start,
      scheduleVersion: 1,
    }),
    { undo: plant.UnscheduleProduction.of({ ...keys, reason: UNDONE }) },
  );
const shortage = stock.ShortageDetected.of({
  ...keys,
  shortageId: "SEAL-9/LYO",
  item: "SEAL-9",
  required: each("40"),
  available: each("30"),
  needBy: "2026-01-08",
});

export const rehearsals: Rehearsal[] = [
  told("what we make and have not is made, and the ERP is asked what of")
    .given()
    .when(short())
    .decides({
      state: having(checking),
      send: [send(plant.CheckMaterials.of({ ...keys, item: "PUMP-100", quantity: each("20") }))],
    }),
  told("what we do not make is waited for")
    .given()
    .when(short("VALVE-20"))
    .decides({ state: having(), note: "VALVE-20 is not made to order." }),
  told("components are set aside")
    .given(short())
    .when(checked(true))
    .decides({
      state: having(reserving),
      reach: "planned",
      send: [
        send(plant.ReserveComponents.of({ ...keys, materials: [{ item: "SEAL-9", quantity: each("40") }] }), {
          undo: plant.ReleaseComponents.of({ ...keys, reason: UNDONE }),
        }),
      ],
    }),
  told("what is short of them is bought")
    .given(short(), checked(true))
    .when(reserved("30"))
    .decides({
      state: having(buying),
      publish: [shortage],
      send: [
        send(
          purchasing.IssuePurchaseOrder.of({
            purchaseOrderId: BOUGHT,
            supplier: "V-310",
            currency: "EUR",
            needBy: "2026-01-08",
            plant: "LYO",
            salesOrderId: ORDER,
            lines: [{ line: "1", item: "SEAL-9", quantity: each("10"), price }],
          }),
          {
            undo: purchasing.CancelPurchaseOrder.of({
              purchaseOrderId: BOUGHT,
              supplier: "V-310",
              reason: UNDONE,
            }),
            apart: true,
          },
        ),
      ],
    }),
  told("what nobody sells is shown, and waited for")
    .given(short(), checked(false))
    .when(reserved("30"))
    .decides({
      state: having({
        ...reserving,
        stage: "buying",
        materials: [{ ...seals, source: null, reserved: "30" }],
      }),
      publish: [
        stock.ShortageDetected.of({ ...shortage.data, needBy: "2026-01-05" }),
        shown("no-source", "Components are short and nobody sells them.", `40 SEAL-9 for ${MADE}.`),
      ],
      send: [],
    }),
  told("with everything on hand it is planned for today")
    .given(short(), checked(true))
    .when(reserved("40"))
    .decides({
      state: having({
        ...reserving,
        stage: "scheduled",
        start: "2026-01-05",
        materials: [{ ...seals, reserved: "40" }],
      }),
      reach: ["supplied", "scheduled"],
      publish: [
        inventory.OrderBackordered.of({
          ...short("PUMP-100", "1", "2026-01-07").data,
          reason: `${MADE} makes them from 2026-01-05 on.`,
          backorderedAt: "2026-01-05T00:00:00Z",
        }),
      ],
      send: [schedule("2026-01-05")],
    }),
  told("with everything promised it is planned for the day after")
    .given(...toPlan)
    .when(confirmed("confirmed"))
    .decides({
      state: having(scheduled),
      reach: ["supplied", "scheduled"],
      publish: [short("PUMP-100", "1", "2026-01-11")],
      send: [schedule("2026-01-09")],
    }),
  told("a supplier that refuses is shown")
    .given(...toPlan)
    .when(confirmed("refused"))
    .decides({
      publish: [
        shown(
          "supplier-refuses",
          "A supplier does not deliver what production waits for.",
          `${BOUGHT} of V-310, for ${MADE}.`,
        ),
      ],
    }),
  told("our own promise asks for nothing")
    .given(...toRelease)
    .when(short("PUMP-100", "1", "2026-01-11"))
    .decides({ state: having(scheduled), note: "This is what we promised ourselves." }),
  told("a supplier that is late moves production and the customer's day")
    .given(...toRelease)
    .when(
      procurement.DeliveryDelayed.of({
        ...procurement.DeliveryDelayed.sample,
        purchaseOrderId: BOUGHT,
        salesOrderId: ORDER,
        newDate: "2026-01-12",
        cause: "The mould broke.",
      }),
    )
    .decides({
      state: having({
        ...scheduled,
        start: "2026-01-13",
        version: 2,
        bought: [{ ...bought, promised: "2026-01-12" }],
      }),
      publish: [
        inventory.OrderBackordered.of({
          ...short("PUMP-100", "1", "2026-01-15").data,
          reason: `${MADE} makes them from 2026-01-13 on.`,
          backorderedAt: "2026-01-13T00:00:00Z",
        }),
      ],
      send: [
        send(
          plant.RescheduleProduction.of({
            productionOrderId: MADE,
            plant: "LYO",
            start: "2026-01-13",
            scheduleVersion: 2,
            reason: "The mould broke.",
          }),
        ),
      ],
      note: `SEAL-9 comes on 2026-01-12, so ${MADE} starts on 2026-01-13.`,
    }),
  told("the plant may start")
    .given(...toRelease)
    .when(released)
    .decides({ state: having({ ...scheduled, stage: "released" }), reach: "released" }),
  told("a changed order is shown to the planner")
    .given(...toRelease)
    .when(sales.OrderChanged.of({ ...sales.OrderChanged.sample, salesOrderId: ORDER, reason: "Fewer." }))
    .decides({
      publish: [shown("order-changed", "An order was changed that goods are made for.", `${MADE}: Fewer.`)],
    }),
  told("before the plant may start, giving up takes everything back")
    .given(...toRelease)
    .when(cancelled)
    .decides({ end: { abandon: "No carrier." } }),
  told("what the plant has begun is made for stock")
    .given(...toRelease, released)
    .when(cancelled)
    .decides({ send: [], end: "completed", note: `${MADE} has begun and is made for stock.` }),
  told("it ends when the goods leave")
    .given(...toRelease, released)
    .when(logistics.ShipmentDispatched.of({ ...logistics.ShipmentDispatched.sample, salesOrderId: ORDER }))
    .decides({ end: "completed" }),
];
