/**
 * Rows that break systems and the network before them: answers are lost, wrong, late or never come, some are away, and much
 * waits for them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { aDay, everySystem, firing, numberOf, type Row, through, until } from "./row.ts";

/** What the heap is owed to. */
const AWAY = ["shop", "board"] as const;
/** Items of the heap that the shop refuses. */
const REFUSED = Array.from({ length: 20 }, (_, n) => `item/X-${n * 200 + 1}`);

export const OF_SYSTEMS: readonly Row[] = [
  aDay({
    name: "answers-lost",
    stands: "FT03, FT11, FT15",
    is: "of all answers 30 % are lost after the system has acted and some never come, requests are reset, and the network is slow and half-open for a while; at night, a worker is stopped for longer than its lease as well",
    workers: 2,
    short: { orders: 40, perSecond: 12, times: 0, restMs: 150_000 },
    // The longest pause of what was unlucky five times is a quarter of an hour, and nothing shortens it: no system was away.
    night: { orders: 3_000, perSecond: 10, times: 20, restMs: 20 * 60_000 },
    mustFire: ({ times }) => ({
      "answer lost, systems": 30,
      "answer swallowed, systems": 1,
      "piece delayed, systems": 100,
      "connection reset, systems": 1,
      "connection half-open, systems": 1,
      ...(times > 0 && { "worker stopped": times }),
    }),
    async run(site, size, traffic) {
      everySystem(site, { loseAnswer: 0.3, swallowAnswer: 0.02, reset: 0.02, delayMs: 5 });
      await firing(site, "piece delayed, systems");
      everySystem(site, { halfOpen: true });
      await firing(site, "connection half-open, systems");
      await sleep(1_500);
      everySystem(site, { halfOpen: false });
      await through(size, traffic, () => site.pause(13_000));
    },
  }),
  aDay({
    name: "answers-broken",
    stands: "FT12, FT13, FT14, FT16",
    is: "systems say that they are busy, answer 500 or half a sentence after they have acted, and act on a request when its sender has long given up",
    workers: 2,
    night: { orders: 2_000, perSecond: 10, times: 1, restMs: 20 * 60_000 },
    mustFire: ({ orders }) => ({
      "turned away as busy, systems": orders / 4,
      "answered 500 after it acted, systems": orders / 8,
      "answer cut short, systems": orders / 8,
      "request late, systems": orders / 16,
    }),
    async run(site, _, traffic) {
      everySystem(site, { busy: 0.1, fail: 0.05, cutShort: 0.05, late: 0.03 });
      await traffic;
    },
  }),
  aDay({
    name: "replays",
    stands: "FT36",
    is: "people send again what has been applied while answers are lost, and two say the same of everything at the same moment",
    workers: 2,
    night: { orders: 2_000, perSecond: 10, times: 150, restMs: 20 * 60_000 },
    mustFire: ({ times }) => ({
      "answer lost, systems": 100,
      "person replayed it": times,
      "two people said it at once": 1,
    }),
    run(site, _, traffic) {
      everySystem(site, { loseAnswer: 0.1 });
      return until(
        traffic,
        () => 1_000,
        () => site.people.replay(4),
      );
    },
  }),
  aDay({
    name: "others-go-on",
    stands: "FT11, FT33",
    is: "one system takes requests and never answers, another takes a byte a second, a third refuses some keys, and the others keep their pace",
    workers: 2,
    night: { orders: 1_800, perSecond: 10, times: 1, restMs: 20 * 60_000 },
    judges: ["I9"],
    mustFire: () => ({
      "connection half-open, systems": 20,
      "piece narrowed, systems": 20,
      "key refused": 1,
    }),
    async run(site, { orders, perSecond }, traffic) {
      await sleep(((orders / perSecond) * 1_000) / 3);
      site.leave(...Array.from({ length: orders }, (_, n) => `item/X-${n + 1}`));
      site.trouble = {
        ...site.trouble!,
        from: Date.now(),
        away: ["erp", "wms", "ledger"],
        othersEnded: true,
      };
      site.load.refused = true;
      site.wires.get("erp")!.weather.halfOpen = true;
      site.wires.get("wms")!.weather.bytesPerSecond = 1;
      await traffic;
      const refused =
        "select count(*)::int as n from delivery where status = 'parked' and connection = 'shop'";
      site.fire("key refused", await numberOf(site, refused));
      site.trouble = { ...site.trouble!, until: Date.now() };
    },
  }),
  {
    name: "heap",
    stands: "FT18, FT27 to FT30, FT33",
    is: "much waits for systems that are away: one hot key, keys that are refused, timers that fall due together while nobody works, copies, and bodies of 50 MB",
    workers: 1,
    short: { orders: 10_000, perSecond: 0, times: 1, restMs: 150_000 },
    night: { orders: 1_000_000, perSecond: 0, times: 20, restMs: 3_600_000 },
    judges: ["I1", "I2", "I3", "I7", "I9", "I10", "I11", "I12", "I13", "I14"],
    mustFire: ({ orders, times }) => ({
      "event queued": orders,
      "timer due at once": orders / 10,
      "key refused": 1,
      "connection refused, systems": 1,
      "copy answered with the first receipt": 100,
      "worker killed": 1,
      "50 MB turned away": times,
    }),
    load: async (site, { orders }) => {
      for (const name of AWAY) site.wires.get(name)!.weather.down = true;
      site.leave(...REFUSED);
      await site.load.heap(orders);
    },
    async run(site, { times, restMs }, traffic) {
      // Whoever starts again finds every timer due.
      await sleep(Math.max(0, site.load.moment - 1_000 - Date.now()));
      const due = "select count(*)::int as n from instance where next_due = $1";
      site.fire("timer due at once", await numberOf(site, due, [new Date(site.load.moment).toISOString()]));
      site.kill();
      await traffic;
      for (let n = 0; n < times; n += 1) {
        const answer = await site.load.huge(50_000_000);
        if (answer === "413" || answer === "cut off") site.fire("50 MB turned away");
      }
      const queued = `select (select count(*) from event where contract = 'stock.counted')::int
        - (select count(*) from delivery where connection = 'shop' and status = 'applied')::int as n`;
      site.fire("event queued", await numberOf(site, queued));
      site.back();
      for (const name of AWAY) site.wires.get(name)!.weather.down = false;
      await site.othersRest(restMs);
      const refused =
        "select count(*)::int as n from delivery where status = 'parked' and connection = 'shop'";
      site.fire("key refused", await numberOf(site, refused));
    },
  },
  {
    name: "hot-key",
    stands: "FT29",
    is: "half of all that comes is of one key, and the others end long before it",
    workers: 1,
    night: { orders: 20_000, perSecond: 0, times: 1, restMs: 20 * 60_000 },
    judges: ["I1", "I2", "I3", "I9", "I11", "I12", "I13", "I14"],
    mustFire: ({ orders }) => ({ "of the hot key still waiting when the others had ended": orders / 20 }),
    load: async (site, { orders }) => {
      site.leave("item/P-hot");
      await site.load.hot(orders);
    },
    async run(site, { restMs }, traffic) {
      await traffic;
      await site.othersRest(restMs);
      const waiting =
        "select count(*)::int as n from delivery where correlation = 'item/P-hot' and status <> 'applied'";
      site.fire("of the hot key still waiting when the others had ended", await numberOf(site, waiting));
    },
  },
];
