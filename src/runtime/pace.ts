/**
 * How long accepting gives way to sending, so that one machine that does both sends what it has accepted.
 *
 * What must stay true: giving way is bounded, and a target that is slow or away costs nobody else anything. Only lines that
 * move fast count: what waits there waits for this machine, not for the target. Without it a burst piles up in memory until
 * parcels have to be written and read once more. Pure, with the time handed in.
 */
import { limits } from "../std/limits.ts";

/** Parcels a second from which on a target counts as fast. */
const FAST = 100;
/** Parcels that may wait in memory before accepting gives way, and those at which it does so most. */
const FREE = limits.deliveriesInMemoryMax * 0.5;
const FULL = limits.deliveriesInMemoryMax * 0.9;
/** The longest a commit of arrivals waits. */
const LONGEST_MS = 200;

/** Counts what one connection settles, by the second. */
export class Pace {
  #second = 0;
  #settled = 0;
  #before = 0;

  settled(now: number): void {
    this.#roll(now);
    this.#settled += 1;
  }

  /** What it takes in a second, by the better of this second and the one before. */
  perSecond(now: number): number {
    this.#roll(now);
    return Math.max(this.#settled, this.#before);
  }

  #roll(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second === this.#second) return;
    this.#before = second === this.#second + 1 ? this.#settled : 0;
    this.#settled = 0;
    this.#second = second;
  }
}

/** Milliseconds a commit of arrivals waits, by what is ready to be sent on each connection and what each takes in a second. */
export function giveWayMs(lines: Iterable<{ readonly ready: number; readonly perSecond: number }>): number {
  let share = 0;
  for (const { ready, perSecond } of lines)
    if (perSecond >= FAST) share = Math.max(share, (ready - FREE) / (FULL - FREE));
  return Math.round(Math.min(1, share) * LONGEST_MS);
}
