/**
 * Documents of plants for the ERP's OData service, and its answers as facts of the ledger. What is bought stands in `erp-purchasing.ts`,
 * what it tells by itself in `erp-reports.ts`.
 *
 * The report a movement follows from is its `ExternalReference`, so the ERP refuses to book one report twice.
 */
import type { Message, Receipt } from "crossdock";
import { costing, decimals, finance, type plant, production, type stock } from "crossdock/canon";
import type { Policy } from "../policy.ts";
import { periodOf } from "../words.ts";
import { given, type Of, PIECE, pieces } from "./erp-words.ts";

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
  (policy: Policy, element: string) =>
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
    const { currency } = policy;
    const item = about.item ?? about.materials?.[0]?.item ?? "";
    const period = periodOf(policy, about.postingDate);
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
        ...period,
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
              fiscalPeriod: period.fiscalPeriod,
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
