/**
 * A company that runs the shipped distribution solution and adds a flow of its own beside it. What docs/start/on-a-shipped-solution.md
 * shows.
 *
 * The solution is used as it is, by its door; what is the company's own stands here and survives every upgrade.
 */
// cut: what it needs
import { connection, flow, secret } from "crossdock";
import { sales } from "crossdock/canon";
import { csv } from "crossdock/codecs/csv";
import { file } from "crossdock/connectors/file";
import type { Solution } from "crossdock/server";
import { type DistributionSettings, distribution } from "crossdock/solutions/distribution";

// end

// cut: settings
const system = (name: string) => ({
  url: `https://${name}.norrland.example`,
  token: secret(`file:secrets.json#/tokens/${name}`),
});
const telling = (name: string) => ({
  ...system(name),
  webhookSecrets: [secret(`file:secrets.json#/webhooks/${name}`)],
});

const settings = (folder: string): DistributionSettings => ({
  ourselves: { qualifier: "14", id: "7301234567890", name: "Norrland Pumps AB" },
  partner: {
    customer: "C-100",
    edi: { qualifier: "14", id: "7309876543210" },
    dialect: "edifact",
    currency: "SEK",
  },
  policy: {
    currencies: ["SEK", "EUR"],
    plant: "UME",
    ledger: {
      name: "NP-1",
      receivables: "1510",
      revenue: "3001",
      tax: "2611",
      costOfSales: "4010",
      finishedGoods: "1450",
      bank: "1930",
      fees: "6570",
    },
    returns: { instruction: "Send to Norrland Pumps, Umeå, gate 2, with the number on the parcel." },
    promised: {
      goodFor: { price: "1h", credit: "15m", availability: "5m", tax: "30d" },
      limit: { SEK: "250000.00", EUR: "25000.00" },
      atOnce: 200,
      owner: "customer-service",
    },
    priceTolerancePercent: "0.5",
  },
  folders: {
    fromPartner: `${folder}/from-partner`,
    toPartner: `${folder}/to-partner`,
    bankStatements: `${folder}/bank`,
  },
  systems: {
    shop: system("shop"),
    crm: system("crm"),
    erp: system("erp"),
    wms: telling("wms"),
    tms: telling("tms"),
    pricing: system("pricing"),
    tax: system("tax"),
    payments: telling("payments"),
    finance: system("finance"),
  },
});
// end

// cut: own
const rowsOf = ({
  salesOrderId: order,
  customer,
  lines,
}: sales.SalesOrder): readonly Record<string, string>[] =>
  lines.map(({ item, quantity }) => ({ order, customer, item, quantity: quantity.value }));

const ownFlows = (folder: string): Solution => {
  const planners = connection("planners", file, {
    title: "Sales planners",
    config: { outbox: `${folder}/planners` },
  });
  const demand = flow("demand-to-planners")
    .on(sales.OrderCaptured)
    .map(rowsOf)
    .deliver(planners, csv({ columns: ["order", "customer", "item", "quantity"] }));
  return { name: "norrland", title: "What is our own", flows: [demand] };
};

/** Everything Norrland Pumps runs; the configuration names it. */
export const norrland = (folder: string): readonly Solution[] => [
  distribution(settings(folder)),
  ownFlows(folder),
];
// end
