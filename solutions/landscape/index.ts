/**
 * The landscape: everything around the core of a company, each neighbourhood as far as it is there.
 *
 * It stands beside the distribution and manufacturing solutions and uses their contracts; a company takes what it has.
 *
 * @example configuration({ solutions: [goods, plant, landscape(channels({ … }), offices({ … }))] })
 */
import { canon } from "crossdock/canon";
import type { Solution } from "crossdock/server";
import type { Neighbourhood } from "./neighbourhood.ts";

export { applications } from "./applications.ts";
export { channels } from "./channels.ts";
export { erps, secondErp } from "./erps.ts";
export { offices } from "./offices.ts";
export { shopFloor } from "./shop-floor.ts";
export { platformHouse, rotterdamHouse, thirdParties, thirdPartyPaths } from "./third-parties.ts";

export const landscape = (...neighbourhoods: readonly Neighbourhood[]): Solution => ({
  name: "landscape",
  title: "Landscape: what stands around the core",
  contracts: canon,
  flows: neighbourhoods.flatMap(({ flows }) => flows),
  capabilities: { webhooks: Object.assign({}, ...neighbourhoods.map(({ webhooks }) => webhooks)) },
});
