/**
 * The door to the canonical model: what orders, stock, shipments, invoices and payments are called, whoever talks about them.
 *
 * Events are grouped by domain, commands by those who carry them out; `canon` is every contract there is. Names and codes
 * are borrowed from published standards (UBL, OAGIS, UN/ECE Recommendation 20, ISO 4217); structure is our own.
 */
import type { Contract } from "../contract.ts";
import * as erp from "./erp.ts";
import * as finance from "./finance.ts";
import * as fulfilment from "./fulfilment.ts";
import * as inventory from "./inventory.ts";
import * as logistics from "./logistics.ts";
import * as operations from "./operations.ts";
import * as payments from "./payments.ts";
import * as sales from "./sales.ts";
import * as settlement from "./settlement.ts";
import * as telling from "./telling.ts";

export * as cloudevents from "./cloudevents.ts";
export * as decimals from "./decimals.ts";
export { type ExportedContract, exportContract } from "./export.ts";
export * from "./lines.ts";
export * from "./values.ts";
export { erp, finance, fulfilment, inventory, logistics, operations, payments, sales, settlement, telling };

/** Every canonical contract, events first. */
export const canon: readonly Contract[] = [
  sales,
  inventory,
  logistics,
  finance,
  payments,
  operations,
  erp,
  fulfilment,
  settlement,
  telling,
].flatMap(({ contracts }) => contracts as readonly Contract[]);
