/**
 * Leases on the database in memory: who holds which lane, who is lost, and what everybody has in their hands.
 */
import type { Store } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import type { Lane } from "../../src/work/lanes.ts";
import type { Access } from "./access.ts";
import type { Database } from "./database.ts";
import { takeBack } from "./delivery-store.ts";
import type { Program } from "./kernel.ts";

export function laneStore(
  { db, write, look, fired }: Access,
  program: Program,
): Pick<Store, "lease" | "neighbours" | "bury" | "give" | "hold" | "suspects" | "leave"> {
  const { kernel } = db;

  const lanesOf = (worker: string): Lane[] =>
    db.lanes
      .filter(({ owner }) => owner === worker)
      .map(({ id, epoch, xid, position }) => ({
        id,
        epoch: String(epoch),
        xid: String(xid),
        position: String(position),
      }));

  return {
    async lease(worker, place) {
      const { mine, workers, lost } = await write("lease", {}, () => {
        const now = kernel.now;
        for (const [id, beat] of db.workers)
          if (id !== worker && beat.at < now - db.leaseMs && db.workers.delete(id)) db.lost.set(id, now);
        db.workers.set(worker, { at: now, place, program });
        db.lost.delete(worker);
        for (const lane of db.lanes) if (lane.owner === worker) lane.until = now + db.leaseMs;
        const lost = [...db.lost.values()].filter((at) => at >= now - limits.carefulMs).length;
        return { mine: lanesOf(worker), workers: db.workers.size, lost };
      });
      const laneCount = db.lanes.length;
      const share = Math.ceil(laneCount / workers);
      const rest = { laneCount, workers, lost };
      if (mine.length > share)
        return { lanes: mine, taken: [], surplus: mine.slice(share).map(({ id }) => id), ...rest };
      if (mine.length === share) return { lanes: mine, taken: [], surplus: [], ...rest };
      const taken = await write("take lanes", {}, () => {
        const free = db.lanes
          .filter(({ owner, until }) => owner === null || until < kernel.now)
          .slice(0, share - mine.length);
        for (const lane of free) {
          if (lane.owner !== null) fired("lane taken over");
          lane.owner = worker;
          lane.epoch += 1;
          lane.until = kernel.now + db.leaseMs;
          for (const row of db.deliveries.values()) {
            const sent = row.status === "attempting";
            if (row.lane !== lane.id || !(sent || (row.status === "in_doubt" && row.looking))) continue;
            fired(sent ? "attempt doubted by a takeover" : "look lost by a takeover");
            row.status = "in_doubt";
            if (sent) Object.assign(row, { doubts: row.doubts + 1, notFound: 0 });
            row.crashes += 1;
            row.looking = false;
            row.reason = "The worker that had it in its hands stopped.";
            row.updated = kernel.now;
          }
        }
        const ids = free.map(({ id }) => id);
        return lanesOf(worker).filter(({ id }) => ids.includes(id));
      });
      return { lanes: [...mine, ...taken], taken: taken.map(({ id }) => id), surplus: [], ...rest };
    },

    neighbours: (worker) =>
      look("neighbours", () =>
        [...db.workers]
          .filter(([id]) => id !== worker)
          .map(([id, neighbour]) => ({ id, place: placeNow(neighbour) })),
      ),

    bury: (workers) =>
      write("bury", {}, () => {
        for (const id of workers) {
          if (!db.workers.delete(id)) continue;
          db.lost.set(id, kernel.now);
          fired("worker buried");
          for (const lane of db.lanes) if (lane.owner === id) lane.until = Number.NEGATIVE_INFINITY;
        }
      }),

    give: (worker, lanes) =>
      write("give", {}, () => {
        for (const lane of db.lanes) {
          if (lane.owner !== worker || !lanes.includes(lane.id)) continue;
          lane.owner = null;
          lane.until = Number.NEGATIVE_INFINITY;
        }
      }),

    hold: (worker, begun, ended) =>
      write("hold", {}, () => {
        putDown(db, worker, ended);
        const hands = db.hands.get(worker) ?? new Map<string, number>();
        db.hands.set(worker, hands);
        for (const { what, lost } of begun) hands.set(what, Math.max(lost, hands.get(what) ?? 0));
      }),

    suspects: () =>
      look("suspects", () => {
        const found = new Map<string, number>();
        for (const [worker, hands] of db.hands)
          if (!db.workers.has(worker))
            for (const [what, lost] of hands) found.set(what, Math.max(lost + 1, found.get(what) ?? 0));
        return [...found].map(([what, lost]) => ({ what, lost }));
      }),

    leave: (worker, lanes, unsent) =>
      write("leave", {}, () => {
        takeBack(db, unsent);
        for (const lane of db.lanes) {
          if (lane.owner !== worker || !lanes.includes(lane.id)) continue;
          lane.owner = null;
          lane.until = Number.NEGATIVE_INFINITY;
        }
        db.hands.delete(worker);
        db.workers.delete(worker);
      }),
  };
}

export function putDown(db: Database, worker: string, ended: readonly string[]): void {
  for (const [id, hands] of db.hands)
    if (id === worker || !db.workers.has(id)) for (const what of ended) hands.delete(what);
}

/** All workers of a world live in this process; a killed one says it ran under a number that no process can have. */
function placeNow({ place, program }: { place: string; program: Program }): string {
  const fields = place.split(" ");
  return program.alive || fields.length < 5 ? place : fields.with(3, "2147483647").join(" ");
}
