/**
 * Runs one row: a site is opened, orders travel, things break, everything heals, and the oracle judges.
 *
 * What must stay true: a row whose faults did not fire fails, whatever the oracle says.
 */

import { openDatabase } from "./own-database.ts";
import type { Row, Size } from "./rows.ts";
import { Site } from "./site.ts";

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
  readonly violations: readonly string[];
}

export async function runRow(row: Row, size: Size, seed: number): Promise<Figures> {
  const begun = performance.now();
  const database = row.ownDatabase && (await openDatabase(row.ownDatabase));
  const site = await Site.open({ workers: row.workers, seed, ...(database && { database }) });
  try {
    const traffic = row.load?.(site, size) ?? site.load.day(size.orders, size.perSecond);
    await row.run(site, size, traffic);
    await traffic;
    const before = site.books.read().length;
    site.heal();
    const healMs = await site.rest(size.restMs);
    const effects = site.books.read().length;
    const faults = site.faults();
    const wrong = await site.wrong();
    const silent = Object.entries(row.mustFire(size)).filter(
      ([fault, least]) => (faults[fault] ?? 0) < least,
    );
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
      drainPerSecond: Math.round((effects - before) / (healMs / 1_000)),
      checks: site.checks,
      rssMb: Math.round(site.rssMost / 1_048_576),
      violations: [
        ...wrong,
        ...silent.map(
          ([fault, least]) =>
            `I15 "${fault}" happened ${faults[fault] ?? 0} times and not ${Math.ceil(least)}, so nothing was proved.`,
        ),
      ],
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
