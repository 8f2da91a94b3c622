/**
 * What a plant says: demand, production orders, machine cycles, material used, output, scrap, subcontracted work, variance.
 *
 * Ordered by the production order; a machine cycle by its work centre, for cycles are aggregated and never posted one by
 * one. States, uses and dispositions are those of ISA-95. Costs and variances are stated by the ERP and only carried.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { Material, MaterialActual } from "./lines.ts";
import { each, eur } from "./samples.ts";
import { BusinessDate, Id, Instant, Money, Quantity, UnitPrice, Words } from "./values.ts";

/** ISA-95 states of a request to a plant. */
export const RequestState = Type.Enum([
  "Forecast",
  "Released",
  "Waiting",
  "Ready",
  "Running",
  "Completed",
  "Aborted",
  "Held",
  "Suspended",
  "Closed",
  "Cancelled",
]);

const order = { productionOrderId: "PR-7005", plant: "LYO" };
const Order = { productionOrderId: Id, plant: Id };
const housing = { item: "HOUS-4", quantity: each("40") };

export const DemandSignalled = event({
  name: "production.demand-signalled",
  version: 1,
  owner: "planning",
  summary: "So much of an item is needed at a plant in a period; planning and suppliers keep it current.",
  criticality: "C3",
  data: Type.Object({
    demandId: Id,
    item: Id,
    plant: Id,
    quantity: Quantity,
    period: Words,
    cause: Words,
    productionOrderId: Type.Optional(Id),
    signalledAt: Type.Optional(Instant),
  }),
  keys: { demand: "demandId", item: "item", plant: "plant", productionOrder: "productionOrderId" },
  time: "signalledAt",
  sample: {
    demandId: "HOUS-4/LYO",
    item: "HOUS-4",
    plant: "LYO",
    quantity: each("40"),
    period: "2026-W02",
    cause: "PR-7005 consumed 40.",
  },
});

export const MaterialsChecked = event({
  name: "production.materials-checked",
  version: 1,
  owner: "planning",
  summary:
    "What the ERP says an item is made of, from whom components are bought, and how long making takes.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    salesOrderId: Id,
    item: Id,
    quantity: Quantity,
    materials: Type.Array(
      Type.Object({
        item: Id,
        quantity: Quantity,
        /** Who sells it, for how much, and in how many days; left out where nobody does. */
        source: Type.Optional(
          Type.Object({ supplier: Id, price: UnitPrice, deliveryDays: Type.Integer({ minimum: 0 }) }),
        ),
      }),
      { minItems: 1 },
    ),
    /** From the start of making to goods that can leave. */
    makingDays: Type.Integer({ minimum: 0 }),
  }),
  keys: { productionOrder: "productionOrderId", order: "salesOrderId", plant: "plant", item: "item" },
  sample: {
    ...order,
    salesOrderId: "SO-1002",
    item: "PUMP-100",
    quantity: each("20"),
    materials: [
      {
        item: "SEAL-9",
        quantity: each("40"),
        source: { supplier: "V-310", price: { ...eur("5.00"), per: each("1") }, deliveryDays: 3 },
      },
    ],
    makingDays: 2,
  },
});

/** @covers EVT-15 */
export const ProductionOrderReleased = event({
  name: "production.order-released",
  version: 1,
  owner: "production",
  summary: "The ERP lets a plant start: what, how many, when, from which materials, by which steps.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    item: Id,
    quantity: Quantity,
    salesOrderId: Type.Optional(Id),
    startTime: Type.Optional(Instant),
    endTime: Type.Optional(Instant),
    priority: Type.Optional(Type.Integer({ minimum: 0 })),
    materials: Type.Array(Material),
    routing: Type.Array(Type.Object({ operation: Id, workCentre: Id, costCentre: Type.Optional(Id) })),
    releasedAt: Type.Optional(Instant),
  }),
  keys: { productionOrder: "productionOrderId", order: "salesOrderId", plant: "plant", item: "item" },
  says: { milestone: "released" },
  time: "releasedAt",
  sample: {
    ...order,
    item: "PUMP-100",
    quantity: each("40"),
    materials: [housing],
    routing: [{ operation: "0010", workCentre: "WC-1", costCentre: "CC-100" }],
    releasedAt: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-24 */
export const ScheduleChanged = event({
  name: "production.schedule-changed",
  version: 1,
  owner: "planning",
  summary: "A production order moves to other dates; a later version takes the place of an earlier one.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    scheduleVersion: Type.Integer({ minimum: 1 }),
    /** This version of this order's schedule, as planning calls it. */
    scheduleId: Type.Optional(Id),
    oldStart: BusinessDate,
    newStart: BusinessDate,
    cause: Words,
    priority: Type.Optional(Type.Integer({ minimum: 0 })),
    salesOrderId: Type.Optional(Id),
    /** What the change needs sooner or later than agreed, as planning pegged it. */
    purchaseOrders: Type.Optional(
      Type.Array(
        Type.Object({
          purchaseOrderId: Id,
          supplier: Id,
          line: Id,
          item: Id,
          quantity: Quantity,
          needBy: BusinessDate,
        }),
      ),
    ),
    /** Production orders that give way. */
    displaced: Type.Optional(
      Type.Array(
        Type.Object({ productionOrderId: Id, start: BusinessDate, salesOrderId: Type.Optional(Id) }),
      ),
    ),
    /** What carrying it out costs besides, by cause. */
    expedite: Type.Optional(Type.Array(Type.Object({ driver: Words, amount: Money }))),
    changedAt: Instant,
  }),
  keys: {
    productionOrder: "productionOrderId",
    order: "salesOrderId",
    plant: "plant",
    schedule: "scheduleId",
    purchaseOrder: "purchaseOrders[].purchaseOrderId",
    displaced: "displaced[].productionOrderId",
  },
  time: "changedAt",
  sample: {
    ...order,
    scheduleVersion: 2,
    oldStart: "2026-01-15",
    newStart: "2026-01-13",
    cause: "SO-1009 became urgent.",
    changedAt: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-16, EVT-44 */
export const MachineCycleCompleted = event({
  name: "production.machine-cycle-completed",
  version: 1,
  owner: "production",
  summary: "A machine counted; cycles are added up before anything reaches an ERP.",
  criticality: "C4",
  data: Type.Object({
    workCentre: Id,
    plant: Id,
    item: Type.Optional(Id),
    /** The machine's own number of the cycle: the same number twice is the same cycle. */
    cycle: Type.Integer({ minimum: 0 }),
    good: Type.Integer({ minimum: 0 }),
    scrap: Type.Integer({ minimum: 0 }),
    productionOrderId: Type.Optional(Id),
    completedAt: Instant,
  }),
  keys: { workCentre: "workCentre", productionOrder: "productionOrderId", plant: "plant" },
  time: "completedAt",
  sample: {
    workCentre: "WC-1",
    plant: "LYO",
    cycle: 1,
    good: 1,
    scrap: 0,
    productionOrderId: "PR-7004",
    completedAt: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-23, EVT-43 */
export const ProductionStateChanged = event({
  name: "production.order-state-changed",
  version: 1,
  owner: "production",
  summary: "A production order is in another state.",
  criticality: "C3",
  data: Type.Object({ ...Order, responseState: RequestState, changedAt: Instant }),
  keys: { productionOrder: "productionOrderId", plant: "plant" },
  time: "changedAt",
  sample: { ...order, responseState: "Running", changedAt: "2026-01-05T08:10:00Z" },
});

/** @covers EVT-18 */
export const MaterialConsumed = event({
  name: "production.material-consumed",
  version: 1,
  owner: "production",
  summary: "Materials went into a production order.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    /** The plant's own id of this report; hearing it twice changes nothing. */
    reportId: Id,
    materials: Type.Array(MaterialActual, { minItems: 1 }),
    operation: Type.Optional(Id),
    consumedAt: Instant,
  }),
  keys: {
    productionOrder: "productionOrderId",
    report: "reportId",
    item: "materials[].item",
    lot: "materials[].lot",
    plant: "plant",
  },
  says: { milestone: "started" },
  time: "consumedAt",
  sample: {
    ...order,
    reportId: "MC-1",
    materials: [{ ...housing, lot: "L-555" }],
    operation: "0010",
    consumedAt: "2026-01-05T08:20:00Z",
  },
});

/** @covers EVT-16, EVT-17 */
export const OutputCompleted = event({
  name: "production.output-completed",
  version: 1,
  owner: "production",
  summary: "A production order yielded pieces, in one lot.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    reportId: Id,
    item: Id,
    quantity: Quantity,
    lot: Type.Optional(Id),
    operation: Type.Optional(Id),
    workCentre: Type.Optional(Id),
    /** Who bears the cost, where whoever tells it knows. */
    costCentre: Type.Optional(Id),
    /** The first and last machine cycle it adds up, for lineage. */
    cycles: Type.Optional(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
    completedAt: Instant,
  }),
  keys: {
    productionOrder: "productionOrderId",
    report: "reportId",
    item: "item",
    lot: "lot",
    workCentre: "workCentre",
    plant: "plant",
  },
  says: { milestone: "completed" },
  time: "completedAt",
  sample: {
    ...order,
    reportId: "OC-1",
    item: "PUMP-100",
    quantity: each("40"),
    lot: "L-900",
    operation: "0010",
    workCentre: "WC-1",
    completedAt: "2026-01-05T12:00:00Z",
  },
});

/** @covers EVT-19 */
export const ScrapDeclared = event({
  name: "production.scrap-declared",
  version: 1,
  owner: "production",
  summary: "Pieces are lost, and here is where and why.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    reportId: Id,
    item: Id,
    quantity: Quantity,
    reasonCode: Id,
    lot: Type.Optional(Id),
    operation: Type.Optional(Id),
    workCentre: Type.Optional(Id),
    declaredAt: Instant,
  }),
  keys: {
    productionOrder: "productionOrderId",
    report: "reportId",
    item: "item",
    lot: "lot",
    workCentre: "workCentre",
    plant: "plant",
  },
  time: "declaredAt",
  sample: {
    ...order,
    reportId: "SC-1",
    item: "HOUS-4",
    quantity: each("3"),
    reasonCode: "cracked",
    operation: "0010",
    workCentre: "WC-1",
    declaredAt: "2026-01-05T23:40:00Z",
  },
});

const Subcontract = { productionOrderId: Id, purchaseOrderId: Id, supplier: Id };
const subcontract = { productionOrderId: "PR-7020", purchaseOrderId: "PO-701", supplier: "V-310" };

export const SubcontractSent = event({
  name: "production.subcontract-sent",
  version: 1,
  owner: "procurement",
  summary: "Components left for a supplier who works on them; they remain ours.",
  criticality: "C1",
  data: Type.Object({
    ...Subcontract,
    reportId: Id,
    components: Type.Array(MaterialActual, { minItems: 1 }),
    dueDate: Type.Optional(BusinessDate),
    sentAt: Instant,
  }),
  keys: {
    purchaseOrder: "purchaseOrderId",
    productionOrder: "productionOrderId",
    supplier: "supplier",
    report: "reportId",
  },
  says: { milestone: "provided" },
  time: "sentAt",
  sample: { ...subcontract, reportId: "SS-1", components: [housing], sentAt: "2026-01-05T08:00:00Z" },
});

export const SubcontractReturned = event({
  name: "production.subcontract-returned",
  version: 1,
  owner: "procurement",
  summary: "The supplier's work came back, with what it used, gave back and lost.",
  criticality: "C1",
  data: Type.Object({
    ...Subcontract,
    reportId: Id,
    item: Id,
    quantity: Quantity,
    lot: Type.Optional(Id),
    used: Type.Array(Material),
    returned: Type.Array(Material),
    scrapped: Type.Array(Material),
    returnedAt: Instant,
  }),
  keys: {
    purchaseOrder: "purchaseOrderId",
    productionOrder: "productionOrderId",
    supplier: "supplier",
    lot: "lot",
    report: "reportId",
  },
  says: { milestone: "returned" },
  time: "returnedAt",
  sample: {
    ...subcontract,
    reportId: "SR-1",
    item: "PUMP-100",
    quantity: each("38"),
    used: [{ ...housing, quantity: each("38") }],
    returned: [{ ...housing, quantity: each("1") }],
    scrapped: [{ ...housing, quantity: each("1") }],
    returnedAt: "2026-01-12T08:00:00Z",
  },
});

/** @covers EVT-26 */
export const VarianceProjected = event({
  name: "production.variance-projected",
  version: 1,
  owner: "planning",
  summary: "A plan will cost so much more than the standard; nothing is booked yet.",
  criticality: "C3",
  data: Type.Object({
    ...Order,
    amount: Money,
    drivers: Type.Array(Type.Object({ driver: Words, amount: Money })),
    projectedAt: Type.Optional(Instant),
  }),
  keys: { productionOrder: "productionOrderId", plant: "plant" },
  time: "projectedAt",
  sample: {
    ...order,
    amount: eur("750.00"),
    drivers: [
      { driver: "air freight", amount: eur("450.00") },
      { driver: "overtime", amount: eur("300.00") },
    ],
  },
});

export const VarianceCalculated = event({
  name: "production.variance-calculated",
  version: 1,
  owner: "finance",
  summary: "The ERP closed a production order and says what it cost beside its standard.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    usage: Money,
    price: Money,
    scrap: Money,
    volume: Money,
    calculatedAt: Type.Optional(Instant),
  }),
  keys: { productionOrder: "productionOrderId", plant: "plant" },
  says: { milestone: "costed" },
  time: "calculatedAt",
  sample: { ...order, usage: eur("0.00"), price: eur("0.00"), scrap: eur("240.00"), volume: eur("0.00") },
});

/** Every contract of this file. */
export const contracts = [
  DemandSignalled,
  MaterialsChecked,
  ProductionOrderReleased,
  ScheduleChanged,
  MachineCycleCompleted,
  ProductionStateChanged,
  MaterialConsumed,
  OutputCompleted,
  ScrapDeclared,
  SubcontractSent,
  SubcontractReturned,
  VarianceProjected,
  VarianceCalculated,
];
