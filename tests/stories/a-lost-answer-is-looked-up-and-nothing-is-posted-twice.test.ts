/** Systems commit and then lose the answer; a partner takes a document and never acknowledges it. */
import { expect } from "vitest";
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "lose-answer",
  systems: [...ANSWERING, "acme"],
  options: { times: 3 },
  unacknowledged: 3,
  world: { settings: { wmsSettlesWithin: "600ms" } },
  async afterwards(world) {
    // Without an attempt that ended in doubt this story would prove nothing.
    const { rows } = await world.pool.query(
      "select connection, count(*)::int as n from delivery where doubts > 0 group by connection order by connection",
    );
    expect(rows.map(({ connection }) => connection)).toEqual(
      ANSWERING.filter((name) => name !== "pricing").toSorted(),
    );
  },
});
