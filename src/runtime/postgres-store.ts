/**
 * The memory on PostgreSQL: each operation of the store as one pipelined transaction.
 *
 * Each kind of operation has a connection of its own, so a batch of outcomes never queues behind a batch of arrivals.
 * `synchronous_commit` is left alone, which means on: a commit is the only durability point there is.
 */
import type pg from "pg";
import type { Reference } from "../flows/flow.ts";
import { type AcceptedArrival, accept, lockKeys, receiptsOf } from "../journal/accept.ts";
import { ensurePartitions } from "../journal/partitions.ts";
import { type Recorded, readAfter } from "../journal/read.ts";
import { columns } from "../std/columns.ts";
import { ensure } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { type Address, openPool } from "../std/sql.ts";
import { commit, type Statement } from "../std/statement.ts";
import { flawOf } from "../std/storable.ts";
import { KnownKeys } from "../trace/known-keys.ts";
import { count, foldCounts, raise, recordOpinions, rememberKeys, resolve } from "../trace/record.ts";
import { appendAndOwe, decide, returnUnsent } from "../work/deliveries.ts";
import { emptyHanded, forgetLost, hold, type InHand, putDown, suspects } from "../work/in-hand.ts";
import { factsAt } from "../work/inputs.ts";
import {
  askQuestions,
  dueInstances,
  type Instance,
  loadInstances,
  saveInstances,
  withdrawQuestions,
} from "../work/instances.ts";
import {
  bury,
  createLanes,
  giveLanes,
  heartbeat,
  type Lane,
  leave,
  moveLanes,
  neighbours,
  renew,
  TAKEN_OVER,
  takeLanes,
} from "../work/lanes.ts";
import { actStatements } from "./acts.ts";
import { type AgreementStore, agreementStore } from "./agreement-store.ts";
import { type BatchStore, batchStore } from "./batch-store.ts";
import { deliveryStore } from "./delivery-store.ts";
import { figureStore } from "./figure-store.ts";
import type { FigureStore } from "./figures.ts";
import { type PromiseStore, promiseStore } from "./promise-store.ts";
import { type SelectionStore, selectionStore } from "./selection-store.ts";
import { type AcceptedAs, type Read, type Steps, type Store, TakenOver } from "./store.ts";

/** Opens the store on a migrated database, with what reading large files needs beside it. */
export async function openPostgresStore(database: Address): Promise<
  Store & {
    readonly batches: BatchStore;
    readonly figures: FigureStore;
    readonly selections: SelectionStore;
    readonly agreements: AgreementStore;
    readonly promises: PromiseStore;
  }
> {
  const pool = (max: number, name: string, plans: "kept" | "afresh") =>
    openPool(database, {
      max,
      name: `crossdock ${name}`,
      pipeline: true,
      plans,
      answerWithinMs: limits.databaseAnswerMs,
    });
  const pools = {
    accept: pool(1, "intake", "kept"),
    steps: pool(1, "conductor", "kept"),
    outcomes: pool(1, "outcomes", "kept"),
    read: pool(3, "reading", "afresh"),
    batches: pool(2, "batches", "afresh"),
  };
  const commits = new WeakMap<pg.PoolClient, number>();
  const known = new KnownKeys();
  const together = async (by: pg.Pool, statements: readonly Statement[]) => {
    const client = await by.connect();
    try {
      // A plan is right for a table of about the size it was made for: it is made anew each time there were twice as many commits.
      const made = (commits.get(client) ?? 0) + 1;
      commits.set(client, made);
      if ((made & (made - 1)) === 0) await client.query("discard plans");
      const results = await commit(client, statements);
      client.release();
      return results;
    } catch (error) {
      // A connection that broke, or whose transaction state is unclear, is not used again.
      client.release(true);
      throw error;
    }
  };
  const alone = async <Row extends pg.QueryResultRow>({ name, text, values }: Statement): Promise<Row[]> =>
    (await pools.read.query<Row>({ name, text, values: [...values] })).rows;

  await together(pools.steps, [createLanes(limits.lanes)]);
  await housekeeping();

  async function housekeeping(): Promise<void> {
    await together(pools.read, [ensurePartitions, foldCounts, forgetLost(limits.carefulMs)]);
  }

  return {
    batches: batchStore((statements) => together(pools.batches, statements), limits.leaseMs),
    figures: figureStore((statements) => together(pools.read, statements)),
    selections: selectionStore((statements) => together(pools.read, statements), limits.leaseMs),
    promises: promiseStore((statements) => together(pools.read, statements)),
    agreements: agreementStore((statements) => together(pools.read, statements)),

    async accept(arrivals, raised) {
      const keys = arrivals.flatMap(({ entries }) => entries.map(({ key }) => key));
      const lean = arrivals.map((arrival) => ({
        ...arrival,
        entries: arrival.entries.map((entry) => ({
          ...entry,
          keys: known.fresh(entry.correlation, entry.keys),
        })),
      }));
      const [, written] = await together(pools.accept, [
        lockKeys(keys),
        accept(lean),
        ...(raised.length > 0 ? [raise(raised)] : []),
      ]);
      ensure(written, "an accept answers");
      const fresh = new Set(written.rows.map(({ arrival }: { arrival: string }) => arrival));
      for (const { arrival, entries } of lean) {
        if (fresh.has(arrival)) for (const entry of entries) known.remember(entry.correlation, entry.keys);
      }
      if (fresh.size === arrivals.length) return arrivals.map(() => ({ outcome: "new" }));
      return recognise(arrivals, fresh);
    },

    async count(counts) {
      await together(pools.read, [count(counts)]);
    },

    async lease(worker, place) {
      const [beat, held] = await together(pools.read, [
        heartbeat(worker, place, limits.leaseMs, limits.carefulMs),
        renew(worker, limits.leaseMs),
      ]);
      ensure(beat && held, "a lease answers");
      const { lanes: laneCount, ...rest } = beat.rows[0] as { lanes: number; workers: number; lost: number };
      const { workers } = rest;
      const mine = held.rows as Lane[];
      const share = Math.ceil(laneCount / workers);
      if (mine.length > share) {
        const surplus = mine.slice(share).map(({ id }) => id);
        return { lanes: mine, taken: [], surplus, laneCount, ...rest };
      }
      if (mine.length === share) return { lanes: mine, taken: [], surplus: [], laneCount, ...rest };
      const [taken] = await together(pools.read, [takeLanes(worker, limits.leaseMs, share - mine.length)]);
      const more = taken?.rows as Lane[];
      return { lanes: [...mine, ...more], taken: more.map(({ id }) => id), surplus: [], laneCount, ...rest };
    },

    neighbours: (worker) => alone(neighbours(worker)),

    async bury(workers) {
      await together(pools.read, [bury(workers)]);
    },

    async give(worker, lanes) {
      await together(pools.read, [giveLanes(worker, lanes)]);
    },

    async hold(worker, begun, ended) {
      await together(pools.read, hold(worker, begun, ended));
    },

    suspects: () => alone<InHand & pg.QueryResultRow>(suspects),

    async read(after, max) {
      const client = await pools.steps.connect();
      try {
        const { name, text, values } = readAfter(after, max, limits.pageBytesMax);
        const [found, clock] = await Promise.all([
          client.query({ name, text, values: [...values] }),
          client.query({
            name: "clock",
            text: `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
          }),
        ]);
        client.release();
        return { entries: found.rows, now: clock.rows[0].now } as Read;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },

    async instances(ids) {
      return (await alone(loadInstances(ids))).map(asInstance);
    },

    async recorded(position) {
      return (await alone<Recorded & pg.QueryResultRow>(factsAt([position])))[0] ?? null;
    },

    async due(lanes, max) {
      return (await alone(dueInstances(lanes, max))).map(asInstance);
    },

    async commitSteps(steps) {
      try {
        const keys = steps.keys.filter((key) => known.fresh(key.correlation, [key]).length > 0);
        const statements = statementsOf({ ...steps, keys });
        const results = await together(pools.steps, statements);
        for (const key of keys) known.remember(key.correlation, [key]);
        return results.flatMap(({ rows: found }, index) =>
          statements[index]?.name === "work decide" ? found.map(({ key }: { key: string }) => key) : [],
        );
      } catch (error) {
        if ((error as { code?: string }).code === TAKEN_OVER)
          throw new TakenOver("A lane was taken over by another worker.");
        throw error;
      }
    },

    ...deliveryStore((statements) => together(pools.outcomes, statements), alone, known),

    ...lookingUp(alone),

    async act(act) {
      const results = await together(pools.read, actStatements(act));
      return (results[1]?.rows.length ?? 0) > 0;
    },

    async leave(worker, lanes, unsent) {
      await together(pools.outcomes, [
        returnUnsent(unsent),
        giveLanes(worker, lanes),
        emptyHanded(worker),
        leave(worker),
      ]);
    },

    housekeeping,

    async close() {
      await Promise.all(Object.values(pools).map((each) => each.end()));
    },
  };

  /** Tells duplicates from conflicts, and our own earlier, unclear commit from somebody else's. */
  async function recognise(
    arrivals: readonly AcceptedArrival[],
    fresh: ReadonlySet<string>,
  ): Promise<AcceptedAs[]> {
    const known = await alone<{ source: string; messageId: string; hash: string; arrival: string }>(
      receiptsOf(arrivals.filter(({ arrival }) => !fresh.has(arrival))),
    );
    const receipts = new Map(known.map((receipt) => [`${receipt.source}\n${receipt.messageId}`, receipt]));
    return arrivals.map(({ arrival, source, messageId, hash }) => {
      if (fresh.has(arrival)) return { outcome: "new" };
      const receipt = receipts.get(`${source}\n${messageId}`);
      ensure(receipt, "an arrival that was not written has a receipt");
      if (receipt.arrival === arrival) return { outcome: "new" };
      return { outcome: receipt.hash === hash ? "duplicate" : "conflict", arrival: receipt.arrival };
    });
  }
}

type StoredInstance = Omit<Instance, "body"> & { body: string };

const asInstance = (row: pg.QueryResultRow): Instance => {
  const stored = row as StoredInstance;
  return { ...stored, body: JSON.parse(stored.body) };
};

function statementsOf(steps: Steps): Statement[] {
  const { ended = [] } = steps;
  const some = (length: number, statement: () => Statement): Statement[] => (length > 0 ? [statement()] : []);
  return [
    // First, so that a stale worker fails before it has written anything.
    ...moveLanes(steps.worker, steps.lanes, steps.to),
    ...some(steps.entries.length + steps.deliveries.length, () =>
      appendAndOwe(steps.entries, steps.deliveries),
    ),
    ...some(steps.instances.length, () => saveInstances(steps.instances)),
    ...some(steps.questions.length, () => askQuestions(steps.questions)),
    ...some(steps.withdrawn.length, () => withdrawQuestions(steps.withdrawn)),
    ...steps.decided.map(({ key, ...to }) => decide(key, to)),
    ...some(steps.opinions.length, () => recordOpinions(steps.opinions)),
    ...some(steps.keys.length, () => rememberKeys(steps.keys)),
    ...some(steps.raised.length, () => raise(steps.raised)),
    ...some(steps.resolved.length, () => resolve(steps.resolved)),
    ...some(steps.counts.length, () => count(steps.counts)),
    ...some(ended.length, () => putDown(steps.worker, ended)),
  ];
}

const References = columns({
  index: "int4",
  entity: "text",
  system: "text",
  external: "text",
  keyType: "text",
  keyValue: "text",
  give: "text",
  latest: "bool",
});
const NOTHING = {
  entity: null,
  system: null,
  external: null,
  keyType: null,
  keyValue: null,
  give: null,
  latest: false,
};

/** A value that no row can hold is in none. */
const known = (value: string): string | null => (flawOf(value) === undefined ? value : null);

/** Looks references up, for whoever has nothing but a database to read. */
export const lookingUp = (
  ask: (statement: Statement) => Promise<readonly { index: number; value: string }[]>,
): Pick<Store, "lookUp"> => ({
  async lookUp(references) {
    const found = await ask(lookUpStatement(references));
    const values = new Map(found.map(({ index, value }) => [index, value]));
    return references.map((_, index) => values.get(index) ?? null);
  },
});

/** Cross-reference rows by their primary key; keys of documents by value, then the wanted key of the same transaction. */
const lookUpStatement = (references: readonly Reference[]): Statement => ({
  name: "runtime look up",
  text: `select r.index, coalesce(x.canonical, (
      select wanted.value from business_key known join business_key wanted using (correlation)
      where known.value = r."keyValue" and known.type = r."keyType" and wanted.type = r.give
      order by case when r.latest then wanted.first_seen end desc nulls last, known.first_seen, wanted.first_seen
      limit 1)) as value
    from ${References.from(1, "r")}
    left join cross_reference x on x.entity = r.entity and x.system = r.system and x.external = r.external`,
  values: References.values(
    references.map((reference, index) => ({
      index,
      ...NOTHING,
      ...("table" in reference
        ? { entity: reference.table, system: reference.system, external: known(reference.value) }
        : {
            keyType: reference.key.type,
            keyValue: known(reference.key.value),
            give: reference.give,
            latest: reference.latest ?? false,
          }),
    })),
  ),
});
