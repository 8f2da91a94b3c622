/** Deliveries and people: every status against every operation, and answers that count once. */
import type { Store } from "../../../src/runtime/store.ts";
import type { Outcome } from "../../../src/work/deliveries.ts";
import {
  arrival,
  type Case,
  commit,
  delivery,
  ended,
  entry,
  instance,
  listed,
  openOne,
  outcome,
  owe,
  readAll,
} from "./case.ts";

const { cases, given } = listed();

given("an owed delivery is open, with what it carries", async ({ store }, same) => {
  await owe(store, delivery("d1"));
  const open = await openOne(store, "d1");
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
given(
  "an intent that was never acted on is taken back, and none that was followed by another",
  async ({ store }, same) => {
    await owe(
      store,
      delivery("d1"),
      delivery("d2", { subject: "order/2" }),
      delivery("d3", { subject: "order/3" }),
    );
    await store.beginAttempts("ada", [
      { key: "d1", attempts: 0 },
      { key: "d2", attempts: 0 },
    ]);
    await store.returnUnsent(["d1", "d2", "d3"].map((key) => ({ key, attempts: key === "d2" ? 2 : 1 })));
    const stand = await Promise.all(["d1", "d2", "d3"].map((key) => openOne(store, key)));
    same(
      stand.map((open) => [open?.status, open?.attempts]),
      [
        ["owed", 0],
        ["attempting", 1],
        ["owed", 0],
      ],
    );
  },
);
given("counting and keeping house change nothing of the work", async (held, same) => {
  const { store } = held;
  await store.accept([arrival("m1")], []);
  await owe(store, delivery("d1"));
  await store.count([{ scope: "erp", name: "delivery tries", delta: 2 }]);
  await store.housekeeping();
  same(
    [(await readAll(held, 1)).map(({ id }) => id), (await openOne(store, "d1"))?.status],
    [["m1"], "owed"],
  );
});
given(
  "how long a delivery has stood as it does is told, and begins anew when it is tried",
  async ({ store, wait }, same) => {
    await owe(store, delivery("d1"));
    await wait(60);
    const before = (await openOne(store, "d1"))?.stoodMs ?? 0;
    await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
    const after = (await openOne(store, "d1"))?.stoodMs ?? before;
    same([before >= 60, after < before], [true, true]);
  },
);
given("of what was said about a period the last word counts; nobody's word is none", async (held, same) => {
  const { store } = held;
  const said = (id: string, period: string, periodStatus: string) =>
    arrival(id, {
      entries: [
        entry(id, `period/${period}`, {
          contract: "finance.period-status-changed",
          data: JSON.stringify({ periodStatus }),
        }),
      ],
    });
  same(await store.periodStatus("L/2026-01"), null);
  await store.accept([said("p1", "L/2026-01", "closed"), said("p2", "L/2026-02", "soft-closed")], []);
  await store.accept([said("p3", "L/2026-01", "open")], []);
  same(
    [await store.periodStatus("L/2026-01"), await store.periodStatus("L/2026-02")],
    ["open", "soft-closed"],
  );
});
given("what a rule corrects is carried from then on, under the same key", async ({ store }, same) => {
  await owe(store, delivery("by-rule"));
  const rule = { contractVersion: 1, changed: "[]", reason: "Its period is closed." };
  await store.correct({ ...rule, delivery: "by-rule", data: '{"day":1}' });
  await store.correct({ ...rule, delivery: "by-rule", data: '{"day":2}' });
  const open = await openOne(store, "by-rule");
  same([open?.status, open?.corrected, open?.data], ["owed", 2, '{"day":2}']);
});
given("owing the same key again changes nothing", async ({ store }, same) => {
  await owe(store, delivery("d1"));
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await owe(store, delivery("d1"));
  same((await openOne(store, "d1"))?.status, "attempting");
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
given("a page is bounded in bytes of what it carries, as it was corrected", async ({ store }, same) => {
  const carry = (n: number, size: number) =>
    entry(`c${n}`, "order/1", { routed: true, data: `"${"x".repeat(size)}"` });
  await commit(store, "ada", {
    entries: [600, 500, 3_000, 10].map((size, n) => carry(n, size)),
    deliveries: [0, 1, 2, 3].map((n) => delivery(`d${n}`, { entry: `c${n}` })),
  });
  const pages = async () => {
    const read = [];
    for (let after = "0"; ; ) {
      const page = await store.openDeliveries("erp", [0], after, 1_000);
      if (page.length === 0) return read;
      read.push(page.map(({ key }) => key));
      after = page.at(-1)?.id ?? after;
    }
  };
  same(await pages(), [["d0", "d1"], ["d2"], ["d3"]]);
  const rule = { contractVersion: 1, changed: "[]", reason: "Its period is closed." };
  await store.correct({ ...rule, delivery: "d2", data: '"short"' });
  same(await pages(), [
    ["d0", "d1"],
    ["d2", "d3"],
  ]);
});
given("many deliveries of one commit stay in the order owed, whatever each carries", async (held, same) => {
  const { store } = held;
  await store.accept([arrival("m1")], []);
  const [told] = await readAll(held, 1);
  const keys = Array.from({ length: 300 }, (_, n) => `d${n}`);
  const fresh = (n: number) => n % 3 === 0;
  await commit(store, "ada", {
    deliveries: keys.map((key, n) =>
      delivery(key, fresh(n) ? {} : { entry: null, position: told?.position ?? null }),
    ),
    entries: keys.filter((_, n) => fresh(n)).map((key) => entry(`for ${key}`, "order/1", { routed: true })),
  });
  const page = await store.openDeliveries("erp", [0], "0", 1_000);
  same(
    page.map(({ key }) => key),
    keys,
  );
});
given("a delivery that waits for another is free when that one is settled", async ({ store }, same) => {
  await owe(store, delivery("d1"), delivery("d2", { afterKey: "d1" }));
  same((await openOne(store, "d2"))?.free, false);
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  await store.recordOutcomes([ended(outcome("d1", 1, "applied"))]);
  same((await openOne(store, "d2"))?.free, true);
});

given(
  "two ends of one delivery are not written in one commit, nor is what is beside them",
  async ({ store }, same) => {
    await owe(store, delivery("d1"), delivery("d2"));
    await store.beginAttempts("ada", [
      { key: "d1", attempts: 0 },
      { key: "d2", attempts: 0 },
    ]);
    const [one, other] = [ended(outcome("d1", 1, "parked")), ended(outcome("d2", 1, "applied"))];
    same(await store.recordOutcomes([one, other, one]).catch(() => "refused"), "refused");
    same((await openOne(store, "d2"))?.status, "attempting");
    same(await store.recordOutcomes([one, other]), ["d1", "d2"]);
  },
);

/** Brings a delivery into a status by the store's own operations. */
async function bring(store: Store, status: string): Promise<number> {
  await owe(store, delivery("d1", status === "parked at once" ? { status: "parked", reason: "no" } : {}));
  if (status === "owed" || status === "parked at once") return 0;
  if (status === "cancelled") {
    await commit(store, "ada", {
      decided: [{ key: "d1", status: "cancelled", reference: null, reason: "x", answers: [], attempts: 0 }],
    });
    return 0;
  }
  await store.beginAttempts("ada", [{ key: "d1", attempts: 0 }]);
  if (status !== "attempting")
    await store.recordOutcomes([ended(outcome("d1", 1, status as Outcome["status"], { reason: "because" }))]);
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
const now = async (store: Store) => (await openOne(store, "d1"))?.status ?? "closed";
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
    const answers = [entry("answer")];
    same(
      await held.store.recordOutcomes([ended(outcome("d1", attempts, "applied"), { answers })]),
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
    same(await store.recordOutcomes([ended(outcome("d1", attempts + 1, "applied"))]), []);
    same(await now(store), standing(status));
  });
  const decides = ["owed", "in_doubt", "parked", "held", "parked at once"].includes(status);
  for (const verdict of ["owed", "applied", "cancelled"] as const) {
    given(
      `a person's "${verdict}" about what is ${status} ${decides ? "holds" : "comes too late"}`,
      async (held, same) => {
        const attempts = await bring(held.store, status);
        const answers = verdict === "applied" ? [entry("told")] : [];
        const decided = [{ key: "d1", status: verdict, reference: "R", reason: "maria", answers, attempts }];
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
    `a person's word about an earlier attempt at what is ${status} changes nothing`,
    async (held, same) => {
      const attempts = (await bring(held.store, status)) + 1;
      const decided = [
        { key: "d1", status: "owed", reference: null, reason: "maria", answers: [], attempts } as const,
      ];
      same(await commit(held.store, "ada", { decided }), []);
      same(await now(held.store), standing(status));
    },
  );
  given(
    `a takeover ${status === "attempting" ? "puts into doubt" : "leaves alone"} what is ${status}`,
    async ({ store, other }, same) => {
      await bring(store, status);
      await store.give("ada", [0, 1, 2, 3]);
      await other.lease("bob", "there");
      same(await now(store), status === "attempting" ? "in_doubt" : standing(status));
      if (status === "attempting") same((await openOne(store, "d1"))?.doubts, 1);
    },
  );
  given(
    `leaving ${status === "attempting" ? "takes back the intent of" : "leaves alone"} what is ${status}`,
    async ({ store }, same) => {
      const attempts = await bring(store, status);
      await store.leave("ada", [0, 1, 2, 3], [{ key: "d1", attempts }]);
      same(await now(store), status === "attempting" ? "owed" : standing(status));
      if (status === "attempting") same((await openOne(store, "d1"))?.attempts, 0);
    },
  );
  const acts = ["owed", "in_doubt", "parked", "held", "parked at once"].includes(status);
  given(`an act about what is ${status} is ${acts ? "told" : "refused"}`, async (held, same) => {
    const attempts = await bring(held.store, status);
    const act = (said: string, about: number) => ({
      actor: "maria",
      action: "try again",
      subject: "d1",
      reason: null,
      entry: entry(said),
      guard: { delivery: "d1", attempts: about },
    });
    same(await held.store.act(act("said of another attempt", attempts + 1)), false);
    same(await held.store.act(act("said", attempts)), acts);
    same(
      (await readAll(held, acts ? 1 : 0)).map(({ id }) => id),
      acts ? ["said"] : [],
    );
  });
}
given(
  "a correction is carried from then on, and one of what was corrected meanwhile is refused",
  async ({ store }, same) => {
    await owe(store, delivery("d1"));
    const correction = { after: 0, data: '{"n":2}', contractVersion: 3, changed: "[]" };
    const act = (said: string) => ({
      actor: "maria",
      action: "fix data",
      subject: "d1",
      reason: null,
      entry: entry(said),
      guard: { delivery: "d1", attempts: 0, correction },
    });
    same([await store.act(act("one")), await store.act(act("two"))], [true, false]);
    const open = await openOne(store, "d1");
    same([open?.data, open?.version, open?.corrected], ['{"n":2}', 3, 1]);
  },
);
given("an outcome sets when it is looked at again", async ({ store }, same) => {
  await bring(store, "attempting");
  await store.recordOutcomes([
    ended(outcome("d1", 1, "in_doubt", { delayMs: 60_000, doubts: 2, notFound: 1 })),
  ]);
  const open = await openOne(store, "d1");
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
given(
  "what follows from an outcome that came too late is not written, and the rest is",
  async (held, same) => {
    const { store } = held;
    await owe(store, delivery("d1"), delivery("d2", { subject: "order/2" }));
    for (const key of ["d1", "d2"]) await store.beginAttempts("ada", [{ key, attempts: 0 }]);
    await store.recordOutcomes([ended(outcome("d1", 1, "applied"))]);
    const answers = (id: string) => [
      entry(id, `order/${id}`, {
        keys: [
          { type: "order", value: id },
          { type: "invoice", value: `INV-${id}` },
        ],
      }),
    ];
    const both = [
      ended(outcome("d1", 1, "parked", { reason: "late" }), { answers: answers("late") }),
      ended(outcome("d2", 1, "applied"), { answers: answers("in-time") }),
    ];
    same(await store.recordOutcomes(both), ["d2"]);
    same(
      [(await openOne(store, "d1"))?.status, (await openOne(store, "d2"))?.status],
      [undefined, undefined],
    );
    same(
      (await readAll(held, 1)).map(({ id }) => id),
      ["in-time"],
    );
    const invoice = (value: string) => ({ key: { type: "order", value }, give: "invoice" });
    same(await store.lookUp([invoice("late"), invoice("in-time")]), [null, "INV-in-time"]);
  },
);
given("of two outcomes of one attempt at once, one is recorded", async ({ store, other }, same) => {
  await bring(store, "attempting");
  const both = await Promise.all([
    store.recordOutcomes([ended(outcome("d1", 1, "applied"))]),
    other.recordOutcomes([ended(outcome("d1", 1, "parked", { reason: "no" }))]),
  ]);
  same(both.flat(), ["d1"]);
});

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

export const DELIVERIES: readonly Case[] = cases;
