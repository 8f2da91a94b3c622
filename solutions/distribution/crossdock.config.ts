/**
 * The demonstration: distribution, manufacturing and the batch flows over the simulated estate, on one machine.
 *
 * `crossdock dev` and `crossdock start` run this when there is no configuration of your own. Addresses follow from the
 * estate's first port, folders and secrets from the data folder; nothing here is a secret, only where secrets lie.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Connection, secret } from "crossdock";
import { configuration } from "crossdock/server";
import { batches } from "../batches/index.ts";
import { demonstrationLandscape, PLANTS_ELSEWHERE } from "../landscape/demonstration.ts";
import { thirdPartyPaths } from "../landscape/index.ts";
import { manufacturing, plantPaths, plantQuestions } from "../manufacturing/index.ts";
import { distribution } from "./index.ts";

const portBase = Number(process.env.CROSSDOCK_ESTATE_PORT ?? 7400);
const data = configuration({}).data;
const estate = join(data, "estate");

/** Ports of the simulated systems, counted from the estate's first. */
const PORTS = {
  shop: 2,
  crm: 3,
  erp: 4,
  wms: 5,
  tms: 6,
  pricing: 7,
  tax: 8,
  payments: 9,
  bank: 10,
  finance: 11,
};
const PLANT = { mes: 12, equipment: 13, qms: 14, supplier: 15, mdm: 16, scheduling: 17, procurement: 18 };
/** Systems that only listen. */
const LISTENERS = { bi: 19, demand: 20, replenishment: 21, consolidation: 22 };

const kept = (place: string) => secret(`file:${join(data, "secrets.json")}#/${place}`);
const webhooks = (name: string) => [kept(`webhooks/${name}`)];
const system = (name: keyof typeof PORTS, path = "") => ({
  url: `http://127.0.0.1:${portBase + PORTS[name]}${path}`,
  token: kept(`tokens/${name}`),
});
const telling = (name: "wms" | "tms" | "payments") => ({
  ...system(name),
  webhookSecrets: webhooks(name),
});
const ofThePlant = (name: keyof typeof PLANT) => ({
  url: `http://127.0.0.1:${portBase + PLANT[name]}`,
  webhookSecrets: webhooks(name),
});

/** Nobody of the estate keeps these folders: whoever tries the batch flows puts files there and finds them there. */
const exchange = (name: string) => {
  const folder = join(data, "batches", name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** What stands around the core, some of which carries out its commands. */
const around = demonstrationLandscape({ portBase, folder: estate, kept });

const goods = distribution({
  folders: {
    fromPartner: join(estate, "acme", "to-crossdock"),
    toPartner: join(estate, "acme", "from-crossdock"),
    bankStatements: join(estate, "bank", "statements"),
  },
  systems: {
    shop: system("shop"),
    crm: system("crm"),
    erp: system("erp", "/sap/opu/odata4/meridian"),
    wms: telling("wms"),
    tms: telling("tms"),
    pricing: system("pricing"),
    tax: system("tax"),
    payments: telling("payments"),
    finance: system("finance"),
  },
  paths: { ...plantPaths, wms: { ...plantPaths.wms, ...thirdPartyPaths } },
  asks: plantQuestions,
  houses: around.houses,
});

const line = (name: string): Connection => {
  const found = goods.connections?.find((one) => one.name === name);
  if (found) return found;
  throw new Error(`The distribution solution has no line ${name}.`);
};

export default configuration({
  name: "Crossdock demonstration",
  solutions: [
    goods,
    manufacturing({
      policy: { madeToOrder: ["PUMP-100"] },
      lines: goods.connections ?? [],
      folders: {
        fromMes: join(estate, "mes", "to-crossdock"),
        toMes: join(estate, "mes", "from-crossdock"),
        fromEdge: join(estate, "equipment", "edge"),
        fromScanners: join(estate, "wms", "scans"),
      },
      systems: {
        equipment: ofThePlant("equipment"),
        qms: ofThePlant("qms"),
        supplier: ofThePlant("supplier"),
        mdm: ofThePlant("mdm"),
        scheduling: ofThePlant("scheduling"),
        procurement: ofThePlant("procurement"),
        treasury: { url: system("bank").url },
      },
      erpWebhookSecrets: webhooks("erp"),
      plantsElsewhere: PLANTS_ELSEWHERE,
      ledgers: around.ledgers,
      listeners: Object.fromEntries(
        Object.entries(LISTENERS).map(([name, at]) => [name, { url: `http://127.0.0.1:${portBase + at}` }]),
      ),
    }),
    around.solution(line("wms")),
    batches({
      folders: {
        items: exchange("items"),
        itemsToWarehouse: exchange("items-to-warehouse"),
        ledger: exchange("ledger"),
        financeImport: exchange("finance-import"),
        reporting: exchange("reporting"),
      },
    }),
  ],
});
