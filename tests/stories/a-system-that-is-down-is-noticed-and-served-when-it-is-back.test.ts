/** Every system is away when its turn comes; its work waits, nothing else does, and it is served when it is back. */
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "down",
  systems: [...ANSWERING, "acme", "bank"],
  async during(world) {
    // A shop and a partner that are away order nothing. Once they have ordered, the shop goes away again.
    await world.estate.clear("acme");
    await world.estate.clear("shop");
    await world.until("every order is taken", 30_000, async () => {
      const known = await Promise.all(world.owed.map(({ number }) => world.story(number)));
      return known.every((story) => story !== undefined);
    });
    await world.estate.fault("shop", "down");
    for (const system of ANSWERING) {
      await world.until(`${system} is missed`, 30_000, async () => {
        const { rows } = await world.pool.query(
          "select from delivery where connection = $1 and status = 'owed' and error_code = 'XD_UNAVAILABLE'",
          [system],
        );
        return rows.length > 0;
      });
      await world.estate.clear(system);
    }
    // Only paid orders ask for the bank; ACME's money is on its way by now.
    await world.estate.clear("bank");
  },
});
