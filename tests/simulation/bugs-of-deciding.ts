/**
 * Planted mistakes in deciding: lanes and leases, timers, instances and undo.
 */
import type { Store } from "../../src/runtime/store.ts";
import type { Database } from "./database.ts";
import type { Bug } from "./scene.ts";

/** As if nobody compared epochs: whoever comes is taken for the one who holds the lane. */
const unfenced = (store: Store, db: Database): Store => ({
  ...store,
  async commitSteps(steps) {
    const [first] = steps.lanes;
    if (!first) return store.commitSteps(steps);
    const held = new Map(db.lanes.map(({ id, owner, epoch }) => [id, { owner, epoch }]));
    const worker = held.get(first.id)?.owner ?? steps.worker;
    const lanes = steps.lanes
      .filter(({ id }) => held.get(id)?.owner === worker)
      .map((lane) => ({ ...lane, epoch: String(held.get(lane.id)?.epoch) }));
    return store.commitSteps({ ...steps, worker, lanes });
  },
  async beginAttempts(worker, attempts) {
    const begun: string[] = [];
    for (const attempt of attempts) {
      const lane = db.lanes[db.deliveries.get(attempt.key)?.lane ?? -1];
      begun.push(...(await store.beginAttempts(lane?.owner ?? worker, [attempt])));
    }
    return begun;
  },
});

export const OF_DECIDING: readonly Bug[] = [
  { id: "B04", is: "no fence: a stale worker's commit goes through", mistake: { store: unfenced } },
  {
    id: "B05",
    is: "the worker believes in its lease for longer than the database does",
    mistake: { believes: { leaseMs: 300_000 } },
  },
  {
    id: "B10",
    is: "a timer fires without compare-and-set: every worker takes what is due, and no fence stops it",
    mistake: {
      store: (store, db) => {
        const open = unfenced(store, db);
        return {
          ...open,
          due: (_, max) =>
            store.due(
              db.lanes.map(({ id }) => id),
              max,
            ),
        };
      },
    },
  },
  {
    id: "B11",
    is: "timers by the worker's own clock",
    mistake: {
      store: (store, db, program) => ({
        ...store,
        async read(after, max) {
          const read = await store.read(after, max);
          return { ...read, now: new Date(Date.parse(read.now) + program.skewMs).toISOString() };
        },
        due: (lanes, max) =>
          store.instances(
            [...db.instances.values()]
              .filter(
                ({ nextDue, lane }) =>
                  nextDue !== null &&
                  Date.parse(nextDue) <= Date.parse(db.now) + program.skewMs &&
                  lanes.includes(lane),
              )
              .slice(0, max),
          ),
      }),
    },
  },
  {
    id: "B12",
    is: "undo in the order of the doing",
    mistake: {
      believes: { instancesCachedMax: 0 },
      store: (store) => ({
        ...store,
        async instances(ids) {
          const found = await store.instances(ids);
          for (const { body } of found)
            body.undo.sort((a, b) => (a.contract < b.contract ? 1 : a.contract > b.contract ? -1 : 0));
          return found;
        },
      }),
    },
  },
  {
    id: "B13",
    is: "undo of a step in doubt without waiting for its end",
    mends: "was ours: where another connection carries the undo",
    mistake: {
      twist: { undoElsewhere: true },
      believes: { instancesCachedMax: 0 },
      store: (store) => ({
        ...store,
        async instances(ids) {
          const found = await store.instances(ids);
          for (const { body } of found) body.undo = body.undo.map(({ of: _, ...undo }) => undo);
          return found;
        },
      }),
    },
  },
  { id: "B14", is: "the pivot is ignored", mistake: { twist: { noPivot: true } } },
  {
    id: "S01",
    is: "a lane taken over is believed to be as far as the others",
    mends: "was ours: leases moved every lane held",
    mistake: {
      store: (store) => {
        let furthest = { xid: "0", position: "0" };
        return {
          ...store,
          async lease(worker, host) {
            const lease = await store.lease(worker, host);
            const lanes = lease.lanes.map((lane) =>
              lease.taken.includes(lane.id) && Number(furthest.xid) > Number(lane.xid)
                ? { ...lane, ...furthest }
                : lane,
            );
            return { ...lease, lanes };
          },
          async commitSteps(steps) {
            const done = await store.commitSteps(steps);
            furthest = steps.to;
            return done;
          },
        };
      },
    },
  },
  {
    id: "S02",
    is: "an instance of another worker's lane is remembered, and believed when the lane comes",
    mends: "was ours: found by seed 216",
    mistake: {
      believes: { instancesCachedMax: 0 },
      store: (store) => {
        const kept = new Map<string, string>();
        return {
          ...store,
          async instances(ids) {
            const found = await store.instances(ids);
            return found.map((instance) => {
              const id = `${instance.process}:${instance.key}`;
              const known = kept.get(id);
              if (known === undefined) kept.set(id, JSON.stringify(instance));
              return known === undefined ? instance : JSON.parse(known);
            });
          },
          async commitSteps(steps) {
            const done = await store.commitSteps(steps);
            for (const instance of steps.instances)
              kept.set(`${instance.process}:${instance.key}`, JSON.stringify(instance));
            return done;
          },
        };
      },
    },
  },
  {
    id: "S17",
    is: "what workers were lost with is written down and never asked for",
    mends: "was ours: only sending was counted",
    mistake: { store: (store) => ({ ...store, suspects: async () => [] }) },
  },
  {
    id: "S20",
    is: "an order is given up, and nothing of what was done for it is taken back",
    mistake: {
      believes: { instancesCachedMax: 0 },
      store: (store) => ({
        ...store,
        async instances(ids) {
          const found = await store.instances(ids);
          for (const { body } of found) body.undo = [];
          return found;
        },
      }),
    },
  },
];
