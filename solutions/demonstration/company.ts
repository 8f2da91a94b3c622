/**
 * The company of the demonstration: distribution, manufacturing and what stands around them, over the simulated estate.
 *
 * Only addresses, folders and where secrets lie: ports follow from the estate's first, folders and secrets from the data folder.
 * The shipped demonstration and the stories that test it are this company, each with a few settings of its own.
 */
import { join } from "node:path";
import { type Connection, secret } from "crossdock";
import type { Solution } from "crossdock/server";
import { type DistributionSettings, distribution } from "../distribution/index.ts";
import { standardPolicy } from "../distribution/policy.ts";
import {
  AGREED,
  demonstrationLandscape,
  PLANTS_ELSEWHERE,
  RECEIPTS_MOVE,
} from "../landscape/demonstration.ts";
import { thirdPartyPaths } from "../landscape/index.ts";
import {
  type ManufacturingSettings,
  manufacturing,
  plantPaths,
  plantQuestions,
} from "../manufacturing/index.ts";
import { MERIDIAN } from "./meridian.ts";

export interface Place {
  /** The estate's first port, and our data folder. */
  readonly portBase: number;
  readonly data: string;
  /** Whether everything around the core is there as well. */
  readonly landscape: boolean;
  /** How often folders are looked at, in milliseconds. */
  readonly pollMs?: number;
  /** The database of the application that is only a database; absent: it is not there. */
  readonly database?: string;
  readonly goods?: Partial<Omit<DistributionSettings, "policy">> & {
    readonly policy?: Partial<DistributionSettings["policy"]>;
  };
  readonly plant?: ManufacturingSettings["policy"];
  /** Items the next ERP counts in other units than pieces; absent: as it does. */
  readonly nextUnits?: Parameters<typeof demonstrationLandscape>[0]["nextUnits"];
  /** Systems that only listen and have not subscribed yet. */
  readonly notYet?: readonly string[];
}

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
  mes: 12,
  equipment: 13,
  qms: 14,
  supplier: 15,
  mdm: 16,
  scheduling: 17,
  procurement: 18,
} as const;
type Name = keyof typeof PORTS;
/** Systems that only listen. */
const LISTENERS = { bi: 19, demand: 20, replenishment: 21, consolidation: 22 };

export function company({
  portBase,
  data,
  landscape,
  pollMs,
  database,
  goods: more,
  plant,
  nextUnits,
  notYet = [],
}: Place): {
  readonly solutions: readonly Solution[];
  readonly connections: readonly Connection[];
} {
  const estate = join(data, "estate");
  const kept = (place: string) => secret(`file:${join(data, "secrets.json")}#/${place}`);
  const webhooks = (name: string) => [kept(`webhooks/${name}`)];
  const url = (port: number, path = "") => `http://127.0.0.1:${portBase + port}${path}`;
  const system = (name: Name, path = "") => ({ url: url(PORTS[name], path), token: kept(`tokens/${name}`) });
  const telling = (name: Name) => ({ ...system(name), webhookSecrets: webhooks(name) });
  const ofThePlant = (name: Name) => ({ url: url(PORTS[name]), webhookSecrets: webhooks(name) });
  const often = pollMs === undefined ? {} : { pollMs };

  /** What stands around the core, some of which carries out its commands. */
  const around = landscape
    ? demonstrationLandscape({
        portBase,
        folder: estate,
        kept,
        ...often,
        ...(database === undefined ? {} : { database }),
        ...(nextUnits === undefined ? {} : { nextUnits }),
      })
    : undefined;
  const goods = distribution({
    ...MERIDIAN,
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
    ...often,
    paths: around ? { ...plantPaths, wms: { ...plantPaths.wms, ...thirdPartyPaths } } : plantPaths,
    asks: plantQuestions,
    receiptsMove: around ? RECEIPTS_MOVE : null,
    houses: around?.houses ?? [],
    bookkeepers: around?.bookkeepers ?? [],
    issuers: (around?.ledgers ?? []).flatMap(({ line, sales }) => (sales ? [{ line, ...sales.issue }] : [])),
    ...more,
    policy: { ...standardPolicy, ...(around ? AGREED.goods : {}), ...more?.policy },
  });
  const lines = goods.connections ?? [];
  const factory = manufacturing({
    policy: { ...(around ? AGREED.plant : {}), ...plant },
    lines,
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
      treasury: { url: url(PORTS.bank) },
    },
    erpWebhookSecrets: webhooks("erp"),
    plantsElsewhere: around ? PLANTS_ELSEWHERE : [],
    ledgers: around?.ledgers ?? [],
    warehouses: around?.warehouses ?? {},
    nextErp: around?.next ?? null,
    platform: around?.platform ?? null,
    listeners: Object.fromEntries(
      Object.entries(LISTENERS)
        .filter(([name]) => !notYet.includes(name))
        .map(([name, port]) => [name, { url: url(port) }]),
    ),
    ...often,
  });
  const [wms] = lines.filter(({ name }) => name === "wms");
  return {
    solutions: [goods, factory, ...(around && wms ? [around.solution(wms)] : [])],
    connections: [...lines, ...(factory.connections ?? [])],
  };
}
