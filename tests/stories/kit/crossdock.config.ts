/**
 * What the stories run: the distribution and manufacturing solutions as they are shipped, over a simulated estate, looking at its folders often.
 *
 * Everything about the place comes by the environment, as for the shipped demonstration; `STORY_SETTINGS` is JSON that a
 * story lays over the settings, `STORY_TIMEOUT_MS` how long a call may take.
 */
import { join } from "node:path";
import { secret } from "crossdock";
import { configuration } from "crossdock/server";
import { type DistributionSettings, distribution } from "../../../solutions/distribution/index.ts";
import { demonstrationLandscape, PLANTS_ELSEWHERE } from "../../../solutions/landscape/demonstration.ts";
import { thirdPartyPaths } from "../../../solutions/landscape/index.ts";
import {
  manufacturing,
  type Policy,
  plantPaths,
  plantQuestions,
  standardPolicy,
} from "../../../solutions/manufacturing/index.ts";

const portBase = Number(process.env.CROSSDOCK_ESTATE_PORT);
const { data } = configuration({});
const estate = join(data, "estate");
const more = JSON.parse(process.env.STORY_SETTINGS ?? "{}") as Partial<DistributionSettings>;

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

/** What stands around the core, in stories that are about it. */
const around =
  process.env.STORY_LANDSCAPE === "yes"
    ? demonstrationLandscape({
        portBase,
        folder: estate,
        kept,
        pollMs: 50,
        ...(process.env.STORY_DATABASE ? { database: secret("env:STORY_DATABASE") } : {}),
      })
    : undefined;

const solution = distribution({
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
  pollMs: 50,
  paths: around ? { ...plantPaths, wms: { ...plantPaths.wms, ...thirdPartyPaths } } : plantPaths,
  asks: plantQuestions,
  houses: around?.houses ?? [],
  ...more,
});
const plant = manufacturing({
  lines: solution.connections ?? [],
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
  plantsElsewhere: around ? PLANTS_ELSEWHERE : [],
  ledgers: around?.ledgers ?? [],
  listeners: Object.fromEntries(
    Object.entries(LISTENERS).map(([name, at]) => [name, { url: `http://127.0.0.1:${portBase + at}` }]),
  ),
  pollMs: 50,
  policy: {
    patience: { ...standardPolicy.patience, "stock correction": "1s", "supplier answers": "2s" },
    ...(JSON.parse(process.env.STORY_PLANT_POLICY ?? "{}") as Partial<Policy>),
  },
});

// A story about answers that never come has no eight seconds for each of them.
const timeoutMs = Number(process.env.STORY_TIMEOUT_MS ?? 0);
for (const { config } of timeoutMs > 0 ? (plant.connections ?? []).concat(solution.connections ?? []) : [])
  if ("url" in (config as object)) Object.assign(config as object, { timeoutMs });

const [wms] = (solution.connections ?? []).filter(({ name }) => name === "wms");
const landscape = around && wms ? [around.solution(wms)] : [];

export default configuration({ name: "A story", solutions: [solution, plant, ...landscape] });
