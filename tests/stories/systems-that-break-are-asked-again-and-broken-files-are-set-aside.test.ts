/** A 500 does not say whether it took effect; a truncated file is refused with its bytes kept, and the whole one is taken. */
import { expect } from "vitest";
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "error",
  systems: [...ANSWERING, "acme", "bank"],
  options: { times: 2 },
  world: { settings: { wmsSettlesWithin: "600ms" } },
  async afterwards(world) {
    const { rows } = await world.pool.query(
      "select source, count(*)::int as files from arrival where state = 'quarantined' group by source order by source",
    );
    expect(rows).toEqual([
      { source: "acme-mailbox", files: 2 },
      { source: "bank", files: 2 },
    ]);
  },
});
