/** What is set aside without an attempt, what waits, and what goes again: for the holder of the lane, as it was read, once. */
import type { Aside, Store } from "../../../src/runtime/store.ts";
import { type Case, commit, delivery, ended, entry, listed, openOne, outcome, owe } from "./case.ts";

const { cases, given } = listed();

const aside = (key: string, attempts = 0): Aside => ({
  key,
  attempts,
  reason: "No flow.",
  errorCode: "XD_UNUSABLE",
  waitsFor: "flow/out",
  raised: {
    fingerprint: "contract change|erp",
    class: "contract change",
    subjectKind: "delivery",
    subject: key,
    connection: "erp",
    correlation: "order/1",
    title: "No flow.",
    reason: "No flow.",
    owner: "erp",
  },
});
const standing = async (store: Store, key = "d1") => {
  const open = await openOne(store, key);
  return open && [open.status, open.waitsFor, open.doubts];
};

given(
  "what nobody can send is set aside with what it waits for, and goes again once",
  async ({ store }, same) => {
    await owe(store, delivery("d1"));
    same(await store.setAside("ada", [aside("d1")]), ["d1"]);
    same(await standing(store), ["parked", "flow/out", 0]);
    same([await store.release("ada", ["d1"]), await store.release("ada", ["d1"])], [["d1"], []]);
    same(await standing(store), ["owed", null, 0]);
  },
);
given(
  "what may have been on the wire when it was set aside is in doubt when it goes again",
  async ({ store }, same) => {
    await owe(store, delivery("d1"));
    await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
    same(await store.setAside("ada", [aside("d1", 1)]), ["d1"]);
    await store.release("ada", ["d1"]);
    same(await standing(store), ["in_doubt", null, 1]);
  },
);
given("of several, those that are not as they were read are left alone", async ({ store }, same) => {
  await owe(store, delivery("d1"), delivery("d2", { subject: "order/2" }));
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  same(await store.setAside("ada", [aside("d1"), aside("d2")]), ["d2"]);
  same(await standing(store), ["attempting", null, 0]);
});
given("only the holder of the lane sets aside and lets go again", async ({ store, other }, same) => {
  await owe(store, delivery("d1"));
  same(await other.setAside("bob", [aside("d1")]), []);
  await store.setAside("ada", [aside("d1")]);
  same(await other.release("bob", ["d1"]), []);
});
given(
  "what a person parked or a target refused for good does not go again by itself",
  async ({ store }, same) => {
    await owe(store, delivery("d1", { status: "parked", reason: "no" }));
    same(await store.release("ada", ["d1"]), []);
  },
);
given("a person's word ends the waiting", async ({ store }, same) => {
  await owe(store, delivery("d1"));
  await store.setAside("ada", [aside("d1")]);
  const decided = [
    { key: "d1", status: "owed", reference: null, reason: "maria", answers: [], attempts: null } as const,
  ];
  same(await commit(store, "ada", { decided }), ["d1"]);
  same(await standing(store), ["owed", null, 0]);
});
given("strays are open deliveries of the lanes that no connection carries", async ({ store }, same) => {
  await owe(
    store,
    delivery("d1"),
    delivery("d2", { connection: "wms" }),
    delivery("d3", { connection: "wms", lane: 3 }),
    delivery("d4", { connection: "wms", status: "parked", reason: "no" }),
  );
  const found = await store.strays([0, 1], ["erp"], 10);
  same(
    found.map(({ key, connection, attempts }) => [key, connection, attempts]),
    [["d2", "wms", 0]],
  );
});

/** Parks it for want of a customer. */
async function wants(store: Store, sinceMs: number, what = "customer/C-1"): Promise<void> {
  await owe(store, delivery("d1"));
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await store.recordOutcomes([
    ended(outcome("d1", 1, "parked", { reason: "no" }), { waits: { for: what, sinceMs } }),
  ]);
}
given("a wait for what a flow looks up is over when the look-up would find it", async ({ store }, same) => {
  const keys = (type: string, value: string, correlation: string) => [
    { type: "customer", value: correlation, correlation },
    { type, value, correlation },
  ];
  await wants(store, 0, "known/customerRecord>customer/C/1");
  // Another value; another kind of key; and the right one beside no customer.
  await commit(store, "ada", {
    keys: [
      ...keys("customerRecord", "C/2", "c2"),
      ...keys("customerName", "C/1", "c3"),
      { type: "customerRecord", value: "C/1", correlation: "c4" },
    ],
  });
  same(await store.waitsOver([0, 1], 10), []);
  await commit(store, "ada", { keys: keys("customerRecord", "C/1", "c5") });
  same(await store.waitsOver([0, 1], 10), ["d1"]);
});
given(
  "a wait is over when an event about that very thing is recorded, by whoever holds the lane",
  async (held, same) => {
    const { store, wait } = held;
    await wants(store, 0);
    await wait(5);
    await commit(store, "ada", {
      entries: [entry("e1", "customer/C-2"), entry("e2", "order/9", { correlation: "customer/C-1" })],
    });
    same(await store.waitsOver([0, 1], 10), []);
    await commit(store, "ada", { entries: [entry("e3", "customer/C-1")] });
    same([await store.waitsOver([0, 1], 10), await store.waitsOver([1], 10)], [["d1"], []]);
  },
);
given(
  "what came while the attempt was on its way ends the wait as well, and what came before does not",
  async ({ store, wait }, same) => {
    await commit(store, "ada", { entries: [entry("e1", "customer/C-1")] });
    await wait(30);
    await wants(store, 0);
    same(await store.waitsOver([0], 10), []);
    await commit(store, "ada", {
      decided: [
        { key: "d1", status: "cancelled", reference: null, reason: "x", answers: [], attempts: null },
      ],
    });
  },
);
given(
  "a wait is over when the same target has taken that very thing, and not when another has",
  async ({ store, wait }, same) => {
    await wants(store, 0);
    const thing = { subject: "customer/C-1", correlation: "customer/C-1" };
    await commit(store, "ada", {
      deliveries: [delivery("d2", { ...thing, connection: "wms" }), delivery("d3", thing)],
      entries: ["for d2", "for d3"].map((id) => entry(id, "customer/C-1", { kind: "command", routed: true })),
    });
    await wait(5);
    for (const key of ["d2", "d3"]) await store.beginAttempts("ada", [{ key, attempts: 0 }]);
    await store.recordOutcomes([ended(outcome("d2", 1, "applied"))]);
    const before = await store.waitsOver([0], 10);
    await store.recordOutcomes([ended(outcome("d3", 1, "applied"))]);
    same([before, await store.waitsOver([0], 10)], [[], ["d1"]]);
  },
);
given("a takeover counts against what was on the wire", async ({ store, other }, same) => {
  await owe(store, delivery("d1"), delivery("d2"));
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await store.give("ada", [0, 1, 2, 3]);
  await other.lease("bob", "there");
  same([(await openOne(store, "d1"))?.crashes, (await openOne(store, "d2"))?.crashes], [1, 0]);
});
given(
  "a worker lost while a target was asked counts too, and leaves no further doubt",
  async ({ store, other }, same) => {
    await owe(store, delivery("d1"), delivery("d2"));
    for (const key of ["d1", "d2"]) await store.beginAttempts("ada", [{ key, attempts: 0 }]);
    await store.recordOutcomes(
      ["d1", "d2"].map((key) => ended({ ...outcome(key, 1, "in_doubt"), doubts: 1, notFound: 1 })),
    );
    const looks = ["d1", "d2", "unknown"].map((key) => ({ key, attempts: 1, look: true }));
    same(await store.beginAttempts("ada", looks), ["d1", "d2"]);
    same(await store.beginAttempts("bob", looks), []);
    // The look at the second has ended before its worker does.
    await store.recordOutcomes([ended({ ...outcome("d2", 1, "in_doubt"), doubts: 1, notFound: 2 })]);
    await store.give("ada", [0, 1, 2, 3]);
    await other.lease("bob", "there");
    const stands = async (key: string) => {
      const open = await openOne(store, key);
      return [open?.status, open?.attempts, open?.doubts, open?.notFound, open?.crashes];
    };
    same(
      [await stands("d1"), await stands("d2")],
      [
        ["in_doubt", 1, 1, 1, 1],
        ["in_doubt", 1, 1, 2, 0],
      ],
    );
  },
);
given(
  "a worker that was taken for lost and speaks again was not lost",
  async ({ store, other, wait, leaseMs }, same) => {
    await other.lease("bob", "there");
    await other.hold("bob", [{ what: "a", lost: 1 }], []);
    await wait(leaseMs * 2);
    same([(await store.lease("ada", "here")).lost, (await store.suspects()).length], [1, 1]);
    // Whoever waits for a busy machine in between may be taken for lost again; nobody is, when both speak in time.
    let lost = 1;
    for (let tries = 0; lost > 0 && tries < 50; tries += 1) {
      await store.lease("ada", "here");
      lost = (await other.lease("bob", "there")).lost;
    }
    same([lost, await store.suspects()], [0, []]);
  },
);
given(
  "what was in the hands of a worker that is gone is told, with how often it was lost",
  async ({ store, other }, same) => {
    const sorted = async () => [...(await store.suspects())].sort((a, b) => (a.what < b.what ? -1 : 1));
    await store.lease("ada", "here");
    await store.hold(
      "ada",
      [
        { what: "a", lost: 0 },
        { what: "b", lost: 2 },
        { what: "c", lost: 0 },
      ],
      [],
    );
    await store.hold(
      "ada",
      [
        { what: "a", lost: 1 },
        { what: "d", lost: 0 },
      ],
      ["c"],
    );
    const alive = await sorted();
    await other.lease("bob", "there");
    await store.bury(["ada"]);
    const gone = await sorted();
    same((await other.lease("bob", "there")).lost, 1);
    await other.hold("bob", [{ what: "a", lost: 2 }], []);
    const taken = await sorted();
    await commit(other, "bob", { ended: ["a", "b"] });
    same(
      [alive, gone, taken, await sorted()],
      [
        [],
        [
          { what: "a", lost: 2 },
          { what: "b", lost: 3 },
          { what: "d", lost: 1 },
        ],
        [
          { what: "a", lost: 2 },
          { what: "b", lost: 3 },
          { what: "d", lost: 1 },
        ],
        [{ what: "d", lost: 1 }],
      ],
    );
    // Who leaves in good order leaves nothing behind.
    await other.hold("bob", [{ what: "e", lost: 0 }], []);
    await other.leave("bob", [], []);
    same(await sorted(), [{ what: "d", lost: 1 }]);
  },
);

given(
  "a step that takes another back is free when that one has ended, as well as the one before it",
  async ({ store }, same) => {
    await owe(
      store,
      delivery("d1", { connection: "wms" }),
      delivery("d2"),
      delivery("d3", { afterKey: "d2", undoes: "d1" }),
    );
    const free = async () => (await openOne(store, "d3"))?.free;
    const end = async (key: string) => {
      await store.beginAttempts("ada", [{ key, attempts: 0 }]);
      await store.recordOutcomes([ended(outcome(key, 1, "applied"))]);
    };
    const found = [await free()];
    await end("d2");
    found.push(await free());
    await end("d1");
    same([...found, await free()], [false, false, true]);
  },
);
given(
  "a second look is planned with its outcome, taken by the holder of the lane, and ends",
  async ({ store, wait }, same) => {
    await owe(store, delivery("d1"), delivery("d2"));
    await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
    await store.recordOutcomes([
      ended(outcome("d1", 1, "applied"), { check: true }),
      ended(outcome("d2", 1, "applied"), { check: true }),
    ]);
    await wait(40);
    const due = async (lanes: number[]) =>
      (await store.checksDue(lanes, 10)).map(({ key, round, status, data }) => [key, round, status, data]);
    same([await due([0]), await due([1])], [[["d1", 1, "applied", "{}"]], []]);
    const look = { delivery: "d1", round: 1, nextMs: 0, raised: null };
    same([await store.checked(look), await store.checked(look)], [true, false]);
    await wait(5);
    same(await due([0]), [["d1", 2, "applied", "{}"]]);
    same(await store.checked({ ...look, round: 2, nextMs: null }), true);
    same(await due([0]), []);
  },
);

export const WAITING: readonly Case[] = cases;
