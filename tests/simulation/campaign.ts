/**
 * Many seeds in a row: what was found, how often each fault fired, and whether a run repeats itself exactly.
 *
 * A campaign in which a fault never fired has proved nothing about it, so silence is a failure here too.
 */
import { type Mistake, type Outcome, simulate } from "./world.ts";

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
export const MUST_FIRE = [
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
  "person found it booked",
  "person sent it again",
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

/** Faults a campaign should have met and did not. */
export const missing = ({ fired }: Campaign): string[] => MUST_FIRE.filter((fault) => !fired.has(fault));

/** How to see it again, and the little of the story that concerns it. */
export function report(outcome: Outcome, bug = ""): string {
  const concerned = [...new Set(outcome.violations.flatMap((line) => line.match(/(SO|I)-\d+/g) ?? []))];
  const world = /starts|killed|stopped|restarts|away|heals/;
  const lines = outcome.story.filter(
    (line) => world.test(line) || concerned.some((name) => new RegExp(`${name}\\b`).test(line)),
  );
  const again = `npm run simulate -- --seed ${outcome.seed}${bug === "" ? "" : ` --bug ${bug}`}`;
  return [
    `Seed ${outcome.seed} (trace ${outcome.hash}):`,
    ...outcome.violations.map((line) => `  ${line}`),
    "What happened:",
    ...lines.slice(0, 120),
    `See it again: ${again}`,
  ].join("\n");
}
