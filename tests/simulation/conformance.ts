/**
 * What every store keeps, as cases that know no implementation: the database in memory and PostgreSQL run the same ones.
 *
 * A case sees a store through its operations alone, with several workers at once where order matters. What one says and the
 * other does not is a mistake of the simulation, and everything found with it would be worth nothing.
 */
import type { AcceptedArrival } from "../../src/journal/accept.ts";
import type { Entry } from "../../src/journal/append.ts";
import type { Cursor, Recorded } from "../../src/journal/read.ts";
import type { Outcomes, Steps, Store } from "../../src/runtime/store.ts";
import type { NewDelivery, Outcome } from "../../src/work/deliveries.ts";
import type { Instance } from "../../src/work/instances.ts";
import type { Lane } from "../../src/work/lanes.ts";

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
const plain = (lanes: readonly Lane[]) =>
  lanes.map(({ id, epoch, xid, position }) => ({ id, epoch, xid, position })).sort((a, b) => a.id - b.id);

/** `expect` of whoever runs the cases. */
export type Same = (found: unknown, wanted: unknown) => void;

export interface Case {
  readonly name: string;
  run(held: Held, same: Same): Promise<void>;
}

let ids = 0;
const uuid = () => {
  ids += 1;
  return `00000000-0000-7000-8000-${ids.toString(16).padStart(12, "0")}`;
};

const entry = (id: string, key = "order/1", more: Partial<Entry> = {}): Entry => ({
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

const arrival = (messageId: string, more: Partial<AcceptedArrival> = {}): AcceptedArrival => ({
  arrival: uuid(),
  flow: "in",
  source: "client",
  messageId,
  hash: "aGFzaA==",
  mediaType: null,
  body: "e30=",
  state: "accepted",
  notes: null,
  entries: [entry(messageId)],
  ...more,
});

const START: Cursor = { xid: "0", position: "0" };

/** Reads on until as many entries have come as are wanted: others' transactions may hold the feed back for a moment. */
async function readAll({ store, wait }: Held, wanted: number, from = START): Promise<Recorded[]> {
  for (let patience = 0; ; patience += 1) {
    const { entries } = await store.read(from, 1_000);
    if (entries.length >= wanted || patience > 200) return [...entries];
    await wait(10);
  }
}

const delivery = (key: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
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
  status: "owed",
  attempts: 0,
  reason: null,
  errorCode: null,
  ...more,
});

const instance = (key: string, more: Partial<Instance> = {}): Instance => ({
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
async function commit(store: Store, worker: string, what: Partial<Steps>): Promise<readonly string[]> {
  const { lanes } = await store.lease(worker, "here");
  return store.commitSteps({ ...nothing, worker, lanes, to: lanes[0] ?? START, ...what });
}

const nothing = {
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
const owe = (store: Store, ...deliveries: NewDelivery[]) =>
  commit(store, "ada", {
    deliveries,
    entries: deliveries.map(({ entry: id, subject }) => entry(id ?? "", subject, { routed: true })),
  });

const outcome = (
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

const outcomes = (all: Outcome[], answers: Outcomes["answers"] = []): Outcomes => ({
  outcomes: all,
  answers,
  keys: [],
  counts: [],
  raised: [],
  resolved: [],
});

const failed = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing",
    (error: Error) => error.name,
  );

const cases: Case[] = [];
const given = (name: string, run: Case["run"]) => void cases.push({ name, run });

// Accepting ---------------------------------------------------------------------------------------------------------

given("what is new is new, and its entries can be read", async (held, same) => {
  same(await held.store.accept([arrival("m1")], []), [{ outcome: "new" }]);
  same(
    (await readAll(held, 1)).map(({ id, key, source, data }) => [id, key, source, data]),
    [["m1", "order/1", "test", "{}"]],
  );
});
given("the same message again is a duplicate of the first and writes nothing", async (held, same) => {
  const first = arrival("m1");
  await held.store.accept([first], []);
  same(await held.store.accept([arrival("m1")], []), [{ outcome: "duplicate", arrival: first.arrival }]);
  same((await readAll(held, 1)).length, 1);
});
given("other content under a known id is a conflict and writes nothing", async (held, same) => {
  const first = arrival("m1");
  await held.store.accept([first], []);
  same(await held.store.accept([arrival("m1", { hash: "b3RoZXI=" })], []), [
    { outcome: "conflict", arrival: first.arrival },
  ]);
  same((await readAll(held, 1)).length, 1);
});
given("the same arrival again, after an unclear commit, is new and written once", async (held, same) => {
  const first = arrival("m1");
  await held.store.accept([first], []);
  same(await held.store.accept([first], []), [{ outcome: "new" }]);
  same((await readAll(held, 1)).length, 1);
});
given("one id from two sources is two messages", async (held, same) => {
  await held.store.accept([arrival("m1")], []);
  same(await held.store.accept([arrival("m1", { source: "another" })], []), [{ outcome: "new" }]);
});
given("new and known ones in one batch have their own fates, in order", async (held, same) => {
  const known = arrival("m1");
  await held.store.accept([known], []);
  same(await held.store.accept([arrival("m2"), arrival("m1"), arrival("m3")], []), [
    { outcome: "new" },
    { outcome: "duplicate", arrival: known.arrival },
    { outcome: "new" },
  ]);
});
for (const state of ["quarantined", "conflict"] as const) {
  given(`what is ${state} is kept every time and is nobody's duplicate`, async ({ store }, same) => {
    same(await store.accept([arrival("m1", { state, entries: [] })], []), [{ outcome: "new" }]);
    same(await store.accept([arrival("m1", { state, entries: [] })], []), [{ outcome: "new" }]);
    same(await store.accept([arrival("m1")], []), [{ outcome: "new" }]);
  });
}
for (const copies of [2, 5, 20]) {
  given(`of ${copies} copies sent at once by two workers one is new`, async ({ store, other }, same) => {
    const all = Array.from({ length: copies }, () => arrival("m1"));
    const fates = await Promise.all(all.map((one, n) => (n % 2 ? store : other).accept([one], [])));
    same(fates.flat().filter(({ outcome: fate }) => fate === "new").length, 1);
    same(fates.flat().filter(({ outcome: fate }) => fate === "duplicate").length, copies - 1);
  });
}

// Reading -----------------------------------------------------------------------------------------------------------

given("an empty journal has nothing to read, and a clock", async ({ store }, same) => {
  const { entries, now } = await store.read(START, 10);
  same([entries, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(now)], [[], true]);
});
given("entries of one arrival come in their order", async (held, same) => {
  await held.store.accept([arrival("m", { entries: ["a", "b", "c"].map((id) => entry(id)) })], []);
  same(
    (await readAll(held, 3)).map(({ id }) => id),
    ["a", "b", "c"],
  );
});
given("arrivals accepted one after the other come in that order", async (held, same) => {
  for (const id of ["m1", "m2", "m3", "m4"]) await held.store.accept([arrival(id)], []);
  same(
    (await readAll(held, 4)).map(({ id }) => id),
    ["m1", "m2", "m3", "m4"],
  );
});
given("a cursor goes on where it stopped, and no more than asked is given", async (held, same) => {
  for (const id of ["m1", "m2", "m3"]) await held.store.accept([arrival(id)], []);
  const [first] = await readAll(held, 3);
  const { entries } = await held.store.read(first as Cursor, 1);
  same(
    entries.map(({ id }) => id),
    ["m2"],
  );
});
given("after the last entry there is nothing", async (held, same) => {
  await held.store.accept([arrival("m1")], []);
  const [last] = await readAll(held, 1);
  same((await held.store.read(last as Cursor, 10)).entries, []);
});
given("what was routed in its own commit is not read", async (held, same) => {
  await owe(held.store, delivery("d1"));
  await held.store.accept([arrival("m1")], []);
  same(
    (await readAll(held, 1)).map(({ id }) => id),
    ["m1"],
  );
});
given("positions and transaction ids are decimal texts", async (held, same) => {
  await held.store.accept([arrival("m1")], []);
  const [only] = await readAll(held, 1);
  same([/^\d+$/.test(only?.xid ?? ""), /^\d+$/.test(only?.position ?? "")], [true, true]);
});
given("the time an entry states is the time it has", async (held, same) => {
  await held.store.accept([arrival("m1")], []);
  same((await readAll(held, 1))[0]?.occurredAt, "2026-01-05T08:00:00.000Z");
});
given("two workers writing at once lose nothing to a reader that follows", async (held, same) => {
  const writing = Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      (n % 2 ? held.store : held.other).accept(
        [arrival(`m${n}`, { entries: [entry(`m${n}`, `order/${n % 5}`)] })],
        [],
      ),
    ),
  );
  const seen: string[] = [];
  let at = START;
  for (let patience = 0; seen.length < 40 && patience < 2_000; patience += 1) {
    const { entries } = await held.store.read(at, 3);
    seen.push(...entries.map(({ id }) => id));
    at = entries.at(-1) ?? at;
    if (entries.length === 0) await held.wait(2);
  }
  await writing;
  same([seen.length, new Set(seen).size], [40, 40]);
});

// Lanes -------------------------------------------------------------------------------------------------------------

given("the first worker takes every lane", async ({ store }, same) => {
  const { lanes, taken, surplus, laneCount, workers } = await store.lease("ada", "here");
  same(
    [lanes.map(({ id }) => id), taken, surplus, laneCount, workers],
    [[0, 1, 2, 3], [0, 1, 2, 3], [], 4, 1],
  );
});
given("a renewal takes nothing and keeps the epochs", async ({ store }, same) => {
  const first = await store.lease("ada", "here");
  const second = await store.lease("ada", "here");
  same([second.taken, plain(second.lanes)], [[], plain(first.lanes)]);
});
given(
  "a second worker gets nothing while all are held, and the first learns what is too much",
  async ({ store, other }, same) => {
    await store.lease("ada", "here");
    same((await other.lease("bob", "there")).lanes, []);
    const again = await store.lease("ada", "here");
    same([again.surplus.length, again.workers], [2, 2]);
  },
);
given("lanes given back are taken at once, under a new epoch", async ({ store, other }, same) => {
  const { lanes } = await store.lease("ada", "here");
  await other.lease("bob", "there");
  await store.give("ada", [2, 3]);
  const { taken, lanes: his } = await other.lease("bob", "there");
  same(
    [taken, his.map(({ epoch }) => Number(epoch) - Number(lanes[0]?.epoch))],
    [
      [2, 3],
      [1, 1],
    ],
  );
});
given("nobody gives away what is another's", async ({ store, other }, same) => {
  const { lanes } = await store.lease("ada", "here");
  await other.give("bob", [0, 1]);
  same(plain((await store.lease("ada", "here")).lanes), plain(lanes));
});
given("lanes whose lease ran out go to who asks", async ({ store, other, wait, leaseMs }, same) => {
  await store.lease("ada", "here");
  await wait(leaseMs + 30);
  const { taken, workers } = await other.lease("bob", "there");
  same([taken, workers], [[0, 1, 2, 3], 1]);
});
given(
  "a lease that ran out and was not taken is renewed under its epoch",
  async ({ store, wait, leaseMs }, same) => {
    const { lanes } = await store.lease("ada", "here");
    await wait(leaseMs + 30);
    same(plain((await store.lease("ada", "here")).lanes), plain(lanes));
  },
);
given("who lost its lanes is told so by the next renewal", async ({ store, other, wait, leaseMs }, same) => {
  await store.lease("ada", "here");
  await wait(leaseMs + 30);
  await other.lease("bob", "there");
  same((await store.lease("ada", "here")).lanes, []);
});
given("lanes of the buried are free at once", async ({ store, other }, same) => {
  await store.lease("ada", "here");
  same(
    (await other.neighbours("bob")).map(({ id }) => id),
    ["ada"],
  );
  await other.bury(["ada"]);
  const { taken, workers } = await other.lease("bob", "there");
  same([taken, workers], [[0, 1, 2, 3], 1]);
});
given("who leaves is counted no more and holds nothing", async ({ store, other }, same) => {
  await store.lease("ada", "here");
  await store.leave("ada", [0, 1, 2, 3], []);
  const { taken, workers } = await other.lease("bob", "there");
  same([taken, workers], [[0, 1, 2, 3], 1]);
});
given("two workers that ask at once never hold one lane", async ({ store, other }, same) => {
  await Promise.all([store.lease("ada", "here"), other.lease("bob", "there")]);
  const held = (await Promise.all([store.lease("ada", "here"), other.lease("bob", "there")])).flatMap(
    ({ lanes }) => lanes.map(({ id }) => id),
  );
  same(new Set(held).size, held.length);
});

// Rounds ------------------------------------------------------------------------------------------------------------

given("a round moves the cursors it names", async ({ store }, same) => {
  await commit(store, "ada", { to: { xid: "7", position: "9" } });
  same(
    plain((await store.lease("ada", "here")).lanes).map(({ xid, position }) => [xid, position]),
    Array.from({ length: 4 }, () => ["7", "9"]),
  );
});
given("a lane that is further already is not moved back", async ({ store }, same) => {
  const { lanes } = await store.lease("ada", "here");
  const [first] = plain(lanes);
  if (!first) return;
  await store.commitSteps({ ...nothing, worker: "ada", lanes: [first], to: { xid: "9", position: "30" } });
  await commit(store, "ada", { to: { xid: "9", position: "7" } });
  same(
    plain((await store.lease("ada", "here")).lanes).map(({ position }) => position),
    ["30", "7", "7", "7"],
  );
});
for (const [what, worker, epoch] of [
  ["another's name", "bob", null],
  ["an old epoch", "ada", "0"],
] as const) {
  given(`a round under ${what} fails whole`, async (held, same) => {
    const { lanes } = await held.store.lease("ada", "here");
    const stale = lanes.map((lane) => ({ ...lane, epoch: epoch ?? lane.epoch }));
    const steps = { ...nothing, worker, lanes: stale, to: { xid: "7", position: "9" } };
    same(
      await failed(held.store.commitSteps({ ...steps, entries: [entry("e1")], instances: [instance("1")] })),
      "TakenOver",
    );
    same((await held.store.read(START, 10)).entries, []);
    same(await held.store.instances([{ process: "p", key: "1" }]), []);
    same(
      plain((await held.store.lease("ada", "here")).lanes).map(({ xid }) => xid),
      ["0", "0", "0", "0"],
    );
  });
}
given("one lane taken over fails the round for all of them", async ({ store, other }, same) => {
  const { lanes } = await store.lease("ada", "here");
  await store.give("ada", [3]);
  await other.lease("bob", "there");
  const steps = { ...nothing, worker: "ada", lanes, to: { xid: "7", position: "9" } };
  same(await failed(store.commitSteps({ ...steps, instances: [instance("1")] })), "TakenOver");
  same(await store.instances([{ process: "p", key: "1" }]), []);
});
given("a round that owes nothing commits", async ({ store }, same) =>
  same(await commit(store, "ada", {}), []),
);
given("what a round publishes is read like anything else", async (held, same) => {
  await commit(held.store, "ada", { entries: [entry("e1"), entry("e2")] });
  same(
    (await readAll(held, 2)).map(({ id }) => id),
    ["e1", "e2"],
  );
});

// Instances ---------------------------------------------------------------------------------------------------------

given("an instance comes back as it was saved", async ({ store }, same) => {
  const saved = instance("1", { milestone: "posted", milestoneAt: null });
  await commit(store, "ada", { instances: [saved] });
  same(await store.instances([{ process: "p", key: "1" }]), [saved]);
});
given("saving again replaces it", async ({ store }, same) => {
  await commit(store, "ada", { instances: [instance("1")] });
  const ended = instance("1", { status: "completed" });
  await commit(store, "ada", { instances: [ended] });
  same(await store.instances([{ process: "p", key: "1" }]), [ended]);
});
given("instances nobody has are missing in the answer", async ({ store }, same) =>
  same(await store.instances([{ process: "p", key: "none" }]), []),
);
for (const status of ["running", "expected", "parked", "completed", "abandoned"] as const) {
  for (const [when, due] of [
    ["past", "2020-01-01T00:00:00.000Z"],
    ["future", "2999-01-01T00:00:00.000Z"],
  ] as const) {
    given(`a timer of the ${when} of an instance that is ${status}`, async ({ store }, same) => {
      const { body } = instance("1");
      const one = instance("1", { status, body: { ...body, timers: [{ name: "t", due }] } });
      await commit(store, "ada", { instances: [one] });
      const expected = status === "running" && when === "past" ? ["1"] : [];
      same(
        (await store.due([0, 1, 2, 3], 10)).map(({ key }) => key),
        expected,
      );
    });
  }
}
given("an overdue question makes its instance due", async ({ store }, same) => {
  const { body } = instance("1");
  const questions = [{ id: "q", approval: "a", due: "2020-01-01T00:00:00.000Z" }];
  await commit(store, "ada", { instances: [instance("1", { body: { ...body, questions } })] });
  same((await store.due([0], 10)).length, 1);
});
given(
  "due instances are given by lane, the most overdue first, no more than asked",
  async ({ store }, same) => {
    const { body } = instance("1");
    const due = (key: string, lane: number, at: string) =>
      instance(key, { lane, body: { ...body, timers: [{ name: "t", due: at }] } });
    await commit(store, "ada", {
      instances: [
        due("late", 0, "2021-01-01T00:00:00.000Z"),
        due("later", 1, "2020-01-01T00:00:00.000Z"),
        due("elsewhere", 3, "2019-01-01T00:00:00.000Z"),
      ],
    });
    same(
      (await store.due([0, 1], 10)).map(({ key }) => key),
      ["later", "late"],
    );
    same(
      (await store.due([0, 1, 3], 1)).map(({ key }) => key),
      ["elsewhere"],
    );
  },
);

// Deliveries --------------------------------------------------------------------------------------------------------

given("an owed delivery is open, with what it carries", async ({ store }, same) => {
  await owe(store, delivery("d1"));
  const open = await store.openDelivery("d1");
  same(
    [
      open?.status,
      open?.attempts,
      open?.doubts,
      open?.notFound,
      open?.dueInMs,
      open?.free,
      open?.entryId,
      open?.data,
    ],
    ["owed", 0, 0, 0, null, true, "for d1", "{}"],
  );
});
given("owing the same key again changes nothing", async ({ store }, same) => {
  await owe(store, delivery("d1"));
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await owe(store, delivery("d1"));
  same((await store.openDelivery("d1"))?.status, "attempting");
});
given("a page has one connection's deliveries of the lanes, in the order owed", async ({ store }, same) => {
  await owe(
    store,
    delivery("d1"),
    delivery("d2", { lane: 1 }),
    delivery("d3", { lane: 2 }),
    delivery("d4", { connection: "wms" }),
  );
  const page = await store.openDeliveries("erp", [0, 1], "0", 10);
  same(
    page.map(({ key }) => key),
    ["d1", "d2"],
  );
  same(
    (await store.openDeliveries("erp", [0, 1], page[0]?.id ?? "", 10)).map(({ key }) => key),
    ["d2"],
  );
  same((await store.openDeliveries("erp", [0, 1, 2], "0", 2)).length, 2);
});
given("a delivery that waits for another is free when that one is settled", async ({ store }, same) => {
  await owe(store, delivery("d1"), delivery("d2", { afterKey: "d1" }));
  same((await store.openDelivery("d2"))?.free, false);
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await store.recordOutcomes(outcomes([outcome("d1", 1, "applied")]));
  same((await store.openDelivery("d2"))?.free, true);
});

// Attempts: every status against every operation ----------------------------------------------------------------------

/** Brings a delivery into a status by the store's own operations. */
async function bring(store: Store, status: string): Promise<number> {
  await owe(store, delivery("d1", status === "parked at once" ? { status: "parked", reason: "no" } : {}));
  if (status === "owed" || status === "parked at once") return 0;
  if (status === "cancelled") {
    await commit(store, "ada", {
      decided: [{ key: "d1", status: "cancelled", reference: null, reason: "x", answers: [] }],
    });
    return 0;
  }
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  if (status !== "attempting")
    await store.recordOutcomes(
      outcomes([outcome("d1", 1, status as Outcome["status"], { reason: "because" })]),
    );
  return 1;
}

const STATUSES = [
  "owed",
  "attempting",
  "in_doubt",
  "parked",
  "held",
  "applied",
  "cancelled",
  "parked at once",
];
const now = async (store: Store) => (await store.openDelivery("d1"))?.status ?? "closed";
const standing = (status: string) =>
  status === "applied" || status === "cancelled" ? "closed" : status === "parked at once" ? "parked" : status;

for (const status of STATUSES) {
  const may = status === "owed" || status === "in_doubt";
  given(`an attempt at what is ${status} ${may ? "begins" : "does not begin"}`, async ({ store }, same) => {
    const attempts = await bring(store, status);
    same(await store.beginAttempts("ada", [{ key: "d1", attempts }]), may ? ["d1"] : []);
    same(await now(store), may ? "attempting" : standing(status));
  });
  given(
    `an attempt at what is ${status} never begins under a number that is over`,
    async ({ store }, same) => {
      const attempts = await bring(store, status);
      same(await store.beginAttempts("ada", [{ key: "d1", attempts: attempts + 1 }]), []);
      same(await now(store), standing(status));
    },
  );
  given(
    `an attempt at what is ${status} never begins for who does not hold the lane`,
    async ({ store }, same) => {
      const attempts = await bring(store, status);
      same(await store.beginAttempts("bob", [{ key: "d1", attempts }]), []);
      same(await now(store), standing(status));
    },
  );
  const takes = status === "attempting" || status === "in_doubt";
  given(`an outcome of what is ${status} is ${takes ? "recorded" : "too late"}`, async (held, same) => {
    const attempts = await bring(held.store, status);
    const answers = [{ delivery: "d1", entry: entry("answer") }];
    same(
      await held.store.recordOutcomes(outcomes([outcome("d1", attempts, "applied")], answers)),
      takes ? ["d1"] : [],
    );
    same(await now(held.store), takes ? "closed" : standing(status));
    same(
      (await readAll(held, takes ? 1 : 0)).map(({ id }) => id),
      takes ? ["answer"] : [],
    );
  });
  given(`an outcome of an earlier attempt at what is ${status} changes nothing`, async ({ store }, same) => {
    const attempts = await bring(store, status);
    same(await store.recordOutcomes(outcomes([outcome("d1", attempts + 1, "applied")])), []);
    same(await now(store), standing(status));
  });
  const decides = ["owed", "in_doubt", "parked", "held", "parked at once"].includes(status);
  for (const verdict of ["owed", "applied", "cancelled"] as const) {
    given(
      `a person's "${verdict}" about what is ${status} ${decides ? "holds" : "comes too late"}`,
      async (held, same) => {
        await bring(held.store, status);
        const answers = verdict === "applied" ? [entry("told")] : [];
        const decided = [{ key: "d1", status: verdict, reference: "R", reason: "maria", answers }];
        same(await commit(held.store, "ada", { decided }), decides ? ["d1"] : []);
        same(await now(held.store), decides ? (verdict === "owed" ? "owed" : "closed") : standing(status));
        const told = decides && verdict === "applied" ? ["told"] : [];
        same(
          (await readAll(held, told.length)).map(({ id }) => id),
          told,
        );
      },
    );
  }
  given(
    `a takeover ${status === "attempting" ? "puts into doubt" : "leaves alone"} what is ${status}`,
    async ({ store, other }, same) => {
      await bring(store, status);
      await store.give("ada", [0, 1, 2, 3]);
      await other.lease("bob", "there");
      same(await now(store), status === "attempting" ? "in_doubt" : standing(status));
      if (status === "attempting") same((await store.openDelivery("d1"))?.doubts, 1);
    },
  );
  given(
    `leaving ${status === "attempting" ? "takes back the intent of" : "leaves alone"} what is ${status}`,
    async ({ store }, same) => {
      const attempts = await bring(store, status);
      await store.leave("ada", [0, 1, 2, 3], [{ key: "d1", attempts }]);
      same(await now(store), status === "attempting" ? "owed" : standing(status));
      if (status === "attempting") same((await store.openDelivery("d1"))?.attempts, 0);
    },
  );
  const acts = ["owed", "in_doubt", "parked", "held", "parked at once"].includes(status);
  given(`an act about what is ${status} is ${acts ? "told" : "refused"}`, async (held, same) => {
    await bring(held.store, status);
    const act = {
      actor: "maria",
      action: "try again",
      subject: "d1",
      reason: null,
      entry: entry("said"),
      guard: { delivery: "d1" },
    };
    same(await held.store.act(act), acts);
    same(
      (await readAll(held, acts ? 1 : 0)).map(({ id }) => id),
      acts ? ["said"] : [],
    );
  });
}
given("an outcome sets when it is looked at again", async ({ store }, same) => {
  await bring(store, "attempting");
  await store.recordOutcomes(
    outcomes([outcome("d1", 1, "in_doubt", { delayMs: 60_000, doubts: 2, notFound: 1 })]),
  );
  const open = await store.openDelivery("d1");
  const due = open?.dueInMs ?? 0;
  same([open?.doubts, open?.notFound, due > 50_000 && due <= 60_000], [2, 1, true]);
});
given(
  "of two workers that begin the same attempt at once, only the holder does",
  async ({ store, other }, same) => {
    await bring(store, "owed");
    const both = await Promise.all([
      store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]),
      other.beginAttempts("bob", [{ key: "d1", attempts: 0 }]),
    ]);
    same(both, [["d1"], []]);
  },
);
given("of two outcomes of one attempt at once, one is recorded", async ({ store, other }, same) => {
  await bring(store, "attempting");
  const both = await Promise.all([
    store.recordOutcomes(outcomes([outcome("d1", 1, "applied")])),
    other.recordOutcomes(outcomes([outcome("d1", 1, "parked", { reason: "no" })])),
  ]);
  same(both.flat(), ["d1"]);
});

// People ------------------------------------------------------------------------------------------------------------

const question = {
  id: "q1",
  process: "p",
  key: "1",
  lane: 0,
  approval: "a",
  askedOf: "sales",
  because: null,
  correlation: "order/1",
  due: "2999-01-01T00:00:00.000Z",
};
const answer = (by: string, verdict: "approved" | "declined" = "approved") => ({
  actor: by,
  action: verdict,
  subject: "q1",
  reason: null,
  entry: entry(`answer of ${by}`),
  guard: { question: "q1", verdict, comment: "" },
});
given("a question is answered once", async (held, same) => {
  await commit(held.store, "ada", { questions: [question] });
  same(
    [await held.store.act(answer("maria")), await held.store.act(answer("otto", "declined"))],
    [true, false],
  );
  same(
    (await readAll(held, 1)).map(({ id }) => id),
    ["answer of maria"],
  );
});
given("of two answers at once one counts", async ({ store, other }, same) => {
  await commit(store, "ada", { questions: [question] });
  const both = await Promise.all([store.act(answer("maria")), other.act(answer("otto", "declined"))]);
  same(both.filter(Boolean).length, 1);
});
given("a withdrawn question cannot be answered", async ({ store }, same) => {
  await commit(store, "ada", { questions: [question] });
  await commit(store, "ada", { withdrawn: ["q1"] });
  same(await store.act(answer("maria")), false);
});
given("asking again under one id changes nothing", async ({ store }, same) => {
  await commit(store, "ada", { questions: [question] });
  await store.act(answer("maria"));
  await commit(store, "ada", { questions: [question] });
  same(await store.act(answer("otto")), false);
});
for (const status of ["parked", "running", "completed"] as const) {
  given(
    `a process that is ${status} ${status === "parked" ? "may" : "may not"} be told to go on`,
    async ({ store }, same) => {
      await commit(store, "ada", { instances: [instance("1", { status })] });
      const guard = { process: "p", instance: "1" };
      const act = {
        actor: "maria",
        action: "try again",
        subject: "p:1",
        reason: null,
        entry: entry("go on"),
        guard,
      };
      same(await store.act(act), status === "parked");
    },
  );
}
given("keys lead from one number of a business thing to another", async (held, same) => {
  const keys = [
    { type: "order", value: "SO-1" },
    { type: "invoice", value: "INV-9" },
  ];
  await held.store.accept([arrival("m1", { entries: [entry("m1", "order/SO-1", { keys })] })], []);
  const ask = (type: string, value: string, give: string) => ({ key: { type, value }, give });
  same(await held.store.lookUp([ask("invoice", "INV-9", "order"), ask("order", "SO-2", "invoice")]), [
    "SO-1",
    null,
  ]);
});
given("an unknown code is not found", async ({ store }, same) =>
  same(await store.lookUp([{ table: "item", system: "erp", value: "X" }]), [null]),
);

export const CASES: readonly Case[] = cases;
