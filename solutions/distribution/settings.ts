/**
 * What a company fills in to run the distribution solution: where its systems are, who its partners are, its codes.
 *
 * Only data. Secrets are references (`secret("env:ERP_TOKEN")`), never values. What the business decided is in
 * `policy.ts`.
 */
import type { Snapshot, Teller } from "crossdock";
import type { erp, fulfilment, PostingLine } from "crossdock/canon";
import { type Policy, type PolicySettings, policyOf } from "./policy.ts";
import type { Recipient } from "./recipients.ts";

/** One system over HTTP: its address, and a reference to the token we show it. */
export interface System {
  readonly url: string;
  readonly token?: string;
}

/** Address and token as connections want them; the token only where there is one. */
export const at = ({ url, token }: System) => ({ url, ...(token === undefined ? {} : { token }) });

/** One that also tells us things: references to its `whsec_…` secrets, the current one first. */
export interface TellingSystem extends System {
  readonly webhookSecrets: readonly string[];
}

/** The standard a trading partner's documents follow. */
export type Dialect = "x12" | "edifact" | "ubl";
/** The format of the bank's statements. */
export type BankFormat = "camt.053" | "mt940" | "bai2";

/** How we are called and addressed in documents to partners. */
export interface Ourselves {
  readonly qualifier: string;
  readonly id: string;
  /** Our name, in documents that have names; the id where absent. */
  readonly name?: string;
  /** A GLN or another electronic address, with the scheme it is of, e.g. `0088`. */
  readonly endpoint?: { readonly id: string; readonly scheme: string };
}

/** A trading partner by EDI: its profile. */
export interface Partner {
  /** Our number of the customer, e.g. `C-ACME`. */
  readonly customer: string;
  /** How the partner is addressed on the envelope. */
  readonly edi: { readonly qualifier: string; readonly id: string };
  /** Which standard it writes, and is written to; X12 where absent. */
  readonly dialect?: Dialect;
  /** The partner's name, in documents that have names; the EDI id where absent. */
  readonly name?: string;
  /** ISO 4217; of orders that name none. Agreed with the partner, so it is no guess. */
  readonly currency: string;
}

/** How a pack or pallet of an item converts: `numerator` pieces of `to` are `denominator` of `from`. */
export interface UnitConversion {
  readonly item: string;
  readonly from: string;
  readonly to: string;
  readonly numerator: number;
  readonly denominator: number;
}

/** An ERP that keeps the books of another entity: how it is told of goods that left, and what it then says it booked. */
export interface Issuer extends Recipient<(typeof erp.PostGoodsIssue)["sample"]> {
  readonly booked: (answer: unknown) => readonly PostingLine[];
}

/** Who keeps books of orders beside the first ledger: how it is asked what it holds, and by what it is told of each milestone. */
export interface Bookkeeper {
  readonly holds: Snapshot;
  readonly milestones: Readonly<Partial<Record<"invoiced" | "credited" | "paid", Teller>>>;
}

export interface DistributionSettings {
  readonly policy: PolicySettings;
  /** How we are addressed on EDI envelopes. */
  readonly ourselves: Ourselves;
  readonly partner: Partner;
  /** How the bank writes statements; camt.053 where absent. */
  readonly bankFormat?: BankFormat;
  /** Folders shared with the EDI partner and the bank. */
  readonly folders: {
    /** The partner puts files here, */
    readonly fromPartner: string;
    /** and fetches ours here. */
    readonly toPartner: string;
    readonly bankStatements: string;
  };
  readonly systems: {
    readonly shop: System;
    readonly crm: System;
    readonly erp: System;
    readonly wms: TellingSystem;
    readonly tms: TellingSystem;
    readonly pricing: System;
    readonly tax: System;
    readonly payments: TellingSystem;
    readonly finance: System;
  };
  /** Customers whose orders come from the web shop and are told back to it. */
  readonly shopCustomers?: readonly string[];
  /** Houses that ship for some customers in place of our warehouse, see the landscape. */
  readonly houses?: readonly Recipient<(typeof fulfilment.ShipOrder)["sample"]>[];
  /** ERPs of other entities whose goods leave, see the landscape. */
  readonly issuers?: readonly Issuer[];
  /** Who else keeps books of receivables, see the landscape. */
  readonly bookkeepers?: readonly Bookkeeper[];
  /** The step of booking goods receipts, where it moves to another ERP: `goods-receipt/ME-01/LYO`. */
  readonly receiptsMove?: string | null;
  readonly units?: readonly UnitConversion[];
  /** How a WMS names us the time in which it acts on a request, or never: see its contract. */
  readonly wmsSettlesWithin?: `${number}${"ms" | "s" | "m"}`;
  /** Documents that ERP, warehouse and CRM take besides those of sales, and questions they answer; for solutions that share the lines. */
  readonly paths?: Readonly<Partial<Record<"erp" | "wms" | "crm", Readonly<Record<string, unknown>>>>>;
  readonly asks?: Readonly<Partial<Record<"erp" | "wms", Readonly<Record<string, unknown>>>>>;
  /** How often partner and bank folders are looked at, in milliseconds. */
  readonly pollMs?: number;
}

/** The settings with everything that may be left out filled in. */
export interface Filled extends Required<Omit<DistributionSettings, "policy">> {
  readonly policy: Policy;
}

export const filled = (settings: DistributionSettings): Filled => ({
  bankFormat: "camt.053",
  shopCustomers: [],
  houses: [],
  issuers: [],
  bookkeepers: [],
  receiptsMove: null,
  units: [],
  wmsSettlesWithin: "2s",
  pollMs: 250,
  paths: {},
  asks: {},
  ...settings,
  policy: policyOf(settings.policy),
});
