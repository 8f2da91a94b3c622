/**
 * Many seeds in a row: what was found, how often each fault fired, and whether a run repeats itself exactly.
 *
 * A campaign in which a fault never fired has proved nothing about it, so silence is a failure here too.
 */
import type { Mistake } from "./scene.ts";
import { type Outcome, simulate } from "./world.ts";

export interface Campaign {
  readonly seeds: number;
  readonly failed: readonly Outcome[];
  readonly fired: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly virtualMs: number;
  readonly receipts: number;
  readonly effects: number;
}

/** What a few hundred seeds must have met, or they were too kind. */
const SOMETIMES = [
  "worker killed",
  "worker stopped",
  "lane taken over",
  "attempt doubted by a takeover",
  "stale round refused",
  "late outcome refused",
  "database refused",
  "database restarted",
  "connection lost before commit",
  "connection lost after commit",
  "lines broke again and again",
  "line half-open",
  "transaction stalled",
  "target away",
  "target busy",
  "request lost",
  "request delayed",
  "answer lost",
  "search behind",
  "verify found it",
  "verify found nothing",
  "second send recognised",
  "refused",
  "request later than declared",
  "second booking found by looking again",
  "master data missing",
  "went again by itself",
  "set aside after crashes",
  "person found it booked",
  "person sent it again",
  "person corrected it",
  "person sent again what was booked",
  "long outage",
  "original came after a look",
  "copy answered with the first receipt",
  "other content under a known id",
  "question withdrawn",
  "worker buried",
  "posting held: its period is closed",
  "posting moved to another period",
  "look lost by a takeover",
  "worker ended by what it had in its hands: reading",
  "worker ended by what it had in its hands: step",
  "worker ended by what it had in its hands: timer",
  "worker ended by what it had in its hands: carrying",
  "worker ended by what it had in its hands: sending",
  "worker ended by what it had in its hands: asking",
  "the others ended before what ends workers",
  "the others ended before what is refused",
];

/** Runs `seeds` seeds from `first` on, or fewer when `enough` of them have failed. */
export async function campaign(
  first: number,
  seeds: number,
  options: { readonly mistake?: Mistake; readonly enough?: number } = {},
): Promise<Campaign> {
  const failed: Outcome[] = [];
  const fired = new Map<string, number>();
  let [run, steps, virtualMs, receipts, effects] = [0, 0, 0, 0, 0];
  for (let seed = first; seed < first + seeds; seed += 1) {
    const outcome = await simulate(seed, options.mistake);
    run += 1;
    steps += outcome.steps;
    virtualMs += outcome.virtualMs;
    receipts += outcome.receipts;
    effects += outcome.effects;
    for (const [fault, times] of outcome.fired) fired.set(fault, (fired.get(fault) ?? 0) + times);
    if (outcome.violations.length > 0) failed.push(outcome);
    if (failed.length >= (options.enough ?? Number.POSITIVE_INFINITY)) break;
  }
  return { seeds: run, failed, fired, steps, virtualMs, receipts, effects };
}

/** Situations a campaign should have met and did not. */
export const missing = ({ fired }: Campaign): string[] => SOMETIMES.filter((what) => !fired.has(what));

/** At most so many runs, and so long, are spent on making a story shorter. */
const SHRINK_RUNS = 500;
const SHRINK_MS = 45_000;

/**
 * The least of a failed run that still fails by the same invariant: faults and messages are left out, in ever smaller
 * groups, as long as it does (delta debugging, Zeller 2002).
 */
export async function shrink(outcome: Outcome, mistake?: Mistake): Promise<Outcome> {
  const wanted = kindOfViolation(outcome.violations[0]);
  const begun = performance.now();
  let least = outcome;
  let runs = 0;
  const failsWith = async (names: readonly string[]): Promise<boolean> => {
    if (runs >= SHRINK_RUNS || performance.now() - begun > SHRINK_MS) return false;
    runs += 1;
    const again = await simulate(outcome.seed, mistake, new Set(names));
    if (!again.violations.some((line) => kindOfViolation(line) === wanted)) return false;
    least = again;
    return true;
  };
  // Whole kinds first: most of a bad day has nothing to do with what went wrong.
  for (let before = Number.POSITIVE_INFINITY; least.befell.length < before; ) {
    before = least.befell.length;
    for (const kind of new Set(least.befell.map(kindOf)))
      await failsWith(least.befell.filter((name) => kindOf(name) !== kind));
  }
  for (let groups = 2; groups <= least.befell.length && runs < SHRINK_RUNS; ) {
    const { befell } = least;
    const size = Math.ceil(befell.length / groups);
    let smaller = false;
    for (let from = 0; from < befell.length && !smaller; from += size)
      smaller = await failsWith(befell.filter((_, index) => index < from || index >= from + size));
    if (smaller) groups = Math.max(2, groups - 1);
    else if (size === 1) break;
    else groups *= 2;
  }
  return least;
}

/** The sentence without the names and numbers in it. */
const kindOfViolation = (violation = ""): string =>
  violation.replace(/\{.*?\}|(SO|I|P|JE)-\d+|\b[0-9a-f]{6}\b|[\d.,-]+/g, "");
const kindOf = (name: string): string => name.slice(0, name.lastIndexOf("#"));
const isMessage = (name: string): boolean => /^(order|cancel|count|bundle|entry)-/.test(name);

/** How to see it again, and the little of the story that concerns it; `shrunk` by preference. */
export function report(outcome: Outcome, bug = ""): string {
  const concerned = [...new Set(outcome.violations.flatMap((line) => line.match(/(SO|I|JE)-\d+/g) ?? []))];
  const world = /starts|killed|stopped|restarts|away|heals|·/;
  const lines = outcome.story.filter(
    (line) => world.test(line) || concerned.some((name) => new RegExp(`${name}\\b`).test(line)),
  );
  const { befell } = outcome;
  const messages = befell.filter(isMessage).length;
  const all = `npm run simulate -- --seed ${outcome.seed}${bug === "" ? "" : ` --bug ${bug}`}`;
  return [
    `Seed ${outcome.seed} (trace ${outcome.hash}):`,
    ...outcome.violations.map((line) => `  ${line}`),
    `${befell.length - messages} faults, ${messages} messages. What happened:`,
    ...lines.slice(0, 120),
    `See it again: ${all}`,
    `Only this much of it: ${all} --only "${befell.join("; ")}"`,
  ].join("\n");
}
