/**
 * Planted mistakes in taking in, in writing down and in reading what was written: receipts, the journal, the audit.
 */
import type { Entry } from "../../src/journal/append.ts";
import type { AcceptedAs } from "../../src/runtime/store.ts";
import type { Bug } from "./scene.ts";

const floated = (entry: Entry): Entry => ({
  ...entry,
  data: entry.data.replace(
    /"amount":"([^"]+)"/,
    (_, amount) =>
      `"amount":"${Number(amount).toLocaleString("en", { useGrouping: false, minimumFractionDigits: 2 })}"`,
  ),
});

export const OF_ACCEPTING: readonly Bug[] = [
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
];
