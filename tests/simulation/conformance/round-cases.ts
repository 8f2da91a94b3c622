/** Lanes, rounds and instances: who may decide, what a stale worker cannot do, and what is due when. */
import {
  type Case,
  commit,
  entry,
  failed,
  instance,
  listed,
  nothing,
  plain,
  readAll,
  START,
} from "./case.ts";

const { cases, given } = listed();

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

given("an instance comes back as it was saved", async ({ store }, same) => {
  const saved = instance("1", { milestone: "posted", milestoneAt: null });
  await commit(store, "ada", { instances: [saved] });
  same(await store.instances([{ process: "p", key: "1" }]), [saved]);
});
given("saving again replaces all of it", async ({ store }, same) => {
  await commit(store, "ada", { instances: [instance("1", { status: "expected" })] });
  // One that was expected takes the business transaction of what starts it.
  const ended = instance("1", {
    version: 2,
    status: "completed",
    milestone: "posted",
    milestoneAt: "2026-01-05T08:00:00Z",
    correlation: "requisition/1",
    body: { ...instance("1").body, state: { n: 2 } },
  });
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

export const ROUNDS: readonly Case[] = cases;
