/**
 * Tax before it is final, values and variances for finance, periods: the accounting half of the domain `finance`.
 *
 * Every amount is the statement of the system that owns it. A posting that may not be made in its period is held under the
 * period's policy; it is never moved to another period by itself.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { ChangeNumber } from "./sales.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Decimal, Id, Instant, Money, Quantity, Words } from "./values.ts";

export const FiscalPeriod = Type.String({
  pattern: "^[0-9]{4}-[0-9]{2}$",
  description: "a fiscal period, such as 2026-11",
});

const Tax = {
  documentCode: Id,
  taxDocumentId: Type.Optional(Id),
  salesOrderId: Type.Optional(Id),
};
const taxKeys = {
  documentCode: "documentCode",
  taxDocument: "taxDocumentId",
  order: "salesOrderId",
} as const;
const tax = { documentCode: "SO-1001/SH-1", salesOrderId: "SO-1001" };

/** @covers EVT-37 */
export const TaxCalculated = event({
  name: "finance.tax-calculated",
  version: 1,
  owner: "tax",
  summary: "The tax as it would be now; provisional until it is finalised.",
  criticality: "C1",
  data: Type.Object({
    ...Tax,
    committed: Type.Literal(false),
    taxableAmount: Money,
    taxAmount: Money,
    rate: Decimal,
    jurisdiction: Type.Optional(Words),
    asOf: Instant,
    /** The tax engine is silent and this is promised: worked out with the rate it had named then. */
    promisedFrom: Type.Optional(Instant),
    /** The change of the order it is about; 0 is the order as captured. */
    sequenceNumberId: Type.Optional(ChangeNumber),
    expires: Type.Optional(Instant),
  }),
  keys: taxKeys,
  belongsTo: "order",
  time: "asOf",
  sample: {
    ...tax,
    committed: false,
    taxableAmount: eur("1000.00"),
    taxAmount: eur("200.00"),
    rate: "0.20",
    asOf: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-37 */
export const TaxVoided = event({
  name: "finance.tax-voided",
  version: 1,
  owner: "tax",
  summary: "A tax document no longer counts.",
  criticality: "C1",
  data: Type.Object({ ...Tax, reason: Words, voidedAt: Type.Optional(Instant) }),
  keys: taxKeys,
  belongsTo: "order",
  time: "voidedAt",
  sample: { ...tax, taxDocumentId: "TX-1", reason: "The shipment was withdrawn." },
});

export const PostingHeldForPeriod = event({
  name: "finance.posting-held-for-period",
  version: 1,
  owner: "finance",
  summary: "An entry waits because its period is closed; the controller decides by policy.",
  criticality: "C1",
  data: Type.Object({
    sourceDocument: Id,
    ledger: Id,
    fiscalPeriod: FiscalPeriod,
    documentDate: BusinessDate,
    policy: Type.Enum(["hold", "next open period", "reversal date", "ask"]),
    owner: Words,
    amount: Type.Optional(Money),
    productionOrderId: Type.Optional(Id),
    salesOrderId: Type.Optional(Id),
    heldAt: Type.Optional(Instant),
  }),
  keys: {
    sourceDocument: "sourceDocument",
    period: "fiscalPeriod",
    productionOrder: "productionOrderId",
    order: "salesOrderId",
  },
  time: "heldAt",
  sample: {
    sourceDocument: "SC-2",
    ledger: "ERP",
    fiscalPeriod: "2026-11",
    documentDate: "2026-11-30",
    policy: "ask",
    owner: "controller",
    amount: eur("300.00"),
    productionOrderId: "PR-7013",
  },
});

const Valued = {
  /** `item/plant`. */
  positionId: Id,
  item: Id,
  plant: Id,
  method: Type.Enum(["standard", "moving-average", "actual"]),
};
const valued = {
  positionId: "PUMP-100/LYO",
  item: "PUMP-100",
  plant: "LYO",
  method: "standard",
} as const;
const valuedKeys = { position: "positionId", item: "item", plant: "plant" } as const;

/** @covers EVT-40 */
export const CostPosted = event({
  name: "finance.cost-posted",
  version: 1,
  owner: "finance",
  summary: "The ERP booked what a movement of goods is worth.",
  criticality: "C1",
  data: Type.Object({
    ...Valued,
    /** The report of the plant or warehouse the cost is of. */
    sourceDocument: Id,
    ledgerReference: Id,
    amount: Money,
    costElement: Id,
    debitAccount: Type.Optional(Id),
    creditAccount: Type.Optional(Id),
    quantity: Type.Optional(Quantity),
    fiscalPeriod: FiscalPeriod,
    documentDate: Type.Optional(BusinessDate),
    productionOrderId: Type.Optional(Id),
    purchaseOrderId: Type.Optional(Id),
    postedAt: Type.Optional(Instant),
  }),
  keys: {
    ...valuedKeys,
    sourceDocument: "sourceDocument",
    ledgerEntry: "ledgerReference",
    productionOrder: "productionOrderId",
    purchaseOrder: "purchaseOrderId",
    period: "fiscalPeriod",
  },
  time: "postedAt",
  sample: {
    ...valued,
    sourceDocument: "OC-1",
    ledgerReference: "4900001",
    amount: eur("12000.00"),
    costElement: "CE-10",
    fiscalPeriod: "2026-01",
    productionOrderId: "PR-7005",
  },
});

/** @covers EVT-40 */
export const InventoryValued = event({
  name: "finance.inventory-valued",
  version: 1,
  owner: "finance",
  summary: "What the stock of an item at a plant is worth at a moment.",
  criticality: "C1",
  data: Type.Object({
    ...Valued,
    /** The run that valued it, as the ERP calls it. */
    valuationId: Type.Optional(Id),
    quantity: Quantity,
    value: Money,
    asOf: Instant,
  }),
  keys: { ...valuedKeys, valuation: "valuationId" },
  time: "asOf",
  sample: {
    ...valued,
    valuationId: "IV-1001",
    quantity: { value: "40", uom: "EA" },
    value: eur("12000.00"),
    asOf: "2026-01-05T23:59:00Z",
  },
});

/** @covers EVT-41 */
export const RevenueRecognised = event({
  name: "finance.revenue-recognised",
  version: 1,
  owner: "finance",
  summary: "Revenue counts from now on, by the trigger its contract names.",
  criticality: "C1",
  data: Type.Object({
    invoiceId: Id,
    salesOrderId: Type.Optional(Id),
    amount: Money,
    /** What the invoice asks for, tax and all, where whoever recognises it says so. */
    invoiced: Type.Optional(Money),
    trigger: Type.Enum(["dispatch", "proof of delivery", "service start"]),
    recognisedAt: Type.Optional(Instant),
  }),
  keys: { invoice: "invoiceId", order: "salesOrderId" },
  belongsTo: "order",
  time: "recognisedAt",
  sample: {
    invoiceId: "INV-90000001",
    salesOrderId: "SO-1005",
    amount: eur("18000.00"),
    trigger: "dispatch",
  },
});

/** @covers EVT-39 */
export const PaymentFailed = event({
  name: "finance.payment-failed",
  version: 1,
  owner: "accounts-receivable",
  summary: "Money did not move, and the reason is the bank's or the platform's.",
  criticality: "C1",
  data: Type.Object({
    paymentId: Id,
    direction: Type.Enum(["in", "out"]),
    amount: Money,
    reason: Words,
    salesOrderId: Type.Optional(Id),
    purchaseOrderId: Type.Optional(Id),
    failedAt: Type.Optional(Instant),
  }),
  keys: { payment: "paymentId", order: "salesOrderId", purchaseOrder: "purchaseOrderId" },
  time: "failedAt",
  sample: { paymentId: "PAY-31", direction: "in", amount: eur("120.00"), reason: "AC04 closed account" },
});

export const IntercompanyBalanced = event({
  name: "finance.intercompany-balanced",
  version: 1,
  owner: "finance",
  summary: "Both entities booked a transfer between them, and their difference is stated.",
  criticality: "C1",
  data: Type.Object({
    transferId: Id,
    receivable: Type.Object({ entity: Id, ledgerReference: Id, amount: Money }),
    payable: Type.Object({ entity: Id, ledgerReference: Id, amount: Money }),
    difference: Money,
    balancedAt: Type.Optional(Instant),
  }),
  keys: {
    transfer: "transferId",
    ledgerEntry: "receivable.ledgerReference",
    counterEntry: "payable.ledgerReference",
  },
  says: { milestone: "balanced" },
  time: "balancedAt",
  sample: {
    transferId: "TR-1",
    receivable: { entity: "ME-02", ledgerReference: "4900007", amount: eur("10500.00") },
    payable: { entity: "ME-01", ledgerReference: "4900011", amount: eur("10500.00") },
    difference: eur("0.00"),
  },
});

export const PeriodStatusChanged = event({
  name: "finance.period-status-changed",
  version: 1,
  owner: "finance",
  summary: "A period of an entity opened or closed for postings.",
  criticality: "C1",
  // The last word about a period counts, however long ago it was said: without it a closed period would be open again.
  retention: "for ever",
  data: Type.Object({
    /** `entity/period`, e.g. `ME-01/2026-11`. */
    periodId: Id,
    entity: Id,
    fiscalPeriod: FiscalPeriod,
    periodStatus: Type.Enum(["open", "soft-closed", "closed"]),
    by: Type.Optional(Words),
    changedAt: Instant,
  }),
  keys: { period: "periodId", entity: "entity" },
  time: "changedAt",
  sample: {
    periodId: "ME-01/2026-11",
    entity: "ME-01",
    fiscalPeriod: "2026-11",
    periodStatus: "closed",
    changedAt: "2026-12-01T00:15:00Z",
  },
});

export const FeedDelivered = event({
  name: "finance.feed-delivered",
  version: 1,
  owner: "finance",
  summary: "A feed has delivered everything dated up to and including a day.",
  criticality: "C1",
  // The last word counts, as for the period it belongs to.
  retention: "for ever",
  data: Type.Object({
    /** As the ledgers' owner calls it, e.g. `mes-output`. */
    feed: Id,
    through: BusinessDate,
    by: Type.Optional(Words),
    saidAt: Instant,
  }),
  keys: { feed: "feed" },
  time: "saidAt",
  sample: { feed: "mes-output", through: "2026-11-30", saidAt: "2026-12-01T00:05:00Z" },
});

export const PeriodChecked = event({
  name: "finance.period-checked",
  version: 1,
  owner: "finance",
  summary: "Whether a posting may be made for its day; the process decides what becomes of one that may not.",
  criticality: "C2",
  data: Type.Object({
    productionOrderId: Id,
    reportId: Id,
    fiscalPeriod: FiscalPeriod,
    open: Type.Boolean(),
    /** The first day of the next period that is open. */
    nextOpenDay: BusinessDate,
  }),
  keys: { productionOrder: "productionOrderId", report: "reportId", period: "fiscalPeriod" },
  sample: {
    productionOrderId: "PR-7013",
    reportId: "SC-2",
    fiscalPeriod: "2026-11",
    open: false,
    nextOpenDay: "2026-12-01",
  },
});

/** Every contract of this file. */
export const contracts = [
  TaxCalculated,
  TaxVoided,
  PostingHeldForPeriod,
  CostPosted,
  InventoryValued,
  RevenueRecognised,
  PaymentFailed,
  IntercompanyBalanced,
  PeriodStatusChanged,
  FeedDelivered,
  PeriodChecked,
];
