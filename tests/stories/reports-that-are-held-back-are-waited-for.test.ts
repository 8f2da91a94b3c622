/** Reports and files are held back until somebody lets them go; the orders wait and lose nothing. */
import { ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "hold-webhooks",
  systems: ["wms", "tms", "payments", "bank", "acme"],
  async during(world) {
    for (const system of ["acme", "wms", "tms", "payments", "bank"] as const) {
      await world.until(`${system} holds something back`, 30_000, async () => {
        const seen = (await world.estate.describe())[system];
        return Number(seen?.webhooksWaiting) + Number(seen?.filesWaiting) > 0;
      });
      await world.estate.clear(system);
    }
  },
});
