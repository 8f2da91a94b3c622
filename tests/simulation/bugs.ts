/**
 * Mistakes planted around the engine, so that the oracle can be seen to notice them.
 *
 * None of them is a flag in the product: each changes what the engine is given (a store, a clock, a session, a setting, the
 * business it runs), so that it behaves exactly as if the mistake had been made inside. Numbers with B are those of the
 * list we set out with, S are others; `mends` says which of them the engine really made.
 */
import type { Connection, Receipt } from "../../src/connectors/connector.ts";
import type { Entry } from "../../src/journal/append.ts";
import type { AcceptedAs, Store } from "../../src/runtime/store.ts";
import { InDoubt, Unavailable } from "../../src/std/errors.ts";
import type { Database } from "./database.ts";
import { lastWordOn } from "./store.ts";
import type { Mistake } from "./world.ts";

interface Bug {
  readonly id: string;
  readonly is: string;
  readonly mends?: string;
  readonly mistake: Mistake;
}

/** The same connection with other guarantees declared than the target keeps. */
const declaring =
  (change: Partial<Connection["connector"]["guarantees"]>) =>
  (of: Connection): Connection => ({
    ...of,
    connector: { ...of.connector, guarantees: { ...of.connector.guarantees, ...change } },
  });

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

const floated = (entry: Entry): Entry => ({
  ...entry,
  data: entry.data.replace(
    /"amount":"([^"]+)"/,
    (_, amount) =>
      `"amount":"${Number(amount).toLocaleString("en", { useGrouping: false, minimumFractionDigits: 2 })}"`,
  ),
});

export const BUGS: readonly Bug[] = [
  {
    id: "B01",
    is: "receipt before commit",
    mistake: {
      store: (store) => ({
        ...store,
        async accept(arrivals, raised) {
          void store.accept(arrivals, raised).catch(() => undefined);
          return arrivals.map((): AcceptedAs => ({ outcome: "new" }));
        },
      }),
    },
  },
  {
    id: "B02",
    is: "naive cursor: read by position alone, without the barrier",
    mistake: {
      store: (store, db) => ({
        ...store,
        async read(after, max) {
          const { now } = await store.read({ xid: "999999999", position: "0" }, 1);
          const entries = [...db.byPosition.values()]
            .filter(({ position, routed }) => position > Number(after.position) && !routed)
            .sort((a, b) => a.position - b.position)
            .slice(0, max)
            .map((row) => ({ ...row, position: String(row.position), xid: "0", occurredAt: row.occurred }));
          return { entries, now };
        },
      }),
    },
  },
  {
    id: "B03",
    is: "no lock on the key: transactions are numbered before their turn",
    mistake: {
      before: (db) => {
        const begin = db.begin.bind(db);
        db.begin = (locks, ...rest) =>
          begin(
            locks.filter((lock) => !lock.startsWith("key ")),
            ...rest,
          );
      },
    },
  },
  { id: "B04", is: "no fence: a stale worker's commit goes through", mistake: { store: unfenced } },
  {
    id: "B05",
    is: "the worker believes in its lease for longer than the database does",
    mistake: { believes: { leaseMs: 300_000 } },
  },
  {
    id: "B06",
    is: "an unclear outcome is sent again blindly",
    mistake: {
      session: (session) => ({
        ...session,
        deliver: (parcel) =>
          session.deliver!(parcel).catch((error: unknown): Receipt => {
            throw error instanceof InDoubt ? new Unavailable(error.message) : error;
          }),
      }),
    },
  },
  {
    id: "B07",
    is: "one look instead of two, in a hurry",
    mistake: {
      twist: {
        declare: (of) =>
          of.connector.guarantees.repeat === "searchable"
            ? declaring({ repeat: "upsert", settleMs: 2_000 })(of)
            : of,
      },
    },
  },
  {
    id: "B08",
    is: "no settle window before looking",
    mistake: { twist: { declare: declaring({ settleMs: 0 }) } },
  },
  {
    id: "B09",
    is: "a corrected body goes out under a new key",
    mistake: {
      session: (session, db) => {
        const renamed = <Sent extends { readonly key: string }>(parcel: Sent): Sent => {
          const version = db.deliveries.get(parcel.key)?.corrected ?? 0;
          return version === 0 ? parcel : { ...parcel, key: `${parcel.key}-v${version}` };
        };
        return {
          ...session,
          deliver: (parcel) => session.deliver!(renamed(parcel)),
          verify: (parcel) => session.verify!(renamed(parcel)),
        };
      },
    },
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
    id: "B15",
    is: "what goes out is tied to its arrival: other content under its id, set aside, takes it along",
    mistake: {
      store: (store, db) => ({
        ...store,
        async accept(arrivals, raised) {
          const fates = await store.accept(arrivals, raised);
          for (const [index, { outcome }] of fates.entries())
            for (const { correlation } of outcome === "conflict" ? (arrivals[index]?.entries ?? []) : [])
              for (const row of db.deliveries.values())
                if (row.correlation === correlation && row.status !== "applied") row.status = "cancelled";
          return fates;
        },
      }),
    },
  },
  {
    id: "B16",
    is: "a window of de-duplication: receipts are forgotten after five seconds",
    mistake: {
      store: (store, db) => ({
        ...store,
        async accept(arrivals, raised) {
          for (const [id, { arrival }] of db.receipts) {
            const written = db.events.find(({ causation }) => causation === `arrival:${arrival}`);
            if (written && written.at + 5_000 < db.kernel.now) db.receipts.delete(id);
          }
          return store.accept(arrivals, raised);
        },
      }),
    },
  },
  {
    id: "B17",
    is: "what is parked is passed by its own key",
    mistake: { twist: { stockCriticality: "C4" } },
  },
  {
    id: "B18",
    is: "an open breaker does not spare attempts: whatever a system says, it counts as back after a second",
    mistake: { session: (session) => ({ ...session, probe: async () => undefined }) },
  },
  {
    id: "B19",
    is: "a part that keeps no contract is swallowed when its neighbours are sound",
    mistake: { store: (store) => ({ ...store, accept: (arrivals) => store.accept(arrivals, []) }) },
  },
  {
    id: "B20",
    is: "money goes through a float",
    mistake: {
      store: (store) => ({
        ...store,
        accept: (arrivals, raised) =>
          store.accept(
            arrivals.map((arrival) => ({ ...arrival, entries: arrival.entries.map(floated) })),
            raised,
          ),
      }),
    },
  },
  {
    id: "B21",
    is: "a posting's period is looked at only when it is accepted",
    mistake: {
      mayPost: (look, db) => async (parcel) => {
        const { ledger, postingDate } = parcel.message.data as { ledger?: string; postingDate?: string };
        const event = db.byPosition.get(db.deliveries.get(parcel.key)?.position ?? -1);
        if (!event || !ledger || !postingDate) return look(parcel);
        const then = lastWordOn(db, `${ledger}/${postingDate.slice(0, 7)}`, event.at);
        if (then === "closed") return look(parcel);
      },
    },
  },
  {
    id: "B22",
    is: "what a person sends again goes out as new, under another key",
    mistake: {
      session: (session, db) => {
        const asNew = <Sent extends { readonly key: string }>(parcel: Sent): Sent => {
          const times = db.audit.filter(
            ({ action, subject }) => action === "try again" && subject === parcel.key,
          ).length;
          return times === 0 ? parcel : { ...parcel, key: `${parcel.key}-${times}` };
        };
        return {
          ...session,
          deliver: (parcel) => session.deliver!(asNew(parcel)),
          verify: (parcel) => session.verify!(asNew(parcel)),
        };
      },
    },
  },
  {
    id: "B24",
    is: "a copy gets a receipt of its own",
    mistake: {
      store: (store) => ({
        ...store,
        async accept(arrivals, raised) {
          const fates = await store.accept(arrivals, raised);
          return fates.map((fate): AcceptedAs => (fate.outcome === "duplicate" ? { outcome: "new" } : fate));
        },
      }),
    },
  },
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
    id: "S03",
    is: "an attempt begun elsewhere is taken for our own, and sent",
    mends: "was ours: read back after a takeover",
    mistake: {
      store: (store) => ({
        ...store,
        async openDeliveries(...asked) {
          const page = await store.openDeliveries(...asked);
          return page.map((open) => (open.status === "in_doubt" ? { ...open, status: "owed" } : open));
        },
        beginAttempts: store.beginAttempts,
      }),
    },
  },
  {
    id: "S04",
    is: "what a person says was booked is told to nobody",
    mends: "was ours: found by seed 13",
    mistake: {
      store: (store) => ({
        ...store,
        commitSteps: (steps) =>
          store.commitSteps({ ...steps, decided: steps.decided.map((one) => ({ ...one, answers: [] })) }),
      }),
    },
  },
  {
    id: "S05",
    is: "what became unclear is not read back, and forgotten",
    mends: "was ours: until the next takeover",
    mistake: { store: (store) => ({ ...store, openAmong: async () => [] }) },
  },
  {
    id: "S06",
    is: "a takeover does not doubt what was on the wire",
    mistake: {
      store: (store, db) => ({
        ...store,
        async lease(worker, place) {
          const lease = await store.lease(worker, place);
          for (const row of db.deliveries.values())
            if (lease.taken.includes(row.lane) && row.status === "in_doubt")
              Object.assign(row, { status: "owed", doubts: 0 });
          return lease;
        },
      }),
    },
  },
  {
    id: "S07",
    is: "what a lane owes is not read when the lane is taken",
    mistake: { store: (store) => ({ ...store, openDeliveries: async () => [] }) },
  },
  {
    id: "S08",
    is: "other content under a known id is answered as a copy",
    mends: "was ours: found by seed 3",
    mistake: {
      store: (store) => ({
        ...store,
        async accept(arrivals, raised) {
          const fates = await store.accept(arrivals, raised);
          return fates.map(
            (fate): AcceptedAs => (fate.outcome === "conflict" ? { ...fate, outcome: "duplicate" } : fate),
          );
        },
      }),
    },
  },
  {
    id: "S09",
    is: "a late outcome is believed: no compare-and-set on attempts",
    mistake: {
      store: (store, db) => ({
        ...store,
        async recordOutcomes(ended) {
          const all = ended.map(({ outcome, ...follows }) => {
            const row = db.deliveries.get(outcome.key);
            if (row) row.status = "attempting";
            return { ...follows, outcome: { ...outcome, attempts: row?.attempts ?? outcome.attempts } };
          });
          return store.recordOutcomes(all);
        },
      }),
    },
  },
  {
    id: "S15",
    is: "deliveries of one commit are numbered in any order, and read back by their numbers",
    mends: "was ours: found by the first chaos run; a join made the order",
    mistake: {
      store: (store) => ({
        ...store,
        commitSteps: (steps) => store.commitSteps({ ...steps, deliveries: steps.deliveries.toReversed() }),
      }),
    },
  },
  {
    id: "S12",
    is: "what follows from an outcome that came too late is believed",
    mends: "was ours: counts, keys and exceptions of it were written",
    mistake: {
      store: (store, db) => ({
        ...store,
        async recordOutcomes(ended) {
          for (const { raised, resolved } of ended) {
            db.raise(raised);
            db.resolve(resolved);
          }
          return store.recordOutcomes(ended);
        },
      }),
    },
  },
  {
    id: "S13",
    is: "what comes after the end is noted, and nobody is shown it",
    mends: "was ours: a note was all",
    mistake: {
      store: (store) => ({
        ...store,
        async read(after, max) {
          const { entries, now } = await store.read(after, max);
          return { entries: entries.map((entry) => ({ ...entry, causation: null })), now };
        },
      }),
    },
  },
  {
    id: "S14",
    is: "what waits for master data is never looked at again",
    mistake: { store: (store) => ({ ...store, waitsOver: async () => [] }) },
  },
  {
    id: "S16",
    is: "what a lost worker left unclear goes into a closed period, although the target has never heard of it",
    mends: "was ours: found by seed 3, when the worlds were given periods",
    mistake: {
      mayPost: (look) => async (parcel) => (parcel.doubts > 0 ? undefined : look(parcel)),
    },
  },
  {
    id: "B23",
    is: "no second look at what was sent twice",
    mends: "was ours: there was none",
    mistake: { store: (store) => ({ ...store, checksDue: async () => [] }) },
  },
  {
    id: "S17",
    is: "what workers were lost with is written down and never asked for",
    mends: "was ours: only sending was counted",
    mistake: { store: (store) => ({ ...store, suspects: async () => [] }) },
  },
  {
    id: "S18",
    is: "asking about a delivery leaves no record, so whoever it ends is not counted",
    mends: "was ours: only sending was counted",
    mistake: {
      store: (store, db) => ({
        ...store,
        async beginAttempts(worker, intents) {
          const begun = await store.beginAttempts(worker, intents);
          for (const { key, look } of intents) {
            const row = look ? db.deliveries.get(key) : undefined;
            if (row) row.looking = false;
          }
          return begun;
        },
      }),
    },
  },
  {
    id: "S19",
    is: "a key that stands still holds up everybody of its connection",
    mistake: { believes: { keysStillMax: 1 } },
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
  {
    id: "S21",
    is: "the audit is written apart from the act, and lost when that goes wrong",
    mistake: {
      before: (db) => {
        let written = 0;
        const push = db.audit.push.bind(db.audit);
        db.audit.push = (...lines) => {
          written += 1;
          return written % 5 === 0 ? db.audit.length : push(...lines);
        };
      },
    },
  },
  {
    id: "S22",
    is: "memory has no bound: whatever is owed is held in it",
    mistake: { believes: { deliveriesInMemoryMax: 10_000, deliveriesPage: 1_000 } },
  },
  {
    id: "S23",
    is: "a system is called as often at once as there is work",
    mistake: { twist: { declare: (of) => ({ ...of, concurrency: 1_000 }) } },
  },
  {
    id: "S10",
    is: "the cursor does not move with what was decided",
    mistake: {
      store: (store) => ({
        ...store,
        async commitSteps(steps) {
          const [first] = steps.lanes;
          return store.commitSteps({ ...steps, to: steps.entries.length > 1 && first ? first : steps.to });
        },
      }),
    },
  },
  {
    id: "S11",
    is: "a connector claims that its system knows our key, and the system does not",
    mistake: {
      twist: {
        declare: (of) => (of.connector.guarantees.repeat === "none" ? declaring({ repeat: "key" })(of) : of),
      },
    },
  },
];
