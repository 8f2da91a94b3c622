/**
 * What every store keeps, as cases that know no implementation: the database in memory and PostgreSQL run the same ones.
 *
 * A case sees a store through its operations alone, with several workers at once where order matters. What one says and the
 * other does not is a mistake of the simulation, and everything found with it would be worth nothing. Here are the case, and
 * the small things cases are made of; the cases themselves are in the files beside this one.
 */
import type { AcceptedArrival } from "../../../src/journal/accept.ts";
import type { Entry } from "../../../src/journal/append.ts";
import type { Cursor, Recorded } from "../../../src/journal/read.ts";
import type { Ended, Steps, Store } from "../../../src/runtime/store.ts";
import type { NewDelivery, Outcome } from "../../../src/work/deliveries.ts";
import type { Instance } from "../../../src/work/instances.ts";
import type { Lane } from "../../../src/work/lanes.ts";

/** A store to be held to its word: empty at the start of every case. */
export interface Held {
  readonly store: Store;
  /** A second worker's store on the same memory. */
  readonly other: Store;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  /** Leases last this long. */
  readonly leaseMs: number;
}

/** Lanes by their number: a renewal gives them in no particular order. */
export const plain = (lanes: readonly Lane[]) =>
  lanes.map(({ id, epoch, xid, position }) => ({ id, epoch, xid, position })).sort((a, b) => a.id - b.id);

/** `expect` of whoever runs the cases. */
export type Same = (found: unknown, wanted: unknown) => void;

export interface Case {
  readonly name: string;
  run(held: Held, same: Same): Promise<void>;
}

/** What is open of one delivery. */
export const openOne = async (store: Store, key: string) => (await store.openAmong([key]))[0];

let ids = 0;
const uuid = () => {
  ids += 1;
  return `00000000-0000-7000-8000-${ids.toString(16).padStart(12, "0")}`;
};

export const entry = (id: string, key = "order/1", more: Partial<Entry> = {}): Entry => ({
  kind: "event",
  id,
  contract: "test.happened",
  version: 1,
  key,
  source: "test",
  correlation: key,
  causation: null,
  occurredAt: "2026-01-05T08:00:00.000Z",
  routed: false,
  data: "{}",
  extra: null,
  keys: [],
  ...more,
});

export const arrival = (messageId: string, more: Partial<AcceptedArrival> = {}): AcceptedArrival => ({
  arrival: uuid(),
  flow: "in",
  source: "client",
  messageId,
  hash: "aGFzaA==",
  mediaType: null,
  body: Buffer.from("{}"),
  state: "accepted",
  notes: null,
  entries: [entry(messageId)],
  ...more,
});

export const START: Cursor = { xid: "0", position: "0" };

/** Reads on until as many entries have come as are wanted: others' transactions may hold the feed back for a moment. */
export async function readAll({ store, wait }: Held, wanted: number, from = START): Promise<Recorded[]> {
  for (let patience = 0; ; patience += 1) {
    const { entries } = await store.read(from, 1_000);
    if (entries.length >= wanted || patience > 1_000) return [...entries];
    await wait(10);
  }
}

export const delivery = (key: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
  key,
  flow: "out",
  connection: "erp",
  contract: "test.happened",
  subject: "order/1",
  lane: 0,
  correlation: "order/1",
  entry: `for ${key}`,
  position: null,
  afterKey: null,
  undoes: null,
  status: "owed",
  attempts: 0,
  reason: null,
  errorCode: null,
  notCarried: null,
  ...more,
});

export const instance = (key: string, more: Partial<Instance> = {}): Instance => ({
  process: "p",
  key,
  version: 1,
  lane: 0,
  status: "running",
  milestone: null,
  milestoneAt: null,
  correlation: `order/${key}`,
  body: {
    state: { n: 1 },
    milestones: [],
    timers: [],
    questions: [],
    undo: [],
    inputs: [],
    kept: [],
    notes: [],
    asked: 0,
  },
  ...more,
});

/** Commits something for all lanes of a worker. */
export async function commit(store: Store, worker: string, what: Partial<Steps>): Promise<readonly string[]> {
  const { lanes } = await store.lease(worker, "here");
  return store.commitSteps({ ...nothing, worker, lanes, to: lanes[0] ?? START, ...what });
}

export const nothing = {
  entries: [],
  deliveries: [],
  instances: [],
  questions: [],
  withdrawn: [],
  decided: [],
  opinions: [],
  keys: [],
  counts: [],
  raised: [],
  resolved: [],
};

/** Owes deliveries, each with the entry it carries. */
export const owe = (store: Store, ...deliveries: NewDelivery[]) =>
  commit(store, "ada", {
    deliveries,
    entries: deliveries.map(({ entry: id, subject }) => entry(id ?? "", subject, { routed: true })),
  });

export const outcome = (
  key: string,
  attempts: number,
  status: Outcome["status"],
  more: Partial<Outcome> = {},
): Outcome => ({
  key,
  attempts,
  status,
  doubts: 0,
  notFound: 0,
  delayMs: null,
  reference: null,
  reason: null,
  errorCode: null,
  tried: null,
  ...more,
});

/** An outcome, and what follows from it. */
export const ended = (how: Outcome, more: Partial<Ended> = {}): Ended => ({
  outcome: how,
  answers: [],
  counts: [],
  raised: [],
  resolved: [],
  ...more,
});

export const failed = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing",
    (error: Error) => error.name,
  );

/** A list of cases, and how to add one. */
export function listed(): { cases: Case[]; given: (name: string, run: Case["run"]) => void } {
  const cases: Case[] = [];
  return { cases, given: (name, run) => void cases.push({ name, run }) };
}
