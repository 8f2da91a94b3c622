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

/** What belongs to every day of orders. */
export const A_BAD_DAY = {
  "copy answered with the first receipt": 1,
  "other content under a known id refused": 1,
  "document overtaken": 1,
};

const upTo = (last: number): Invariant[] => Array.from({ length: last }, (_, n) => `I${n + 1}` as Invariant);
/** What a day of orders gives to judge; how the others fare beside trouble (I9) is for the rows that make some. */
export const OF_A_DAY: readonly Invariant[] = upTo(14).filter((invariant) => invariant !== "I9");

/** Bad weather before every system. */
export const everySystem = (site: Site, weather: Partial<Weather>): void => {
  for (const { weather: now } of site.wires.values()) Object.assign(now, weather);
};
