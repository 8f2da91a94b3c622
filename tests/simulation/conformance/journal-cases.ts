/** Accepting and reading: what is new is told from copies, and the feed gives everything once and in order. */
import type { Cursor } from "../../../src/journal/read.ts";
import { arrival, type Case, delivery, entry, listed, owe, readAll, START } from "./case.ts";

const { cases, given } = listed();

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
given(
  "what is read at once is bounded in bytes, and one that is larger is read alone",
  async (held, same) => {
    const sizes = [400, 400, 400, 5_000, 10];
    for (const [n, size] of sizes.entries()) {
      const data = JSON.stringify({ text: "ü".repeat(size / 2) });
      await held.store.accept([arrival(`m${n}`, { entries: [entry(`m${n}`, "order/1", { data })] })], []);
    }
    const pages = async () => {
      const read = [];
      for (let from = START; ; ) {
        const { entries } = await held.store.read(from, 500);
        if (entries.length === 0) return read;
        read.push(entries.map(({ id }) => id));
        from = entries.at(-1) as typeof from;
      }
    };
    // Not before all of them are below the barrier.
    for (let patience = 0; (await pages()).flat().length < sizes.length && patience < 1_000; patience += 1)
      await held.wait(10);
    same(await pages(), [["m0", "m1", "m2"], ["m3"], ["m4"]]);
  },
);
for (const copies of [2, 5, 20]) {
  given(`of ${copies} copies sent at once by two workers one is new`, async ({ store, other }, same) => {
    const all = Array.from({ length: copies }, () => arrival("m1"));
    const fates = await Promise.all(all.map((one, n) => (n % 2 ? store : other).accept([one], [])));
    same(fates.flat().filter(({ outcome: fate }) => fate === "new").length, 1);
    same(fates.flat().filter(({ outcome: fate }) => fate === "duplicate").length, copies - 1);
  });
}

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

given("what stands at a position is told, and nothing where nothing stands", async (held, same) => {
  await held.store.accept([arrival("m1", { entries: [entry("e1", "order/7", { data: '{"n":7}' })] })], []);
  const [first] = await readAll(held, 1);
  same(await held.store.recorded(first?.position ?? ""), first);
  same(await held.store.recorded("999999999"), null);
});

export const JOURNAL: readonly Case[] = cases;
