/**
 * What a company fills in to run the manufacturing solution: where its plants' systems are, and the lines it shares.
 *
 * ERP, warehouse and bank are lines the distribution solution has open already; one system is one connection, whoever
 * speaks over it, so they are handed in and not opened again.
 */
import type { Connection, Snapshot } from "crossdock";
import type { plant, purchasing, transfers } from "crossdock/canon";
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
  /** An ERP is to follow the first, and is told of goods receipts while the two are compared, see the landscape. */
  readonly hasNextErp?: boolean;
}

type Movement<Contract extends { readonly sample: unknown }> = Omit<Recipient<Contract["sample"]>, "line">;

/** An ERP that keeps the books of some plants, and how it is told of their movements. */
export interface PlantLedger {
  readonly line: Connection;
  /** Whose books they are: `ME-02`, and of which plants. */
  readonly entity: string;
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
  hasNextErp: false,
  ...settings,
  policy: { ...standardPolicy, ...settings.policy },
});

/** Why a plant's command is none of the systems here. */
export const ELSEWHERE = "other systems serve this plant";
export const servedHere =
  ({ plantsElsewhere }: Pick<Filled, "plantsElsewhere">) =>
  ({ plant: where }: { readonly plant: string }): boolean =>
    !plantsElsewhere.includes(where);
