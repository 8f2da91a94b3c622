/**
 * Every sentence the oracle can say is said to a violation planted in the books of a sound run, and to no sound one.
 *
 * The sentences are read from the oracle's own source, so a rule that is added without a planted violation fails here.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dishonest, silences } from "./equation.ts";
import { judge } from "./judge.ts";
import { type AuditLine, chain, restless, unfired, unjudged } from "./processes.ts";
import type { Booked, Receipted, Run, Standing } from "./run.ts";

const order = (n: number, amount = "10.01") => ({ orderId: `SO-${n}`, amount });
const text = (value: unknown) => JSON.stringify(value);

const receipt = (message: string, content: unknown, at = 500, more: Partial<Receipted> = {}): Receipted => ({
  message,
  content: text(content),
  outcome: "accepted",
  receipt: `r-${message}`,
  at,
  ...more,
});

const REPEATS: Readonly<Record<string, Booked["repeat"]>> = {
  erp: "searchable",
  crm: "upsert",
  ledger: "none",
};

const line = (target: string, contract: string, subject: string, body: unknown, at: number): Booked => ({
  target,
  repeat: REPEATS[target] ?? "key",
  key: `${contract} ${subject} ${text(body)}`,
  contract,
  subject,
  body: text(body),
  at,
});

/** An order from its capture to the ledger, and as far as it went. */
const steps = (n: number, ...further: readonly (readonly [string, string, number])[]): Booked[] =>
  [
    ["crm", "sales.order-captured", 600] as const,
    ["erp", "erp.post-order", 1_000] as const,
    ["ledger", "erp.order-posted", 1_100] as const,
    ["wms", "wms.allocate-stock", 1_200] as const,
    ...further,
  ].map(([target, contract, at]) => line(target, contract, `order/SO-${n}`, order(n), at));

const SHIPPED = ["wms", "wms.ship-order", 4_000] as const;
const GIVEN_BACK = ["wms", "wms.release-stock", 2_000] as const;
const CANCELLED = ["erp", "erp.cancel-order", 2_100] as const;

const milestone = (instance: string, name: string): Booked =>
  line("board", "operations.milestone-reached", `instance/${instance}`, { instance, milestone: name }, 5_000);

const stands = (key: string, more: Partial<Standing> = {}): Standing => ({
  key,
  connection: "crm",
  contract: "sales.order-captured",
  subject: "order/SO-1",
  status: "applied",
  reason: null,
  ...more,
});

const counts = (item: string, ...all: number[]) => all.map((count) => ({ item, count: String(count) }));
const heardOf = (items: readonly { item: string }[], at = 700) =>
  items.map((body) => line("shop", "stock.counted", `item/${body.item}`, body, at));
const ENTRY = { entry: "JE-1", ledger: "hold", postingDate: "2026-01-31" };
const PLAN = { item: "H-1", at: new Date(10_000).toISOString() };
const COUNTED = counts("I-1", 1, 2);
const BY_MANY = counts("P-1", 2, 1);
/** Counted one a second, half of them while others were in trouble. */
const PACED = Array.from({ length: 40 }, (_, n) => ({ item: `K-${n}`, count: "1" }));

/** One order shipped, one taken back, one cancelled too late; counts, plans, parts, an entry, and a part of a bundle refused. */
const SOUND: Run = {
  receipts: [
    receipt("order-1", order(1)),
    receipt("order-1", order(1), 900, { outcome: "duplicate" }),
    receipt("order-1", order(1, "99.00"), 950, { outcome: "conflict" }),
    receipt("order-2", order(2)),
    receipt("order-3", order(3)),
    receipt("cancel-2", order(2, "0.00")),
    receipt("cancel-3", order(3, "0.00"), 9_000),
    receipt("bundle-1", [order(101), { ...order(102), amount: "" }]),
    receipt("counts-1", [{ item: "Q-1", count: "1" }]),
    receipt("plan-1", [PLAN]),
    receipt("customer-1", { customer: "C-1" }),
    receipt("entry-1", ENTRY),
    ...[...COUNTED, ...BY_MANY].map((count) => receipt(`count-${count.item}-${count.count}`, count)),
    ...PACED.map((count, n) => receipt(`count-K-${n}`, count, 20_000 + n * 1_000)),
  ],
  books: [
    ...steps(1, SHIPPED),
    ...steps(2, GIVEN_BACK, CANCELLED),
    ...steps(3, SHIPPED),
    line("crm", "sales.cancellation-requested", "order/SO-2", order(2, "0.00"), 600),
    line("crm", "sales.cancellation-requested", "order/SO-3", order(3, "0.00"), 9_100),
    line("crm", "sales.order-captured", "order/SO-101", order(101), 700),
    line("crm", "master.customer-described", "customer/C-1", { customer: "C-1" }, 700),
    ...heardOf([...COUNTED, ...BY_MANY, { item: "Q-1", count: "1" } as { item: string }]),
    ...PACED.flatMap((count, n) => heardOf([count], 20_100 + n * 1_000)),
    ...["received", "cleared", "booked", "released", "shipped"].map((name) => milestone("SO-1", name)),
    line("board", "stock.ask-recount", "item/H-1", { item: "H-1" }, 10_000),
    line("ledger", "ledger.post-entry", "entry/JE-1", ENTRY, 900),
  ],
  deliveries: [stands("d1"), stands("d2", { status: "cancelled" })],
  shown: [],
  twice: [],
  late: new Set(["order/SO-3"]),
  orders: new Map([
    ["SO-1", "completed"],
    ["SO-2", "abandoned"],
    ["SO-3", "completed"],
  ]),
  healed: true,
  packMs: 2_000,
  accepted: [...BY_MANY, ...COUNTED].map(text),
  refused: ["r-bundle-1#1"],
  closed: [{ ledger: "hold", period: "2026-01", from: 2_000, until: 50_000 }],
  trouble: {
    of: ["order/SO-9", "item/X-1"],
    othersEnded: true,
    ended: [{ order: "SO-9", at: "step", kills: 3, most: 3 }],
    from: 40_000,
    until: 62_000,
  },
  acts: [{ by: "clerk", action: "booked", subject: "d1" }],
  audit: [{ actor: "clerk", action: "booked", subject: "d1", reason: "It was looked up." }],
  bounds: [{ what: "MB of memory in one worker", found: 200, most: 512 }],
  unreachable: [],
};

type Change = (run: Run) => Partial<Run>;
const without =
  (contract: string, subject: string): Change =>
  ({ books }) => ({ books: books.filter((one) => one.contract !== contract || one.subject !== subject) });
const moved =
  (contract: string, subject: string, change: (one: Booked) => Partial<Booked>): Change =>
  ({ books }) => ({
    books: books.map((one) =>
      one.contract === contract && one.subject === subject ? { ...one, ...change(one) } : one,
    ),
  });
const and =
  (...lines: readonly Booked[]): Change =>
  ({ books }) => ({ books: [...books, ...lines] });
const again =
  (contract: string, subject: string, key?: string): Change =>
  ({ books }) => {
    const one = books.find((each) => each.contract === contract && each.subject === subject)!;
    return { books: [...books, { ...one, key: key ?? one.key }] };
  };
const promised =
  (...more: readonly Receipted[]): Change =>
  ({ receipts }) => ({ receipts: [...receipts, ...more] });
const standing =
  (...more: readonly Standing[]): Change =>
  ({ deliveries }) => ({ deliveries: [...deliveries, ...more] });
const trouble =
  (change: Partial<NonNullable<Run["trouble"]>>): Change =>
  (run) => ({ trouble: { ...run.trouble!, ...change } });

/** Everything that can go wrong, each planted alone: what it is, how, and all the oracle has to say about it. */
const PLANTED: readonly [string, Change, readonly string[]][] = [
  // I1
  [
    "an order lost on its way to the CRM",
    without("sales.order-captured", "order/SO-1"),
    ['I1 {"orderId":"SO-1","amount":"10.01"} was accepted and never reached crm order/SO-1.'],
  ],
  [
    "a part of a bundle lost",
    without("sales.order-captured", "order/SO-101"),
    ["I1 SO-101 of a bundle never reached the CRM."],
  ],
  [
    "a count of a document lost",
    without("stock.counted", "item/Q-1"),
    ["I1 count 1 of Q-1 was accepted and never reached the shop."],
  ],
  ["an entry lost", without("ledger.post-entry", "entry/JE-1"), ["I1 JE-1 was never booked."]],
  [
    "an order said to be done whose goods never left",
    without("wms.ship-order", "order/SO-1"),
    [
      "I1 SO-1 is said to be completed and was never shipped.",
      "I5 10.01 of order/SO-1 are still reserved, and nobody waits for them.",
      "I5 of order/SO-1 the ERP has 10.01 and 0 have left.",
    ],
  ],
  [
    "a posting lost on its way to the ledger",
    without("erp.order-posted", "order/SO-1"),
    ["I1 the posting of SO-1 never reached the ledger."],
  ],
  // I2
  [
    "a message accepted twice with two contents",
    promised(receipt("order-1", order(1, "99.00"), 960)),
    [
      'I1 {"orderId":"SO-1","amount":"99.00"} was accepted and never reached crm order/SO-1.',
      "I2 order-1 was accepted with two contents.",
      "I4 erp has 10.01 for SO-1, which is worth 99.00.",
      "I4 ledger has 10.01 for SO-1, which is worth 99.00.",
      "I4 wms has 10.01 for SO-1, which is worth 99.00.",
    ],
  ],
  [
    "a copy with a receipt of its own",
    promised(receipt("order-1", order(1), 960, { receipt: "r-other" })),
    ["I2 order-1 has two receipts, r-order-1 and r-other."],
  ],
  [
    "a posting doubled under its key",
    again("erp.order-posted", "order/SO-1"),
    [
      'I2 ledger (none) booked erp.order-posted order/SO-1 under erp.order-posted order/SO-1 {"orderId":"SO-1","amount":"10.01"} 2 times.',
    ],
  ],
  [
    "a posting doubled under another key",
    again("erp.order-posted", "order/SO-1", "another"),
    ["I2 SO-1 has erp.order-posted 2 times under different keys."],
  ],
  // I3
  [
    "counts of many in another order than they were accepted in",
    ({ accepted }) => ({ accepted: accepted.toReversed() }),
    ["I3 the shop heard of P-1 1, 0 in the order of acceptance."],
  ],
  [
    "counts of one in another order than they were counted in",
    moved("stock.counted", "item/I-1", ({ body }) => ({
      body: body.includes('"1"') ? body.replace('"1"', '"2"') : body.replace('"2"', '"1"'),
    })),
    ["I3 the shop heard count 1 of I-1 after 2."],
  ],
  // I4
  [
    "an amount that lost a digit",
    moved("erp.order-posted", "order/SO-1", () => ({ body: text(order(1, "10.00")) })),
    ["I4 ledger has 10.00 for SO-1, which is worth 10.01."],
  ],
  // I5
  [
    "goods reserved for nobody",
    without("wms.release-stock", "order/SO-2"),
    [
      "I5 10.01 of order/SO-2 are still reserved, and nobody waits for them.",
      "I8 SO-2 was taken back in the order it was done.",
    ],
  ],
  [
    "an ERP that knows of more than has left",
    without("erp.cancel-order", "order/SO-2"),
    ["I5 of order/SO-2 the ERP has 10.01 and 0 have left.", "I8 SO-2 was taken back by half."],
  ],
  // I6
  [
    "a milestone told twice",
    and({ ...milestone("SO-1", "shipped"), key: "another" }),
    ["I6 the board heard of SO-1: received, cleared, booked, released, shipped, shipped."],
  ],
  // I7
  [
    "a timer that fires twice",
    and(line("board", "stock.ask-recount", "item/H-1", { item: "H-1", n: 2 }, 10_001)),
    ["I7 the recount of H-1 was asked for 2 times."],
  ],
  [
    "a timer that fires early",
    moved("stock.ask-recount", "item/H-1", () => ({ at: 9_999 })),
    ["I7 the recount of H-1 was asked for too early."],
  ],
  [
    "a timer that never fires",
    without("stock.ask-recount", "item/H-1"),
    ["I7 the recount of H-1 was never asked for."],
  ],
  [
    "goods that leave before they are packed",
    moved("wms.ship-order", "order/SO-1", () => ({ at: 3_199 })),
    ["I7 SO-1 was shipped before it was packed."],
  ],
  [
    "goods that leave unbooked",
    (run) => ({ ...without("erp.post-order", "order/SO-1")(run) }),
    ["I5 of order/SO-1 the ERP has 0 and 10.01 have left.", "I7 SO-1 was shipped before it was booked."],
  ],
  // I8
  [
    "an order taken back after it has left",
    and(
      line("wms", "wms.release-stock", "order/SO-1", order(1), 4_100),
      line("erp", "erp.cancel-order", "order/SO-1", order(1), 4_200),
    ),
    [
      "I5 -10.01 of order/SO-1 are still reserved, and nobody waits for them.",
      "I5 of order/SO-1 the ERP has 0 and 10.01 have left.",
      "I8 SO-1 was taken back after it had left.",
    ],
  ],
  [
    "a booking that comes after it was taken back",
    moved("erp.post-order", "order/SO-2", () => ({ at: 2_200 })),
    ["I8 SO-2 was booked after its booking was taken back."],
  ],
  [
    "goods reserved after they were given back",
    moved("wms.allocate-stock", "order/SO-2", () => ({ at: 2_050 })),
    ["I8 goods of SO-2 were reserved after they had been given back."],
  ],
  [
    "what was done first taken back first",
    moved("wms.release-stock", "order/SO-2", () => ({ at: 2_200 })),
    ["I8 SO-2 was taken back in the order it was done."],
  ],
  [
    "a compensation missing",
    without("erp.cancel-order", "order/SO-2"),
    ["I5 of order/SO-2 the ERP has 10.01 and 0 have left.", "I8 SO-2 was taken back by half."],
  ],
  // I9
  [
    "an order that ends workers without end",
    trouble({ ended: [{ order: "SO-9", at: "step", kills: 4, most: 3 }] }),
    ["I9 SO-9 ended 4 workers (step); after 3 it was to be set aside."],
  ],
  [
    "others that wait for what stands still",
    trouble({ othersEnded: false }),
    ["I9 the others did not end while order/SO-9, item/X-1 stood still."],
  ],
  [
    "others that come only when the trouble is over",
    ({ books }) => ({ books: books.map((one) => (one.at > 52_000 ? { ...one, at: one.at + 20_000 } : one)) }),
    ["I9 of 20 others 12 came while some were in trouble."],
  ],
  [
    "others that come later because of the trouble",
    ({ books }) => ({ books: books.map((one) => (one.at > 40_000 ? { ...one, at: one.at + 1_900 } : one)) }),
    ["I9 of a hundred others the last came after 2000 ms, and after 200 ms before."],
  ],
  // I10
  [
    "an act that stands nowhere",
    () => ({ audit: [] }),
    ["I10 clerk: booked d1 was done 1 times and stands in the audit 0 times."],
  ],
  [
    "a line without a reason",
    ({ audit = [] }) => ({
      audit: [...audit, { actor: "clerk", action: "resume", subject: "i1", reason: "" }],
    }),
    ["I10 resume i1 stands in the audit without who or why."],
  ],
  // I11
  [
    "a delivery that never ends",
    standing(stands("d3-of-many", { status: "owed", reason: "It was away." })),
    ["I11 sales.order-captured order/SO-1 for crm (d3-of-) is still owed: It was away."],
  ],
  [
    "a process that never ends",
    ({ orders }) => ({ orders: new Map([...orders, ["SO-4", "running"]]) }),
    ["I11 SO-4 is still running."],
  ],
  [
    "a delivery given up in an outage",
    () => ({ unreachable: ["d1-of-many"] }),
    ["I11 d1-of- was given up although its system was only away."],
  ],
  // I12
  [
    "a worker that grows without bound",
    () => ({ bounds: [{ what: "MB of memory in one worker", found: 600, most: 512 }] }),
    ["I12 600 MB of memory in one worker, and 512 are the most."],
  ],
  // I13
  [
    "something set aside that nobody is shown",
    standing(stands("d3", { status: "parked", reason: "Refused." })),
    [
      "I11 sales.order-captured order/SO-1 for crm (d3) is still parked: Refused.",
      "I13 sales.order-captured order/SO-1 is parked and nobody is shown it.",
    ],
  ],
  [
    "something shown as open that has ended",
    () => ({ shown: ["d1"] }),
    ["I13 sales.order-captured order/SO-1 is applied and shown as open."],
  ],
  // I14
  [
    "something in doubt that says nothing",
    standing(stands("d3", { status: "in_doubt" })),
    [
      "I11 sales.order-captured order/SO-1 for crm (d3) is still in_doubt: no reason",
      "I14 d3 is in_doubt and nobody says why.",
    ],
  ],
  [
    "a part refused and swallowed with its neighbours",
    () => ({ refused: [] }),
    ["I14 SO-102 of a bundle was refused and nobody was shown it."],
  ],
  [
    "a customer who cancels too late and is not heard",
    () => ({ late: new Set<string>() }),
    ["I14 SO-3 was cancelled after it was completed, and nobody is shown it."],
  ],
  // G12
  [
    "an entry booked into a closed period",
    moved("ledger.post-entry", "entry/JE-1", () => ({ at: 7_001 })),
    ["G12 JE-1 was booked into 2026-01 of hold after that had been closed."],
  ],
];

const judged = (change: Change): readonly string[] => judge({ ...SOUND, ...change(SOUND) }).wrong;

test("a sound run has nothing wrong, and every invariant of its books had something to judge", () => {
  const { wrong, judged: all } = judge(SOUND);
  expect(wrong).toEqual([]);
  expect([...all.keys()].toSorted()).toEqual(
    ["G12", ...Array.from({ length: 14 }, (_, n) => `I${n + 1}`)].toSorted(),
  );
});

test.each(PLANTED)("%s is found, and nothing else", (_, change, sentences) => {
  expect(judged(change).toSorted()).toEqual(sentences.toSorted());
});

const sha256 = (before: string, after: string) =>
  createHash("sha256").update(Buffer.from(before, "hex")).update(after).digest("hex");
/** A line of the audit after another, sealed as the dock seals it. */
const sealed = (id: string, actor: string, previous: string): AuditLine => {
  const said = { id, at: "2026-01-05T08:00:00.000000Z", actor, action: "booked", subject: "é" };
  const fields = `1:${id},27:${said.at},5:${actor},6:booked,2:é,-,2:{},`;
  return { ...said, reason: null, facts: "{}", previous, hash: sha256(previous, fields) };
};
const FIRST = sealed("1", "maria", "");
const SECOND = sealed("2", "clerk", FIRST.hash);
const AUDIT = [FIRST, SECOND];
const COUNTED_WHOLE = { owed: 5, found: 5, settled: 4, open: 1, silent: [] };
const SHOWN_WHOLE = { applied: 3, superseded: 0, cancelled: 1, open: 1, silent: 0 };

/** What is asked of real processes: a sound answer, a planted one, and what is said about it. */
const OF_PROCESSES: readonly [string, readonly string[], readonly string[], readonly string[]][] = [
  [
    "a line of the audit taken out",
    chain(AUDIT, sha256),
    chain([SECOND], sha256),
    ["I10 line 2 of the audit does not follow the one before it."],
  ],
  [
    "a line of the audit changed",
    chain(AUDIT, sha256),
    chain([FIRST, { ...SECOND, subject: "another" }], sha256),
    ["I10 line 2 of the audit was changed after it was written."],
  ],
  [
    "a line of the audit that names nobody",
    chain(AUDIT, sha256),
    chain([{ ...FIRST, actor: "" }], sha256),
    [
      "I10 line 1 of the audit was changed after it was written.",
      "I10 line 1 of the audit says nobody did it.",
    ],
  ],
  [
    "a dock that does not come to rest",
    restless(150, 0, null),
    restless(150, 2, "3 owed"),
    ["I11 150 s after healing it is not at rest: 2 without receipt; 3 owed."],
  ],
  [
    "a dock that shows more as settled",
    dishonest(SHOWN_WHOLE, COUNTED_WHOLE),
    dishonest({ ...SHOWN_WHOLE, applied: 4 }, COUNTED_WHOLE),
    ["I13 the dock shows 5 as settled, and 4 are."],
  ],
  [
    "a dock that shows less as open",
    dishonest(SHOWN_WHOLE, COUNTED_WHOLE),
    dishonest({ ...SHOWN_WHOLE, open: 0 }, COUNTED_WHOLE),
    ["I13 the dock shows 0 as open, and 1 are."],
  ],
  [
    "a dock that counts silence where there is none",
    dishonest(SHOWN_WHOLE, COUNTED_WHOLE),
    dishonest({ ...SHOWN_WHOLE, silent: 2 }, COUNTED_WHOLE),
    ["I13 the dock counts 2 as silent, the judge 0."],
  ],
  [
    "something silent while things break",
    silences(COUNTED_WHOLE),
    silences({ ...COUNTED_WHOLE, silent: ["a of b is parked and says no reason"] }),
    ["I14 a of b is parked and says no reason."],
  ],
  [
    "a fault that did not happen",
    unfired({ "worker killed": 2 }, { "worker killed": 2 }),
    unfired({ "worker killed": 2.5 }, { "worker stopped": 9 }),
    ['I15 "worker killed" happened 0 times and not 3, so nothing was proved.'],
  ],
  [
    "an invariant with nothing to judge",
    unjudged(["I1"], new Map([["I1", 1]])),
    unjudged(["I1", "I9"], new Map([["I1", 1]])),
    ["I15 I9 had nothing to judge, so nothing was proved."],
  ],
];

test.each(OF_PROCESSES)("%s is found", (_, sound, found, sentences) => {
  expect([sound, found]).toEqual([[], sentences]);
});

/** Every sentence in the oracle's source that begins with an invariant, as a pattern of what is written in. */
const sentencesIn = (source: string): RegExp[] =>
  [...source.matchAll(/`((?:I\d+|G12) [^`]*)`/g)].map(([, sentence = ""]) => {
    const plain = sentence.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&"));
    return new RegExp(`^${plain.join(".*")}$`);
  });

test("every check of the oracle has a planted violation", () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.includes(".test."));
  const all = files.flatMap((name) => sentencesIn(readFileSync(join(folder, name), "utf8")));
  const said = [
    ...PLANTED.flatMap(([, , found]) => found),
    ...OF_PROCESSES.flatMap(([, , , found]) => found),
  ];
  expect(all.length).toBeGreaterThan(40);
  expect(all.filter((sentence) => !said.some((each) => sentence.test(each))).map(String)).toEqual([]);
  const [unplanted] = sentencesIn("`I3 nobody has planted $" + "{this}.`");
  expect([unplanted?.test("I3 nobody has planted that."), unplanted?.test("I3 anything.")]).toEqual([
    true,
    false,
  ]);
});
