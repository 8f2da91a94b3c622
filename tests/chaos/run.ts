/**
 * Runs one row: a site is opened, orders travel, things break, everything heals, and the oracle judges.
 *
 * What must stay true: a row whose faults did not fire, or which gave the oracle nothing to judge, fails, whatever the
 * oracle says.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { unfired, unjudged } from "../oracle/processes.ts";
import { openDatabase } from "./own-database.ts";
import type { Row, Size } from "./row.ts";
import { Site } from "./site.ts";
import { verdictOn } from "./verdict.ts";

/** What a run of one row came to. */
export interface Figures {
  readonly row: string;
  readonly seed: number;
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly receipts: number;
  readonly effects: number;
  readonly lost: number;
  readonly doubled: number;
  /** Deliveries only a person could tell about. */
  readonly unclear: number;
  /** From the healing to the moment when nothing was open. */
  readonly healMs: number;
  /** Effects a second from the healing on. */
  readonly drainPerSecond: number;
  /** How often the equation of no silent state was asked while it went on. */
  readonly checks: number;
  readonly rssMb: number;
  /** How many things each invariant had to judge. */
  readonly judged: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** Orders of a day on which nothing is broken. */
const CALM_ORDERS = 24;
/** The longest that bad weather stays when the traffic has ended. */
const STAYS_MS = 30_000;

/** `calm`: nothing is broken, and the run must fail for it. */
export async function runRow(row: Row, size: Size, seed: number, calm = false): Promise<Figures> {
  const begun = performance.now();
  const database = row.ownDatabase && (await openDatabase(row.ownDatabase));
  const environment = calm ? undefined : row.environment?.(size);
  const site = await Site.open({
    workers: row.workers,
    seed,
    ...(database && { database }),
    ...(environment && { environment }),
  });
  try {
    const traffic = calm
      ? site.load.day(Math.min(size.orders, CALM_ORDERS), 10)
      : (row.load?.(site, size) ?? site.load.day(size.orders, size.perSecond));
    if (!calm) await row.run(site, size, traffic);
    await traffic;
    // The weather stays until it has done what it is there for: on a busy machine that takes longer than the traffic.
    for (const until = performance.now() + (calm ? 0 : STAYS_MS); performance.now() < until; await sleep(250))
      if (unfired(row.mustFire(size), site.faults()).length === 0) break;
    site.heal();
    const healMs = await site.rest(size.restMs);
    const effects = site.books.read().length;
    const faults = site.faults();
    const { wrong, judged } = await verdictOn(site);
    const { at, effects: before } = site.wentOn ?? { at: 0, effects: 0 };
    const of = (invariant: string) => wrong.filter((line) => line.startsWith(`${invariant} `)).length;
    return {
      row: row.name,
      seed,
      faults,
      effects,
      seconds: Math.round((performance.now() - begun) / 100) / 10,
      receipts: site.load.receipts.length,
      lost: of("I1"),
      doubled: of("I2"),
      unclear: await site.unclear(),
      healMs: Math.round(healMs),
      drainPerSecond: Math.round((effects - before) / ((site.restedAt - at) / 1_000)),
      checks: site.watch.checks,
      rssMb: Math.round(site.watch.rssMost / 1_048_576),
      judged: Object.fromEntries(judged),
      violations: [...wrong, ...unfired(row.mustFire(size), faults), ...unjudged(row.judges, judged)],
    };
  } finally {
    await site.close();
  }
}

/** A run in one line, with how to see it again. */
export function inWords({
  row,
  seed,
  seconds,
  faults,
  receipts,
  effects,
  lost,
  doubled,
  unclear,
  healMs,
}: Figures): string {
  const fired = Object.entries(faults).map(([fault, times]) => `${times} × ${fault}`);
  return [
    `${row}: ${receipts} receipts, ${effects} effects, ${lost} lost, ${doubled} doubled, ${unclear} unclear`,
    `at rest ${(healMs / 1_000).toFixed(1)} s after healing, ${seconds} s in all`,
    fired.join(", "),
    `again: npm run chaos -- --only ${row} --seed ${seed}`,
  ].join("; ");
}
