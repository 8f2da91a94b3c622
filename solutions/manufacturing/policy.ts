/**
 * What a manufacturer decided beforehand: how long what may take, who answers, and how cycles are gathered.
 *
 * Only data, and the fiscal calendar, which finds the period of a day. A company changes it in its own configuration; processes read it and contain no number of their own.
 */
import { calendarMonths, type FiscalCalendar, type Span } from "crossdock";
import type { UnitPrice } from "crossdock/canon";

/** A plant of another of our entities that may supply what ours cannot make. */
export interface SupplyingPlant {
  readonly plant: string;
  /** The entity that sells, whose books the goods leave. */
  readonly entity: string;
  /** Warehouses its trucks go to, and how many days they take. */
  readonly deliversTo: readonly string[];
  readonly days: number;
  /** What the entities agreed an item costs between them; what has no price here is not bought there. */
  readonly transferPrices: Readonly<Record<string, UnitPrice>>;
}

export interface Policy {
  /** The legal entity that owns the plant; periods are known as `entity/period`. */
  readonly entity: string;
  /** Which fiscal period a day of its books belongs to. */
  readonly fiscalCalendar: FiscalCalendar;
  /** The plant that is meant where a document of a plant names none. */
  readonly plant: string;
  /** The house our own warehouse system keeps, as ERP and messages call it. */
  readonly warehouse: string;
  /** Items that are made for the order when they are out of stock; all others are waited for. */
  readonly madeToOrder: readonly string[];
  /** Plants that supply what components of ours are not enough for, in the order they are asked. */
  readonly suppliedBy: readonly SupplyingPlant[];
  /** Accounts on which the entities keep what they owe each other. */
  readonly betweenEntities: { readonly receivable: string; readonly payable: string };
  /** So many machine cycles are one report of output. */
  readonly cyclesPerReport: number;
  readonly reviews: Readonly<
    Record<
      | "late posting"
      | "cost centre"
      | "status change"
      | "deviation"
      | "mismatch"
      | "plan"
      | "purchase"
      | "payment"
      | "switch"
      | "unordered goods",
      { readonly by: string; readonly within: Span }
    >
  >;
  readonly patience: Readonly<
    Record<"stock correction" | "supplier answers" | "accounting" | "transit" | "half booked", Span>
  >;
  /** Differences up to this much of an invoice line pass the three-way match. */
  readonly matchTolerance: string;
  /** A parallel run is good enough when so many documents in a row were booked alike, up to this much. */
  readonly parallelRun: { readonly inARow: number; readonly tolerance: string };
  /** Payments above this need a second person. */
  readonly paymentLimit: string;
  readonly currency: string;
}

export const standardPolicy: Policy = {
  entity: "ME-01",
  fiscalCalendar: calendarMonths(),
  plant: "LYO",
  warehouse: "WH-LYO",
  madeToOrder: [],
  suppliedBy: [],
  betweenEntities: { receivable: "Intercompany receivable", payable: "Intercompany payable" },
  cyclesPerReport: 10,
  reviews: {
    "late posting": { by: "controller", within: "1d" },
    "cost centre": { by: "finance", within: "4h" },
    "status change": { by: "warehouse", within: "1h" },
    deviation: { by: "buyer", within: "4h" },
    mismatch: { by: "accounts-payable", within: "2d" },
    plan: { by: "planner", within: "2h" },
    purchase: { by: "buyer", within: "1d" },
    payment: { by: "treasury", within: "1d" },
    switch: { by: "finance", within: "1d" },
    "unordered goods": { by: "buyer", within: "1d" },
  },
  patience: {
    "stock correction": "1m",
    "supplier answers": "4h",
    accounting: "2d",
    transit: "3d",
    "half booked": "1h",
  },
  matchTolerance: "0.00",
  parallelRun: { inARow: 100, tolerance: "0.01" },
  paymentLimit: "10000.00",
  currency: "EUR",
};
