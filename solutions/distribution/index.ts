/**
 * The distribution solution: order-to-cash for a company that sells goods it has, to customers who order by EDI, web shop
 * and API.
 *
 * `distribution(settings)` is everything a configuration needs: contracts, flows, processes, connections, what machines
 * are offered, the rehearsals that draw the process, and the code lists it brings.
 */
import { canon } from "crossdock/canon";
import type { Solution } from "crossdock/server";
import { orders } from "./agreement.ts";
import { returns } from "./agreement-returns.ts";
import { capabilities } from "./capabilities.ts";
import { connections } from "./connections.ts";
import { bankFlows } from "./flows/bank.ts";
import { erpFlows } from "./flows/erp.ts";
import { moneyFlows } from "./flows/money.ts";
import { orderFlows } from "./flows/orders-api.ts";
import { edifactFlows } from "./flows/partner-edifact.ts";
import { ublFlows } from "./flows/partner-ubl.ts";
import { x12Flows } from "./flows/partner-x12.ts";
import { returnFlows } from "./flows/returns.ts";
import { statusFlows } from "./flows/status.ts";
import { tmsFlows } from "./flows/tms.ts";
import { wmsFlows } from "./flows/wms.ts";
import { orderToCash } from "./order-to-cash.ts";
import { partnerDocuments } from "./partner-documents.ts";
import { returnsProcess } from "./returns.ts";
import { runbooks } from "./runbooks.ts";
import { type DistributionSettings, type Filled, filled } from "./settings.ts";

export { orderToCash } from "./order-to-cash.ts";
export type { House, Policy, PolicySettings } from "./policy.ts";
export type {
  BankFormat,
  Dialect,
  DistributionSettings,
  Ourselves,
  Partner,
  System,
  TellingSystem,
  UnitConversion,
} from "./settings.ts";

/** The partner's mailbox by the standard its profile names. */
const PARTNER_FLOWS = { x12: x12Flows, edifact: edifactFlows, ubl: ublFlows };

/** @example configuration({ solutions: [distribution({ ourselves, partner, policy, systems, folders })] }) */
export function distribution(settings: DistributionSettings): Solution {
  const all = filled(settings);
  const lines = connections(all);
  return {
    name: "distribution",
    title: "Distribution: order-to-cash",
    contracts: canon,
    flows: [
      ...orderFlows(lines, all),
      ...PARTNER_FLOWS[all.partner.dialect ?? "x12"](lines, all),
      ...erpFlows(lines, all),
      ...wmsFlows(lines, all),
      ...tmsFlows(lines),
      ...moneyFlows(lines, all),
      ...bankFlows(lines, all),
      ...returnFlows(lines, all),
      ...statusFlows(lines, all),
    ],
    processes: [orderToCash(all.policy), returnsProcess(all.policy), partnerDocuments(all.policy)],
    connections: Object.values(lines),
    agreements: [orders(all), returns(all)],
    rehearsals: async () => (await import("./distribution.rehearsals.ts")).rehearsals,
    runbooks,
    capabilities: capabilities(all),
    crosswalks: codeLists(all),
  };
}

/** Partner and unit codes, for whoever looks numbers up. */
const codeLists = ({ partner, units }: Filled): NonNullable<Solution["crosswalks"]> => [
  { entity: "customer", system: "acme-mailbox", external: partner.edi.id, canonical: partner.customer },
  ...units.map(({ item, from, to, numerator, denominator }) => ({
    entity: "unit",
    system: "acme-mailbox",
    external: `${item}/${from}`,
    canonical: `${numerator}/${denominator} ${to}`,
  })),
];
