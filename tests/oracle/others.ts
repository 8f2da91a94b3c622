/**
 * I9 and I11: what is wrong with some is their own affair, and when all is well again everything ends.
 */
import { atRest, type Check, checks, hasEnded, type Seen, type Trouble } from "./run.ts";

/** It ends only so many workers. */
const ends = ({ trouble }: Seen): string[] =>
  (trouble?.ended ?? [])
    .filter(({ kills, most }) => kills > most)
    .map(
      ({ order, at, kills, most }) =>
        `I9 ${order} ended ${kills} workers (${at}); after ${most} it was to be set aside.`,
    );

/** The others end while it stands still. */
const goOn = ({ trouble }: Seen): string[] =>
  trouble && trouble.of.length > 0 && !trouble.othersEnded
    ? [`I9 the others did not end while ${trouble.of.join(", ")} stood still.`]
    : [];

/** What the others keep of their rate. */
const KEPT = 0.8;
/** How much later the last of a hundred may come, and what a machine of two cores that does other work adds to it. */
const LATER = 1.25;
const NOISE_MS = 1_000;
/** Who is accepted in the last moments of the trouble need not have arrived in it. */
const ON_ITS_WAY_MS = 2_000;

interface Pace {
  readonly owed: number;
  /** Milliseconds from the receipt to the effect, sorted, of those that took effect in time. */
  readonly took: readonly number[];
}

/** How the facts about the others, accepted between two moments, came to systems that were there. */
function paceOf({ promised, at }: Seen, { of, away = [] }: Trouble, from: number, until: number): Pace {
  const came = new Map(
    ["crm", "shop"]
      .filter((system) => !away.includes(system))
      .flatMap((system) => at(system).map(({ body, subject, at: moment }) => [body, { subject, moment }])),
  );
  const others = promised.filter(({ content, at: moment }) => {
    if (moment < from || moment > until - ON_ITS_WAY_MS || content.startsWith("[")) return false;
    const { orderId, item } = JSON.parse(content) as { orderId?: string; item?: string };
    if (away.includes(item === undefined ? "crm" : "shop")) return false;
    return !of.includes(item === undefined ? `order/${orderId}` : `item/${item}`);
  });
  const took = others.flatMap(({ content, at: accepted }) => {
    const effect = came.get(content);
    return effect && effect.moment < until ? [Math.max(0, effect.moment - accepted)] : [];
  });
  return { owed: others.length, took: took.sort((a, b) => a - b) };
}

const paces = (seen: Seen): { calm: Pace; troubled: Pace } | null => {
  const { trouble } = seen;
  if (trouble?.from === undefined || trouble.until === undefined) return null;
  const { from, until } = trouble;
  return { calm: paceOf(seen, trouble, 0, from), troubled: paceOf(seen, trouble, from, until) };
};
const p99 = ({ took }: Pace): number => took[Math.ceil(took.length * 0.99) - 1] ?? 0;

function keepPace(seen: Seen): string[] {
  const found = paces(seen);
  if (!found) return [];
  const { calm, troubled } = found;
  const rate = ({ owed, took }: Pace) => (owed === 0 ? 1 : took.length / owed);
  const bound = Math.max(p99(calm) * LATER, p99(calm) + NOISE_MS);
  return [
    ...(rate(troubled) < KEPT * rate(calm)
      ? [`I9 of ${troubled.owed} others ${troubled.took.length} came while some were in trouble.`]
      : []),
    ...(p99(troubled) > bound
      ? [`I9 of a hundred others the last came after ${p99(troubled)} ms, and after ${p99(calm)} ms before.`]
      : []),
  ];
}

/** After everything has healed and had its time, nothing is left open. */
const stuck = ({ deliveries, orders }: Seen): string[] => [
  ...deliveries
    .filter((each) => !hasEnded(each))
    .map(
      ({ key, connection, contract, subject, status, reason }) =>
        `I11 ${contract} ${subject} for ${connection} (${key.slice(0, 6)}) is still ${status}: ${reason ?? "no reason"}`,
    ),
  ...[...orders]
    .filter(([, status]) => status !== "completed" && status !== "abandoned")
    .map(([order, status]) => `I11 ${order} is still ${status}.`),
];

const givenUp = ({ unreachable }: Seen): string[] =>
  unreachable.map((key) => `I11 ${key.slice(0, 6)} was given up although its system was only away.`);

export const OTHERS: readonly Check[] = [
  ...checks("I9", {
    "what ends workers ends only so many": [({ trouble }) => trouble?.ended?.length ?? 0, ends],
    "the others end while some stand still": [({ trouble }) => trouble?.of.length ?? 0, atRest(goOn)],
    "the others keep their pace": [(seen) => paces(seen)?.troubled.owed ?? 0, keepPace],
  }),
  ...checks("I11", {
    "everything ends": [({ deliveries, orders }) => deliveries.length + orders.size, atRest(stuck)],
    "an outage alone uses up no tries": [({ unreachable }) => unreachable.length, givenUp],
  }),
];
