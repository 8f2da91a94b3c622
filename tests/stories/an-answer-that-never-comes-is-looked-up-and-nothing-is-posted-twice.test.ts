/** Systems commit and then say nothing at all, until the call's own time is up. */
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "hang",
  systems: [...ANSWERING, "acme"],
  options: { times: 2 },
  unacknowledged: 2,
  world: { timeoutMs: 1_000, settings: { wmsSettlesWithin: "600ms" } },
});
