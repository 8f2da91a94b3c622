/**
 * Documents of plants and purchasing for the ERP's OData service, and its answers as facts of the ledger.
 *
 * The report a movement follows from is its `ExternalReference`, so the ERP refuses to book one report twice.
 */
import { ContractBroken, type Message, type Receipt } from "crossdock";
import {
  costing,
  cutover,
  decimals,
  finance,
  type Money,
  type plant,
  production,
  type purchasing,
  type stock,
  transfers,
} from "crossdock/canon";
import { piecesByItem } from "../../distribution/agreed.ts";
import type { Policy } from "../policy.ts";
import { goodsReceiptsOf } from "../processes/cut-over.ts";
import type { NextLedger, Supply } from "../settings.ts";
import { periodOf } from "../words.ts";
import { need } from "./webhooks.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

const PIECE = "EA";
const pieces = ({ value, uom }: { value: string; uom: string }): string => {
  if (uom === PIECE) return value;
  throw new ContractBroken(`A quantity is in ${uom}, and the ERP counts pieces.`, {
    facts: { field: "uom", expected: PIECE, found: uom },
  });
};
const batch = (lot: string | undefined) => (lot === undefined ? {} : { Batch: lot });

// Production orders -------------------------------------------------------------------------------------------------

export const toProductionOrder = (about: Of<typeof plant.ScheduleProduction>) => ({
  about,
  document: {
    ExternalReference: about.productionOrderId,
    Material: about.item,
    Quantity: pieces(about.quantity),
    StartDate: about.start,
    Version: String(about.scheduleVersion),
    Plant: about.plant,
    ...(about.salesOrderId === undefined ? {} : { SalesOrderReference: about.salesOrderId }),
  },
});

export const toReschedule = (about: Of<typeof plant.RescheduleProduction>) => ({
  about,
  document: {
    ExternalReference: `${about.productionOrderId}/version/${about.scheduleVersion}`,
    ManufacturingOrderReference: about.productionOrderId,
    StartDate: about.start,
    Version: String(about.scheduleVersion),
  },
});

export const toUnschedule = (about: Of<typeof plant.UnscheduleProduction>) => ({
  about,
  document: { ManufacturingOrderReference: about.productionOrderId, Reason: about.reason },
});

/** The ERP tells of an order that is released, and of periods. */
export interface ErpWebhook {
  readonly type: string;
  readonly occurredAt: string;
  readonly order?: string;
  readonly item?: string;
  readonly quantity?: string;
  readonly plant?: string;
  readonly start?: string;
  readonly salesOrder?: string;
  readonly materials?: readonly { readonly sku: string; readonly quantity: string }[];
  readonly routing?: readonly {
    readonly operation: string;
    readonly workCentre: string;
    readonly costCentre?: string;
  }[];
  readonly purchaseOrder?: string;
  readonly supplier?: string;
  readonly report?: string;
  /** Of a goods receipt somebody entered at its screen. */
  readonly document?: string;
  readonly user?: string;
  readonly components?: Pieces;
  readonly used?: Pieces;
  readonly returned?: Pieces;
  readonly scrapped?: Pieces;
  readonly state?: "Running" | "Completed" | "Closed";
  readonly entity?: string;
  readonly period?: string;
  readonly status?: "open" | "soft-closed" | "closed";
  /** Of stock that was valued, in the currency of the books, and by which run. */
  readonly value?: string;
  readonly valuation?: string;
}

const given = <Value>(value: Value | undefined, field: string): Value => need(value, field, "The ERP");

export function fromErp(told: ErpWebhook, ours?: Pick<Policy, "currency" | "entity" | "plant">): Message[] {
  const { currency } = ours ?? {};
  if (told.type === "goods-receipt.entered" && ours !== undefined)
    return [
      cutover.DirectlyPosted.of({
        cutoverId: goodsReceiptsOf({ ...ours, plant: given(told.plant, "plant") }),
        ledger: "legacy",
        document: given(told.document, "document"),
        purchaseOrderId: given(told.purchaseOrder, "purchaseOrder"),
        by: given(told.user, "user"),
        value: given(told.value, "value"),
        postedAt: told.occurredAt,
      }),
    ];
  if (told.type === "stock.valued" && currency !== undefined) {
    const [item, where] = [given(told.item, "item"), given(told.plant, "plant")];
    return [
      costing.InventoryValued.of({
        positionId: `${item}/${where}`,
        item,
        plant: where,
        method: "standard",
        ...(told.valuation === undefined ? {} : { valuationId: told.valuation }),
        quantity: { value: decimals.plain(given(told.quantity, "quantity")), uom: PIECE },
        value: { amount: decimals.quantise(given(told.value, "value"), currency), currency },
        asOf: told.occurredAt,
      }),
    ];
  }
  if (told.type === "period.changed") {
    const { entity = "", period = "", status, occurredAt } = told;
    return [
      costing.PeriodStatusChanged.of({
        periodId: `${entity}/${period}`,
        entity,
        fiscalPeriod: period,
        periodStatus: stated(status),
        changedAt: occurredAt,
      }),
    ];
  }
  if (told.type === "production-order.state") {
    return [
      production.ProductionStateChanged.of({
        productionOrderId: given(told.order, "order"),
        plant: given(told.plant, "plant"),
        responseState: stated(told.state),
        changedAt: told.occurredAt,
      }),
    ];
  }
  if (told.type === "subcontract.sent" || told.type === "subcontract.returned") return [subcontracted(told)];
  if (told.type !== "production-order.released") {
    throw new ContractBroken(`The ERP told a ${told.type}, which says nothing to us.`, {
      facts: { field: "type", expected: "production-order.released, period.changed", found: told.type },
    });
  }
  const each = (value: string) => ({ value: decimals.plain(value), uom: PIECE });
  return [
    production.ProductionOrderReleased.of({
      productionOrderId: given(told.order, "order"),
      plant: given(told.plant, "plant"),
      item: given(told.item, "item"),
      quantity: each(told.quantity ?? ""),
      ...(told.salesOrder === undefined ? {} : { salesOrderId: told.salesOrder }),
      ...(told.start === undefined ? {} : { startTime: `${told.start}T06:00:00Z` }),
      materials: (told.materials ?? []).map(({ sku, quantity }) => ({ item: sku, quantity: each(quantity) })),
      routing: [...(told.routing ?? [])],
      releasedAt: told.occurredAt,
    }),
  ];
}

/** A word the ERP must say; where it does not, the contract names the missing field. */
const stated = <Word>(word: Word | undefined): Word => word as Word;

type Pieces = readonly { readonly sku: string; readonly quantity: string }[];
const materials = (pieces: Pieces = []) =>
  pieces.map(({ sku, quantity }) => ({
    item: sku,
    quantity: { value: decimals.plain(quantity), uom: PIECE },
  }));

function subcontracted(told: ErpWebhook): Message {
  const head = {
    productionOrderId: given(told.order, "order"),
    purchaseOrderId: given(told.purchaseOrder, "purchaseOrder"),
    supplier: given(told.supplier, "supplier"),
    reportId: given(told.report, "report"),
  };
  if (told.type === "subcontract.sent")
    return production.SubcontractSent.of({
      ...head,
      components: materials(told.components),
      sentAt: told.occurredAt,
    });
  return production.SubcontractReturned.of({
    ...head,
    item: given(told.item, "item"),
    quantity: { value: decimals.plain(told.quantity ?? ""), uom: PIECE },
    used: materials(told.used),
    returned: materials(told.returned),
    scrapped: materials(told.scrapped),
    returnedAt: told.occurredAt,
  });
}

// Movements ---------------------------------------------------------------------------------------------------------

interface Movement {
  readonly productionOrderId: string;
  readonly reportId: string;
  readonly documentDate: string;
  readonly postingDate: string;
}

const movement = (about: Movement, type: string) => ({
  ExternalReference: about.reportId,
  MovementType: type,
  ManufacturingOrderReference: about.productionOrderId,
  DocumentDate: about.documentDate,
  PostingDate: about.postingDate,
});

export const toConsumption = (about: Of<typeof plant.PostConsumption>) => ({
  about,
  document: {
    ...movement(about, "261"),
    Items: about.materials.map(({ item, quantity, lot }) => ({
      Material: item,
      Quantity: pieces(quantity),
      ...batch(lot),
    })),
  },
});

export const toProductionReceipt = (about: Of<typeof plant.PostProductionReceipt>) => ({
  about,
  document: {
    ...movement(about, "131"),
    ...(about.costCentre === undefined ? {} : { CostCenter: about.costCentre }),
    ...(about.backflush ? { Backflush: true } : {}),
    Items: [{ Material: about.item, Quantity: pieces(about.quantity), ...batch(about.lot) }],
  },
});

export const toScrap = (about: Of<typeof plant.PostScrap>) => ({
  about,
  document: {
    ...movement(about, "551"),
    Reason: about.reasonCode,
    Items: [{ Material: about.item, Quantity: pieces(about.quantity), ...batch(about.lot) }],
  },
});

export const toReversal = (about: Of<typeof plant.ReverseProductionMovement>) => ({
  about,
  document: { MovementReference: about.reportId, Reason: about.reason },
});

export const toSettlement = (about: Of<typeof plant.CloseProduction>) => ({
  about,
  document: {
    ManufacturingOrderReference: about.productionOrderId,
    PostingDate: about.postingDate,
  },
});

/** A lot's status, which the warehouse changed because quality decided so. */
export const toStockStatus = (about: Of<typeof stock.StockStatusChanged>) => ({
  about,
  document: {
    ExternalReference: about.changeId,
    Batch: about.lot,
    Material: about.item,
    Quantity: pieces(about.quantity),
    FromStatus: about.from,
    ToStatus: about.to,
    PostingDate: about.changedAt.slice(0, 10),
  },
});

/** Stock the warehouse found or missed. */
export const toStockAdjustment = (about: Of<typeof stock.StockAdjusted>) => {
  pieces({ value: about.delta, uom: about.uom });
  return {
    about,
    document: {
      ExternalReference: about.adjustmentId,
      Material: about.item,
      Delta: about.delta,
      Reason: about.reasonCode,
      PostingDate: about.adjustedAt.slice(0, 10),
    },
  };
};

/** Goods on their way to another warehouse, or come in there: a document each, under the number of the movement. */
export const toStockTransfer = (about: Of<typeof stock.StockTransferred>) => ({
  about,
  document: {
    ExternalReference: `${about.transferId}/${about.movementId ?? about.stage}`,
    MovementType: about.stage === "sent" ? "303" : "305",
    TransferReference: about.transferId,
    Material: about.item,
    Quantity: pieces(about.quantity),
    FromLocation: about.from,
    ToLocation: about.to,
    PostingDate: about.transferredAt.slice(0, 10),
  },
});

/** Put away is no change of status: the receipt said so already. */
export const isDecided = ({ decisionId }: Of<typeof stock.StockStatusChanged>): boolean =>
  decisionId !== undefined;

/** What the ERP booked for a movement: accepted under its number, and what it is worth. */
export const fromMovement =
  ({ entity, currency }: Policy, element: string) =>
  (
    { reference, answer }: Receipt,
    {
      about,
    }: {
      about: Movement & {
        plant: string;
        item?: string;
        lot?: string;
        materials?: readonly { item: string }[];
      };
    },
  ): Message[] => {
    const {
      Amount,
      DebitAccount,
      CreditAccount,
      CostElement = element,
    } = answer as Readonly<Record<string, string | undefined>>;
    const item = about.item ?? about.materials?.[0]?.item ?? "";
    const period = about.postingDate.slice(0, 7);
    const amount =
      Amount === undefined ? undefined : { amount: decimals.quantise(Amount, currency), currency };
    const nothing = { amount: decimals.quantise("0", currency), currency };
    const booked =
      amount === undefined || DebitAccount === undefined || CreditAccount === undefined
        ? {}
        : {
            lines: [
              { account: DebitAccount, debit: amount, credit: nothing },
              { account: CreditAccount, debit: nothing, credit: amount },
            ],
          };
    return [
      finance.PostingAccepted.of({
        sourceDocument: about.reportId,
        ledger: "ERP",
        ledgerReference: reference,
        fiscalPeriod: period,
        periodId: periodOf(entity, about.postingDate),
        productionOrderId: about.productionOrderId,
        ...(about.lot === undefined ? {} : { lot: about.lot }),
        ...booked,
      }),
      ...(amount === undefined
        ? []
        : [
            costing.CostPosted.of({
              positionId: `${item}/${about.plant}`,
              item,
              plant: about.plant,
              method: "standard",
              sourceDocument: about.reportId,
              ledgerReference: reference,
              amount,
              costElement: CostElement,
              ...(DebitAccount === undefined ? {} : { debitAccount: DebitAccount }),
              ...(CreditAccount === undefined ? {} : { creditAccount: CreditAccount }),
              fiscalPeriod: period,
              documentDate: about.documentDate,
              productionOrderId: about.productionOrderId,
            }),
          ]),
    ];
  };

export const fromSettlement =
  ({ currency }: Policy) =>
  ({ answer }: Receipt, { about }: ReturnType<typeof toSettlement>): Message => {
    const said = answer as Readonly<Record<string, string | undefined>>;
    const money = (field: string) => ({
      amount: decimals.quantise(given(said[field], field), currency),
      currency,
    });
    return production.VarianceCalculated.of({
      productionOrderId: about.productionOrderId,
      plant: about.plant,
      usage: money("UsageVariance"),
      price: money("PriceVariance"),
      scrap: money("ScrapVariance"),
      volume: money("VolumeVariance"),
    });
  };

// Periods -----------------------------------------------------------------------------------------------------------

export const toPeriodQuestion = (about: Of<typeof plant.CheckPeriod>) => ({ ...about });

export const fromPeriodAnswer = ({ answer }: Receipt, asked: Of<typeof plant.CheckPeriod>): Message => {
  const { Period, Status, NextOpenDay } = answer as { Period: string; Status: string; NextOpenDay: string };
  return costing.PeriodChecked.of({
    productionOrderId: asked.productionOrderId,
    reportId: asked.reportId,
    fiscalPeriod: Period,
    open: Status === "open",
    nextOpenDay: NextOpenDay,
  });
};

// Materials ---------------------------------------------------------------------------------------------------------

export const toMaterialQuestion = ({ quantity, ...about }: Of<typeof plant.CheckMaterials>) => ({
  ...about,
  quantity: pieces(quantity),
});

interface Requirements {
  readonly MakingDays: number;
  readonly Components: readonly {
    readonly Material: string;
    readonly Quantity: string;
    readonly Supplier?: string;
    readonly NetPrice?: string;
    readonly Currency?: string;
    readonly DeliveryDays?: number;
  }[];
}

export const fromMaterialAnswer = (
  { answer }: Receipt,
  { quantity, ...asked }: ReturnType<typeof toMaterialQuestion>,
): Message => {
  const { Components, MakingDays } = answer as Requirements;
  return production.MaterialsChecked.of({
    ...asked,
    quantity: { value: quantity, uom: PIECE },
    makingDays: MakingDays,
    materials: Components.map(({ Material, Quantity, Supplier, NetPrice, Currency, DeliveryDays }) => ({
      item: Material,
      quantity: { value: decimals.plain(Quantity), uom: PIECE },
      // A component without a supplier, a price or a time to deliver is none that can be bought.
      ...(Supplier === undefined ||
      NetPrice === undefined ||
      Currency === undefined ||
      DeliveryDays === undefined
        ? {}
        : {
            source: {
              supplier: Supplier,
              price: { amount: NetPrice, currency: Currency, per: { value: "1", uom: PIECE } },
              deliveryDays: DeliveryDays,
            },
          }),
    })),
  });
};

// Purchasing --------------------------------------------------------------------------------------------------------

export const toGoodsReceipt = (about: Of<typeof plant.PostGoodsReceipt>) => ({
  about,
  document: {
    ExternalReference: about.receiptAdviceId,
    PurchaseOrder: about.purchaseOrderId,
    StorageLocation: about.warehouse,
    DocumentDate: about.documentDate,
    PostingDate: about.postingDate,
    ...(about.sellingEntity === undefined ? {} : { PartnerEntity: about.sellingEntity }),
    Items: about.lines.map(({ line, item, quantity, price }) => ({
      Line: line,
      Material: item,
      Quantity: pieces(quantity),
      ...(price === undefined ? {} : { NetPrice: price.amount }),
    })),
  },
});

export const toSupplierInvoice = (about: Of<typeof purchasing.PostSupplierInvoice>) => ({
  about,
  document: {
    ExternalReference: `${about.supplier}/${about.supplierInvoiceId}`,
    PurchaseOrder: about.purchaseOrderId,
    InvoicingParty: about.supplier,
    PostingDate: about.postingDate,
    NetAmount: about.taxExclusiveAmount.amount,
    TaxAmount: about.taxAmount.amount,
  },
});

/** The entry as the ERP says it booked it, where it says between which two accounts. */
function lineOf(answer: unknown, currency: string) {
  const { Amount, DebitAccount, CreditAccount } = answer as Readonly<Record<string, string | undefined>>;
  if (Amount === undefined || DebitAccount === undefined || CreditAccount === undefined) return {};
  const [value, zero] = [Amount, "0"].map((amount) => ({
    amount: decimals.quantise(amount, currency),
    currency,
  })) as [Money, Money];
  return {
    lines: [
      { account: DebitAccount, debit: value, credit: zero },
      { account: CreditAccount, debit: zero, credit: value },
    ],
  };
}

/** Accepted under the ledger's number, of a document of purchasing. */
export const fromPurchasing =
  ({ entity, currency }: Policy, ledger = "ERP") =>
  (
    { reference, answer }: Receipt,
    {
      about,
    }: {
      about: {
        purchaseOrderId: string;
        postingDate: string;
        receiptAdviceId?: string;
        supplierInvoiceId?: string;
        transferId?: string;
      };
    },
  ): Message =>
    finance.PostingAccepted.of({
      sourceDocument: about.receiptAdviceId ?? about.supplierInvoiceId ?? "",
      ledger,
      ledgerReference: reference,
      fiscalPeriod: about.postingDate.slice(0, 7),
      periodId: periodOf(entity, about.postingDate),
      purchaseOrderId: about.purchaseOrderId,
      ...(about.transferId === undefined
        ? {}
        : { transferId: about.transferId, ...lineOf(answer, currency) }),
    });

/** Accepted; and where the step moves from one ERP to another, what was booked, and in whose books. */
export const fromGoodsReceipt =
  (policy: Policy, next: NextLedger | null) =>
  (
    receipt: Receipt,
    written: { readonly about: Of<typeof plant.PostGoodsReceipt>; readonly to: string },
  ): Message[] => {
    const { receiptAdviceId, stage, lines } = written.about;
    const moved = next !== null && written.to === next.line.name;
    const accepted = fromPurchasing(policy, moved ? "S4CLOUD" : "ERP")(receipt, written);
    if (stage === undefined) return [accepted];
    const figures = moved ? next.figures(receipt.answer) : bookedBy(receipt.answer, lines);
    // Booked by hand it is known by its number alone, and there is nothing to compare.
    if (stage === "shadow" && figures === null) return [accepted];
    return [
      accepted,
      cutover.ParallelPosted.of({
        cutoverId: goodsReceiptsOf(policy),
        document: receiptAdviceId,
        side: "live",
        ledger: moved ? "cloud" : "legacy",
        stage,
        figures: figures ?? {},
      }),
    ];
  };

function bookedBy(answer: unknown, lines: Of<typeof plant.PostGoodsReceipt>["lines"]) {
  const { Amount } = (answer ?? {}) as Readonly<Record<string, string | undefined>>;
  return Amount === undefined
    ? null
    : { value: Amount, ...piecesByItem(lines.map((one) => [one.item, one.quantity.value])) };
}

export const toReceiptReversal = (about: Of<typeof plant.ReverseGoodsReceipt>) => ({
  about,
  document: {
    ExternalReference: `${about.document}/reversed`,
    MaterialDocumentReference: about.document,
    PostingDate: about.postingDate,
    Reason: about.reason,
  },
});

export const fromReceiptReversal = (
  { reference }: Receipt,
  { about: { cutoverId, document, purchaseOrderId } }: ReturnType<typeof toReceiptReversal>,
): Message =>
  cutover.DirectPostingReversed.of({ cutoverId, ledger: "legacy", document, purchaseOrderId, reference });

// Supply ------------------------------------------------------------------------------------------------------------

export const toSupplyQuestion = ({ quantity, ...about }: Of<typeof transfers.CheckSupply>) => ({
  ...about,
  quantity: pieces(quantity),
});

/** What the first ERP says it has, and could make of its components. */
export const supplyOf = (answer: unknown): Supply => {
  const { UnrestrictedStock, MakeableQuantity } = answer as Readonly<Record<string, string | undefined>>;
  const each = (value: string | undefined, field: string) => ({
    value: decimals.plain(given(value, field)),
    uom: PIECE,
  });
  return {
    onHand: each(UnrestrictedStock, "UnrestrictedStock"),
    makeable: each(MakeableQuantity, "MakeableQuantity"),
  };
};

export const fromSupplyAnswer =
  (read: (answer: unknown) => Supply) =>
  ({ answer }: Receipt, { quantity, ...asked }: ReturnType<typeof toSupplyQuestion>): Message =>
    transfers.SupplyChecked.of({ ...asked, quantity: { value: quantity, uom: PIECE }, ...read(answer) });
