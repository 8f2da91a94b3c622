/**
 * The door to the canonical model: what orders, stock, shipments, invoices and payments are called, whoever talks about them.
 *
 * Events are grouped by domain, commands by those who carry them out; `canon` is every contract there is. Names and codes
 * are borrowed from published standards (UBL, OAGIS, UN/ECE Recommendation 20, ISO 4217); structure is our own.
 */
import type { Contract } from "../contract.ts";
import * as costing from "./costing.ts";
import * as cutover from "./cutover.ts";
import * as erp from "./erp.ts";
import * as finance from "./finance.ts";
import * as fulfilment from "./fulfilment.ts";
import * as inquiries from "./inquiries.ts";
import * as inventory from "./inventory.ts";
import * as logistics from "./logistics.ts";
import * as master from "./master.ts";
import * as operations from "./operations.ts";
import * as payments from "./payments.ts";
import * as plant from "./plant.ts";
import * as procurement from "./procurement.ts";
import * as production from "./production.ts";
import * as purchasing from "./purchasing.ts";
import * as quality from "./quality.ts";
import * as returns from "./returns.ts";
import * as sales from "./sales.ts";
import * as services from "./services.ts";
import * as settlement from "./settlement.ts";
import * as stock from "./stock.ts";
import * as telling from "./telling.ts";
import * as transfers from "./transfers.ts";
import * as watching from "./watching.ts";

export * as cloudevents from "./cloudevents.ts";
export * as decimals from "./decimals.ts";
export { type ExportedContract, exportContract } from "./export.ts";
export * from "./lines.ts";
export type { MatchDifference, SupplierCommitment } from "./procurement.ts";
export type { ServiceLine } from "./services.ts";
export type { ReceiptLine } from "./stock.ts";
export * from "./values.ts";
export {
  costing,
  cutover,
  erp,
  finance,
  fulfilment,
  inquiries,
  inventory,
  logistics,
  master,
  operations,
  payments,
  plant,
  procurement,
  production,
  purchasing,
  quality,
  returns,
  sales,
  services,
  settlement,
  stock,
  telling,
  transfers,
  watching,
};

/** Every canonical contract, domain by domain, then the commands. */
export const canon: readonly Contract[] = [
  sales,
  services,
  returns,
  inventory,
  stock,
  transfers,
  production,
  quality,
  procurement,
  logistics,
  finance,
  costing,
  payments,
  master,
  operations,
  watching,
  cutover,
  erp,
  plant,
  fulfilment,
  purchasing,
  settlement,
  telling,
].flatMap(({ contracts }) => contracts as readonly Contract[]);
