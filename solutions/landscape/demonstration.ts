/**
 * The landscape of the demonstration: every neighbourhood, over the simulated estate.
 *
 * Only addresses, folders and where secrets lie. Customers of these channels are their own, so what the core's customers order goes the
 * way it always went.
 */
import { join } from "node:path";
import type { Connection } from "crossdock";
import type { Solution } from "crossdock/server";
import { standardPolicy } from "../manufacturing/policy.ts";
import { goodsReceiptsOf } from "../manufacturing/processes/cut-over.ts";
import { applications } from "./applications.ts";
import { PLATFORM, PLATFORM_VALUES, RECEIVABLES } from "./bookkeepers.ts";
import { channels } from "./channels.ts";
import { erps, secondErp } from "./erps.ts";
import { landscape } from "./index.ts";
import { type NextErp, nextErp } from "./next-erp.ts";
import { offices } from "./offices.ts";
import { shopFloor } from "./shop-floor.ts";
import { platformHouse, rotterdamHouse, thirdParties } from "./third-parties.ts";

/** Ports of the simulated systems, counted from the estate's first. */
const PORTS = {
  dynamics: 23,
  fusion: 24,
  s4cloud: 25,
  portal: 26,
  marketplace: 27,
  cpq: 28,
  fulfilment: 33,
  billing: 36,
  receivables: 37,
  ledger: 38,
  plm: 39,
  workflow: 40,
} as const;
type Name = keyof typeof PORTS;
/** The broker speaks MQTT twenty above its own port. */
const BROKER = 43 + 20;

/** The library of the mqtt connector is installed by whoever uses it; without it the machines of plant DAY are not connected. */
function canSpeakMqtt(): boolean {
  try {
    import.meta.resolve("mqtt");
    return true;
  } catch {
    return false;
  }
}

/** Plants that the second ERP and other systems than ours serve. */
export const PLANTS_ELSEWHERE: readonly string[] = ["DAY"];

/** What the company agreed with itself: who ships from Rotterdam and in parts, what is made to order, what plant DAY sells to plant LYO. */
export const AGREED = {
  goods: { shipsFrom: { "C-DELTA": "WH-ROT" }, partialDelivery: ["C-DELTA"] },
  plant: {
    madeToOrder: ["PUMP-100"],
    suppliedBy: [
      {
        plant: "DAY",
        entity: "ME-02",
        deliversTo: ["WH-ROT"],
        days: 4,
        transferPrices: {
          "PUMP-100": { amount: "350.00", currency: "EUR", per: { value: "1", uom: "EA" } },
        },
      },
    ],
  },
} as const;

/** The step that is to move to the next ERP: goods receipts of plant LYO. */
export const RECEIPTS_MOVE: string = goodsReceiptsOf(standardPolicy);

/** What the next ERP counts and prices by the pack. */
const NEXT_UNITS = { "VALVE-20": { unit: "PK", pieces: "12" } };

export interface Place {
  /** The estate's first port, and the folder its systems share with us. */
  readonly portBase: number;
  readonly folder: string;
  /** A reference to a secret of the place: `tokens/dynamics`. */
  readonly kept: (place: string) => string;
  readonly pollMs?: number;
  /** The database of the application that is only a database; absent: it is not there. */
  readonly database?: string;
  /** Items the next ERP counts in other units than pieces. */
  readonly nextUnits?: NonNullable<NextErp["units"]>;
}

/** What the core hands commands to, and then everything that stands around it. */
export function demonstrationLandscape({
  portBase,
  folder,
  kept,
  pollMs = 250,
  database,
  nextUnits = NEXT_UNITS,
}: Place) {
  const url = (name: Name, path = "") => `http://127.0.0.1:${portBase + PORTS[name]}${path}`;
  const secrets = (name: Name) => [kept(`webhooks/${name}`)];
  const telling = (name: Name) => ({ url: url(name), webhookSecrets: secrets(name) });
  const signingIn = (name: Name, path: string, tokens: string) => ({
    url: url(name, path),
    tokenUrl: url(name, tokens),
    clientId: "crossdock",
    clientSecret: kept(`tokens/${name}`),
  });
  const folders = (name: string) => ({
    from: join(folder, name, "to-crossdock"),
    to: join(folder, name, "from-crossdock"),
    pollMs,
  });
  const rotterdam = rotterdamHouse({ ...folders("threepl"), customers: ["C-ROTTE"] });
  const platform = platformHouse({ url: url("fulfilment"), customers: ["C-MARKT"] });
  const ledger = secondErp({
    ...signingIn("dynamics", "/api/data/v9.2", "/oauth2/v2.0/token"),
    plants: PLANTS_ELSEWHERE,
  });
  const next = nextErp({
    ...signingIn("s4cloud", "/sap/opu/odata/sap", "/sap/bc/sec/oauth2/token"),
    step: RECEIPTS_MOVE,
    units: nextUnits,
  });
  return {
    houses: [rotterdam, platform],
    warehouses: { "WH-ROT": rotterdam.line.name },
    ledgers: [ledger],
    next,
    bookkeepers: [RECEIVABLES, PLATFORM],
    platform: PLATFORM_VALUES,
    solution: (wms: Connection): Solution =>
      landscape(
        channels({
          portal: { url: url("portal"), customers: ["C-WEST"] },
          marketplace: { ...telling("marketplace"), customer: "C-MARKT" },
          cpq: telling("cpq"),
          fieldSales: { ...folders("fieldsales"), customers: ["C-EAST"] },
          translator: { ...folders("translator"), partners: { NORDIND: "C-NORDIND" } },
        }),
        thirdParties({
          wms,
          rotterdam,
          carriers: folders("carrier"),
          platform: { house: platform, webhookSecrets: secrets("fulfilment") },
        }),
        erps({
          second: { ledger, webhookSecrets: secrets("dynamics") },
          old: folders("legacyerp"),
          next,
          planning: folders("planning"),
        }),
        ...(canSpeakMqtt()
          ? [
              shopFloor({
                broker: { url: `mqtt://127.0.0.1:${portBase + BROKER}` },
                group: "DAY",
                host: "crossdock",
                reconnectMs: pollMs,
              }),
            ]
          : []),
        applications(database === undefined ? {} : { oldBooks: { url: database, ledger: "ME-03", pollMs } }),
        offices({
          platform: {
            ...signingIn("fusion", "/fscmRestApi/resources/11.13.18.05", "/oauth2/v1/token"),
            settlesWithin: "2s",
          },
          receivables: { url: url("receivables") },
          billing: telling("billing"),
          ledger: telling("ledger"),
          engineering: telling("plm"),
          workflow: telling("workflow"),
        }),
      ),
  };
}
