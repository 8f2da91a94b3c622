/**
 * The manufacturing solution: production, quality and purchasing of a company that makes what it sells.
 *
 * It stands beside the distribution solution and shares its lines of ERP and warehouse; `manufacturing(settings)` is
 * everything a configuration needs besides.
 *
 * @example
 * const goods = distribution({ ourselves, partner, policy, systems, folders, paths: plantPaths, asks: plantQuestions });
 * configuration({ solutions: [goods, manufacturing({ lines: goods.connections ?? [], systems, folders })] });
 */
import { canon } from "crossdock/canon";
import type { Solution } from "crossdock/server";
import { inventoryAccounts } from "./agreement/inventory-accounts.ts";
import { lots } from "./agreement/lots.ts";
import { periods } from "./agreement/periods.ts";
import { productionOrders } from "./agreement/production-orders.ts";
import { purchaseOrders } from "./agreement/purchase-orders.ts";
import { stocks } from "./agreement/stock.ts";
import { transfers } from "./agreement/transfers.ts";
import { plantInquiries, reports } from "./capabilities.ts";
import { connections } from "./connections.ts";
import { listeningFlows } from "./flows/listening.ts";
import { mesFlows } from "./flows/mes.ts";
import { plantFlows } from "./flows/plant.ts";
import { purchasingFlows } from "./flows/purchasing.ts";
import { scanFlows } from "./flows/scans.ts";
import { transferFlows } from "./flows/transfers.ts";
import { cutOver } from "./processes/cut-over.ts";
import { intercompany } from "./processes/intercompany.ts";
import { lotQuality } from "./processes/lot-quality.ts";
import { machineOutput } from "./processes/machine-output.ts";
import { makeToOrder } from "./processes/make-to-order.ts";
import { orderRouting } from "./processes/order-routing.ts";
import { periodEnd } from "./processes/period-end.ts";
import { procureToPay } from "./processes/procure-to-pay.ts";
import { productionOrder } from "./processes/production-order.ts";
import { purchaseApproval } from "./processes/purchase-approval.ts";
import { scheduleChange } from "./processes/schedule-change.ts";
import { stockTransfer } from "./processes/stock-transfer.ts";
import { subcontract } from "./processes/subcontract.ts";
import { namelessReceipt, unorderedReceipt } from "./processes/unordered-receipt.ts";
import { runbooks } from "./runbooks.ts";
import { filled, type ManufacturingSettings } from "./settings.ts";

export { plantPaths, plantQuestions } from "./connections.ts";
export { type Policy, standardPolicy } from "./policy.ts";
export type { ManufacturingSettings } from "./settings.ts";

export function manufacturing(settings: ManufacturingSettings): Solution {
  const all = filled(settings);
  const lines = connections(all);
  const { equipment, qms, supplier, mdm, scheduling, procurement } = all.systems;
  return {
    name: "manufacturing",
    title: "Manufacturing: production, quality and purchasing",
    contracts: canon,
    flows: [
      ...mesFlows(lines, all),
      ...plantFlows(lines, all),
      ...scanFlows(lines, all),
      ...purchasingFlows(lines, all),
      ...transferFlows(lines, all),
      ...listeningFlows(all),
    ],
    processes: [
      productionOrder(all.policy),
      machineOutput(all.policy),
      lotQuality(all.policy),
      procureToPay(all.policy),
      unorderedReceipt(all.policy),
      namelessReceipt(all.policy),
      periodEnd(all.policy),
      scheduleChange(all.policy),
      purchaseApproval(all.policy),
      subcontract(all.policy),
      stockTransfer(all.policy),
      ...(all.policy.suppliedBy.length === 0 ? [] : [orderRouting(all.policy), intercompany(all.policy)]),
      ...(all.nextErp ? [cutOver({ ...all.policy, whatIf: all.nextErp.whatIf })] : []),
      ...(all.policy.madeToOrder.length === 0 ? [] : [makeToOrder(all.policy)]),
    ],
    connections: Object.values(lines),
    agreements: [
      productionOrders(all),
      purchaseOrders(all),
      lots(all),
      periods(all),
      stocks(all),
      inventoryAccounts(all),
      transfers(all),
    ],
    rehearsals: async () => (await import("./manufacturing.rehearsals.ts")).rehearsals,
    runbooks,
    capabilities: {
      inquiries: plantInquiries,
      reports: reports(all),
      webhooks: {
        erp: { flow: "erp-reports", secrets: all.erpWebhookSecrets },
        equipment: { flow: "machine-cycles", secrets: equipment.webhookSecrets },
        qms: { flow: "quality-decisions", secrets: qms.webhookSecrets },
        supplier: { flow: "supplier-reports", secrets: supplier.webhookSecrets },
        scheduling: { flow: "schedule-changes", secrets: scheduling.webhookSecrets },
        procurement: { flow: "requisitions", secrets: procurement.webhookSecrets },
        mdm: { flow: "master-records", secrets: mdm.webhookSecrets },
      },
    },
  };
}
