/**
 * A system refuses for a reason of its own: the order waits with its owner, others go on, and the button sends it again.
 *
 * @covers EVT-42, PRC-28, SYS-01
 */
import { expect } from "vitest";
import { ANSWERING, ordersTravelThrough } from "./kit/fault.ts";

ordersTravelThrough({
  fault: "refuse",
  systems: ANSWERING,
  options: { times: 1, code: "NOT_NOW", message: "Not now." },
  async during(world) {
    const pressed = new Map<string, string>();
    await world.until("each system has refused once and was asked again", 90_000, async () => {
      const { rows } = await world.pool.query(
        `select d.key, d.connection, x.owner from delivery d
           join exception x on x.subject_kind = 'delivery' and x.subject = d.key and x.resolved_at is null
          where d.status in ('parked', 'held')`,
      );
      // What was pressed a moment ago may still stand there: nobody presses twice.
      for (const { key, connection, owner } of rows.filter((row) => !pressed.has(row.key))) {
        expect(owner).not.toBe("");
        await world.press(`/api/deliveries/${key}/try-again`, { reason: `${connection} says it may.` });
        pressed.set(key, connection);
      }
      return new Set(pressed.values()).size === ANSWERING.length;
    });
  },
});
