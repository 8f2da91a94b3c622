/**
 * What a row of the fault matrix is: what is broken, how much of it, what must have happened, and what must have been judged.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Invariant } from "../oracle/run.ts";
import type { Site } from "./site.ts";
import type { Weather } from "./wire.ts";

export interface Size {
  readonly orders: number;
  readonly perSecond: number;
  /** How often the row does what it does. */
  readonly times: number;
  /** How long everything may take to come to rest after healing. */
  readonly restMs: number;
}

export interface Row {
  readonly name: string;
  /** Rows of the fault matrix it stands for. */
  readonly stands: string;
  readonly is: string;
  readonly workers: number;
  /** It ends PostgreSQL, or fills its disk, and so has one of its own. */
  readonly ownDatabase?: "plain" | "small disk";
  readonly short?: Size;
  readonly night: Size;
  /** What it must have given the oracle to judge. */
  readonly judges: readonly Invariant[];
  /** What else its workers are told. */
  environment?(size: Size): NodeJS.ProcessEnv;
  /** What has to have fired and how often, or the run has proved nothing. */
  mustFire(size: Size): Readonly<Record<string, number>>;
  /** What is sent; a day of orders unless said otherwise. */
  load?(site: Site, size: Size): Promise<void>;
  /** Breaks things until `traffic` has been sent. */
  run(site: Site, size: Size, traffic: Promise<void>): Promise<void>;
}

/** `times` times in the course of the day, evenly: each begins when its moment has come and the one before has ended. Then waits for the rest. */
export async function through(
  { orders, perSecond, times }: Size,
  traffic: Promise<void>,
  happens: (n: number) => void | Promise<void>,
): Promise<void> {
  const begun = performance.now();
  for (let n = 1; n <= times; n += 1) {
    const moment = begun + ((orders / perSecond) * 1_000 * (n - 0.5)) / times;
    await sleep(Math.max(0, moment - performance.now()));
    await happens(n);
  }
  await traffic;
}

/** Every `ms` until the traffic has ended. */
export async function until(
  traffic: Promise<void>,
  ms: () => number,
  happens: () => void | Promise<void>,
): Promise<void> {
  let over = false;
  traffic.finally(() => {
    over = true;
  });
  while (!over) {
    await sleep(ms());
    if (!over) await happens();
  }
}

/** Waits until this has happened; on a busy machine that is later than one thinks. One that never happens is found missing at the end. */
export async function firing(site: Site, fault: string): Promise<void> {
  for (const until = performance.now() + 30_000; performance.now() < until; await sleep(50))
    if ((site.faults()[fault] ?? 0) > 0) return;
}

/** What belongs to every day of orders. */
export const A_BAD_DAY = {
  "copy answered with the first receipt": 1,
  "other content under a known id refused": 1,
  "document overtaken": 1,
};

const upTo = (last: number): Invariant[] => Array.from({ length: last }, (_, n) => `I${n + 1}` as Invariant);
/** What a day of orders gives to judge; how the others fare beside trouble (I9) is for the rows that make some. */
const OF_A_DAY: readonly Invariant[] = upTo(14).filter((invariant) => invariant !== "I9");

/** A row of a day of orders: what such a day always brings has to have happened as well, and what it gives to judge to have been judged. */
export const aDay = ({
  judges = [],
  mustFire,
  ...row
}: Omit<Row, "judges"> & { readonly judges?: readonly Invariant[] }): Row => ({
  ...row,
  judges: [...OF_A_DAY, ...judges],
  mustFire: (size) => ({ ...A_BAD_DAY, ...mustFire(size) }),
});

/** How many rows a statement finds, as it counts them in `n`. */
export async function numberOf(site: Site, text: string, values: readonly unknown[] = []): Promise<number> {
  return (await site.pool.query<{ n: number }>(text, [...values])).rows[0]?.n ?? 0;
}

/** Bad weather before every system. */
export const everySystem = (site: Site, weather: Partial<Weather>): void => {
  for (const { weather: now } of site.wires.values()) Object.assign(now, weather);
};
