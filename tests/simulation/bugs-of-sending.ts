/**
 * Planted mistakes in sending: attempts, looks, what is in doubt, set aside or owed.
 */
import type { Connection, Receipt } from "../../src/connectors/connector.ts";
import type { Ended, Store } from "../../src/runtime/store.ts";
import { InDoubt, Unavailable } from "../../src/std/errors.ts";
import type { OpenDelivery } from "../../src/work/deliveries.ts";
import { lastWordOn } from "./known.ts";
import type { Bug } from "./scene.ts";

/** The same connection with other guarantees declared than the target keeps. */
const declaring =
  (change: Partial<Connection["connector"]["guarantees"]>) =>
  (of: Connection): Connection => ({
    ...of,
    connector: { ...of.connector, guarantees: { ...of.connector.guarantees, ...change } },
  });

/** As if an end that waits to be written left its place: each time the table is read before it is written, it is ended once more. */
const endingTwice = (store: Store): Store => {
  let writing = false;
  const read = new Map<string, number>();
  const noted = (page: OpenDelivery[]): OpenDelivery[] => {
    for (const { key, status } of writing ? page : [])
      if (status === "in_doubt" || status === "attempting") read.set(key, (read.get(key) ?? 0) + 1);
    return page;
  };
  // Only what ends without a call, which says so, has nothing on the wire that would keep its place.
  const endsTwice = ({ outcome: { key, reason } }: Ended): boolean =>
    (read.get(key) ?? 0) > 1 &&
    /^The worker that was sending it stopped|^\d+ times a worker was lost/.test(reason ?? "");
  return {
    ...store,
    openDeliveries: async (...asked) => noted(await store.openDeliveries(...asked)),
    openAmong: async (keys) => noted(await store.openAmong(keys)),
    async recordOutcomes(ended) {
      writing = true;
      const done = await store.recordOutcomes([...ended, ...ended.filter(endsTwice)]);
      writing = false;
      for (const { outcome } of ended) read.delete(outcome.key);
      return done;
    },
  };
};

export const OF_SENDING: readonly Bug[] = [
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
    id: "B23",
    is: "no second look at what was sent twice",
    mends: "was ours: there was none",
    mistake: { store: (store) => ({ ...store, checksDue: async () => [] }) },
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
    id: "S11",
    is: "a connector claims that its system knows our key, and the system does not",
    mistake: {
      twist: {
        declare: (of) => (of.connector.guarantees.repeat === "none" ? declaring({ repeat: "key" })(of) : of),
      },
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
    id: "S14",
    is: "what waits for master data is never looked at again",
    mistake: { store: (store) => ({ ...store, waitsOver: async () => [] }) },
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
    id: "S16",
    is: "what a lost worker left unclear goes into a closed period, although the target has never heard of it",
    mends: "was ours: found by seed 3, when the worlds were given periods",
    mistake: {
      mayPost: (look) => async (parcel) => (parcel.doubts > 0 ? undefined : look(parcel)),
    },
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
    id: "S24",
    is: "what ends without a call and is read back while nothing can be written ends twice in one commit, which is refused for ever",
    mends: "was ours: found by a night of chaos",
    mistake: { store: endingTwice },
  },
];
