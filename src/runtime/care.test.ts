/** Which of hundreds of inputs ends workers is found with as few of them as we promise, and the others are left alone. */
import { expect, test } from "vitest";
import type { Recorded } from "../journal/read.ts";
import { limits } from "../std/limits.ts";
import { silent } from "../std/log.ts";
import type { InHand } from "../work/in-hand.ts";
import type { Lane } from "../work/lanes.ts";
import { Care } from "./care.ts";
import { realClock } from "./clock.ts";
import { Suspicion } from "./suspicion.ts";

const START = { xid: "0", position: "0" };
const entries = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ position: String(n + 1) }) as Recorded);

/** Hands outlive their workers; a worker is its number. */
function dock() {
  const hands = new Map<number, Map<string, number>>();
  let alive = 0;
  let writes = 0;
  const worker = (lost: number) => {
    alive += 1;
    const me = alive;
    let dead = false;
    const store = {
      async hold(_: string, begun: readonly InHand[], ended: readonly string[]) {
        if (dead) return new Promise<void>(() => undefined);
        writes += 1;
        // As PostgreSQL does.
        const twice = begun.find(({ what }, n) => begun.findIndex((one) => one.what === what) < n);
        if (twice) throw new Error(`${twice.what} is begun twice in one statement`);
        for (const [id, held] of hands) if (id <= me) for (const what of ended) held.delete(what);
        const mine = hands.get(me) ?? new Map<string, number>();
        hands.set(me, mine);
        for (const { what, lost: times } of begun) mine.set(what, times);
      },
      async suspects() {
        const found = new Map<string, number>();
        for (const [id, held] of hands)
          if (id !== me)
            for (const [what, times] of held) found.set(what, Math.max(times + 1, found.get(what) ?? 0));
        return [...found].map(([what, times]) => ({ what, lost: times }));
      },
    };
    const leases = { lost };
    const suspicion = new Suspicion({ store, clock: realClock, log: silent, worker: String(me), leases });
    const care = new Care(suspicion);
    care.took([{ id: 1, epoch: "1", ...START } as Lane]);
    const commit = async () => {
      if (care.ends.length > 0) await store.hold("", [], care.ends);
      care.committed();
    };
    const dies = () => {
      dead = true;
    };
    return { care, commit, suspicion, dies };
  };
  return { worker, writes: () => writes };
}

/** Takes what there is until nothing is left, or until it is ended by `poison`. What was set aside, and how it ended. */
async function live(
  { care, commit }: Pick<ReturnType<ReturnType<typeof dock>["worker"]>, "care" | "commit">,
  journal: readonly Recorded[],
  poison: string,
) {
  const aside: string[] = [];
  let largest = 0;
  for (let from = 0; from < journal.length; ) {
    const taken = (await care.begins(START, journal.slice(from, from + limits.stepBatchMax), [])).entries;
    largest = Math.max(largest, taken.length);
    const comesTo: string[] = [];
    for (const entry of taken) {
      care.at(entry);
      for (const part of [`order:${entry.position}`, "flow"]) {
        await care.begin?.(part);
        if (care.setsAside(part) !== null) aside.push(`${entry.position} ${part}`);
        else if (`${entry.position} ${part}` === poison) return { ended: "killed", aside, largest };
        else comesTo.push(`${entry.position} ${part} committed`);
      }
    }
    await care.commits();
    if (comesTo.includes(poison)) return { ended: "killed", aside, largest };
    await commit();
    from += taken.length;
  }
  await care.idle();
  return { ended: "idle", aside, largest };
}

/** One worker after the other, each told how many were lost before it, until one goes on to the end. */
async function lives(poison: string) {
  const { worker } = dock();
  const all = [];
  for (let lost = 0; all.at(-1)?.ended !== "idle"; lost += 1)
    all.push(await live(worker(lost), entries(40), poison));
  return all;
}

test("while nobody is lost, nothing is written down", async () => {
  const { worker, writes } = dock();
  expect(await live(worker(0), entries(1_200), "none")).toEqual({ ended: "idle", aside: [], largest: 500 });
  expect(writes()).toBe(0);
});

test("what ends three workers is set aside by its part, and nothing else is", async () => {
  expect(await lives("7 flow")).toEqual([
    { ended: "killed", aside: [], largest: 40 },
    { ended: "killed", aside: [], largest: 10 },
    { ended: "killed", aside: [], largest: 10 },
    { ended: "idle", aside: ["7 flow"], largest: 10 },
  ]);
});

test("what ends workers only when it is committed takes one more, to be found among the others; then all of it is set aside", async () => {
  expect(await lives("7 flow committed")).toEqual([
    { ended: "killed", aside: [], largest: 40 },
    { ended: "killed", aside: [], largest: 10 },
    { ended: "killed", aside: [], largest: 1 },
    // Those before it went through alone, and are taken together again.
    { ended: "killed", aside: [], largest: 6 },
    { ended: "idle", aside: ["7 order:7", "7 flow"], largest: 10 },
  ]);
});

test("workers that are killed from outside while something is touched set nothing aside", async () => {
  const { worker } = dock();
  const ended = [];
  for (let lost = 0; lost < 10; lost += 1)
    ended.push((await live(worker(lost), entries(40), `${(lost * 7) % 40 || 1} flow`)).aside);
  expect((await live(worker(10), entries(40), "none")).aside).toEqual([]);
  expect(ended.flat()).toEqual([]);
});

test("a neighbour that is read again in every life outlives them all, and is touched alone; what ends them is set aside", async () => {
  const { worker } = dock();
  const aside = new Set<string>();
  let touchedAlone = 0;
  for (let lost = 0; lost < 30; lost += 1) {
    const { suspicion, dies } = worker(lost);
    await new Promise<void>((over) => {
      const ends = (what: string) =>
        suspicion.watch(
          what,
          async () => {
            dies();
            over();
            await new Promise(() => undefined);
          },
          async () => {
            aside.add(what);
            over();
          },
        );
      void suspicion.watch(
        "neighbour",
        async () => {
          // It takes a while, in which whoever does not keep away from it is begun.
          for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          if (suspicion.countOf("neighbour") > 1 && suspicion.turn() === null) touchedAlone += 1;
        },
        async () => void aside.add("neighbour"),
      );
      void ends(`poison ${Math.floor(lost / 5)}`);
      // Nobody has heard of it before, so it is not suspected.
      if (lost % 5 === 1) void ends(`stranger ${lost}`);
    });
  }
  expect([...aside]).toEqual(Array.from({ length: 6 }, (_, n) => `poison ${n}`));
  expect(touchedAlone).toBe(6);
});

test("copies that come at once after somebody was lost are all taken, and what one of them still has in hand stays written down", async () => {
  const { worker } = dock();
  const first = worker(1);
  const refused = async () => expect.unreachable("nobody was lost with it");
  const ways = Array.from({ length: 10 }, () => Promise.withResolvers<void>());
  const taken = ways.map(({ promise }) => first.suspicion.watch("a copy", () => promise, refused));
  const beside = first.suspicion.watch("another", async () => undefined, refused);
  for (const { resolve } of ways.slice(1)) resolve();
  await Promise.all([...taken.slice(1), beside]);
  // What has ended is written down a moment later.
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  first.dies();
  const next = worker(2);
  await next.suspicion.look();
  expect([...next.suspicion.suspects]).toEqual(["a copy"]);
});
