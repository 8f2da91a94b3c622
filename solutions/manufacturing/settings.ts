/**
 * What a company fills in to run the manufacturing solution: where its plants' systems are, and the lines it shares.
 *
 * ERP, warehouse and bank are lines the distribution solution has open already; one system is one connection, whoever
 * speaks over it, so they are handed in and not opened again.
 */
import type { Connection, Cutover, FiscalCalendar, Snapshot } from "crossdock";
import type { plant, purchasing, stock, transfers } from "crossdock/canon";
import type { Written } from "../distribution/formats.ts";
import type { Recipient } from "../distribution/recipients.ts";
import type { Issuer, System, TellingSystem } from "../distribution/settings.ts";
import type { Listener } from "./listeners.ts";
import { type Policy, standardPolicy } from "./policy.ts";

export interface ManufacturingSettings {
  readonly policy?: Partial<Policy>;
  /** The lines of the distribution solution, by name: `erp`, `wms` and `crm` are used. */
  readonly lines: readonly Connection[];
  /** Folders shared with the plant's MES. */
  readonly folders: {
    readonly fromMes: string;
    readonly toMes: string;
    /** Sparkplug B payloads an edge gateway keeps for us, where machines speak that. */
    readonly fromEdge?: string;
    /** EPCIS documents of the warehouse's scanners, where it has any. */
    readonly fromScanners?: string;
  };
  readonly systems: {
    readonly equipment: TellingSystem;
    readonly qms: TellingSystem;
    readonly supplier: TellingSystem;
    readonly mdm: TellingSystem;
    readonly scheduling: TellingSystem;
    readonly procurement: TellingSystem;
    readonly treasury: System;
  };
  /** Systems that only listen, where there are any. */
  readonly listeners?: Readonly<Partial<Record<Listener, System>>>;
  /** Secrets of the ERP's own webhooks. */
  readonly erpWebhookSecrets: readonly string[];
  readonly pollMs?: number;
  /** Plants that are served by other systems than ours, and the ERPs that keep their books, see the landscape. */
  readonly plantsElsewhere?: readonly string[];
  readonly ledgers?: readonly PlantLedger[];
  /** Warehouses of others that goods of ours move to, by place: the connection each tells over. */
  readonly warehouses?: Readonly<Record<string, string>>;
  /** The ERP that is to follow the first, where there is one, see the landscape. */
  readonly nextErp?: NextLedger | null;
  /** The finance platform that is told what stock and production are worth, where there is one, see the landscape. */
  readonly platform?: FinancePlatform | null;
}

type Movement<Contract extends { readonly sample: unknown }> = Omit<Recipient<Contract["sample"]>, "line">;

/** An ERP that keeps the books of some plants, and how it is told of their movements. */
export interface PlantLedger {
  readonly line: Connection;
  /** Whose books they are: `ME-02`, and of which plants. */
  readonly entity: string;
  /** Its fiscal calendar, where it is not the one of the policy. */
  readonly fiscalCalendar?: FiscalCalendar;
  readonly keeps: (plant: string) => boolean;
  /** How it is asked what it holds of production orders. */
  readonly holds: Snapshot;
  readonly consumption: Movement<typeof plant.PostConsumption>;
  readonly receipt: Movement<typeof plant.PostProductionReceipt>;
  readonly scrap: Movement<typeof plant.PostScrap>;
  readonly reversal: Movement<typeof plant.ReverseProductionMovement>;
  /** Where its plants sell to ours: how it takes our orders, and what it says it could supply. */
  readonly sales?: PlantSales;
}

/** The ERP that is to follow the first: how it books a receipt, beside its books and in them, and is asked what it holds. */
export interface NextLedger {
  readonly line: Connection;
  /** The step that moves there. */
  readonly step: string;
  /** A receipt whose turn it is, into the books that count. */
  readonly receipt: Movement<typeof plant.PostGoodsReceipt>;
  /** A receipt the first ERP books, into books that count nothing. */
  readonly beside: (
    told: (typeof stock.GoodsReceived)["sample"],
  ) => Written<unknown, (typeof stock.GoodsReceived)["sample"]>;
  /** What it says it booked, by name; null where it says only that it did. */
  readonly figures: (answer: unknown) => Readonly<Record<string, string>> | null;
  /** How it is asked what it would book of a receipt beside its books. */
  readonly whatIf: Cutover["whatIf"];
  /** How it is asked which receipts of purchase orders stand in its books, and how many of an item at a place. */
  readonly receipts: Snapshot;
  readonly stock: (
    place: string,
  ) => Pick<Snapshot, "about" | "question"> & { held(answer: unknown, item: string): string };
}

/** How the finance platform is asked what it holds. */
export interface FinancePlatform {
  /** The last value of an item at a plant, by positions. */
  readonly valuations: Snapshot;
  /** What was booked of production orders, by their numbers. */
  readonly costs: Snapshot;
}

/** What an ERP says when it is asked for the supply of an item, in pieces. */
export type Supply = Pick<(typeof transfers.SupplyChecked)["sample"], "onHand" | "makeable">;

export interface PlantSales {
  readonly order: Movement<typeof purchasing.IssuePurchaseOrder>;
  readonly cancellation: Movement<typeof purchasing.CancelPurchaseOrder>;
  /** Goods that left, for the distribution solution. */
  readonly issue: Omit<Issuer, "line">;
  readonly supply: (answer: unknown) => Supply;
  /** How it is asked what it sold to us, by the number of the transfer. */
  readonly sold: Snapshot;
}

export interface Filled extends Required<Omit<ManufacturingSettings, "policy">> {
  readonly policy: Policy;
}

export const filled = (settings: ManufacturingSettings): Filled => ({
  pollMs: 250,
  listeners: {},
  plantsElsewhere: [],
  ledgers: [],
  warehouses: {},
  nextErp: null,
  platform: null,
  ...settings,
  policy: { ...standardPolicy, ...settings.policy },
});

/** Why a plant's command is none of the systems here. */
export const ELSEWHERE = "other systems serve this plant";
export const servedHere =
  ({ plantsElsewhere }: Pick<Filled, "plantsElsewhere">) =>
  ({ plant: where }: { readonly plant: string }): boolean =>
    !plantsElsewhere.includes(where);
