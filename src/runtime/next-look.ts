/**
 * When a document is looked at again: by what was found of it, by what was sent for it, and by whether it is over.
 *
 * One thing stays true: what differs is looked at until it does not, and what ended is looked at once more, and then let go. Pure but
 * for the memory of what somebody has just mended.
 */
import type { Judged } from "../contracts/judgement.ts";
import { milliseconds } from "../std/span.ts";
import type { Finding, Looked } from "../work/agreements.ts";
import type { Sent } from "./agreement-store.ts";
import type { Clock } from "./clock.ts";
import type { Look } from "./look.ts";

/** A system that could not be asked is asked again after this. */
const AWAY_MS = 120_000;
/** A figure that moves and differs is looked at again after this. */
const MOVING_MS = 60_000;
/** A finished document is compared once more after this, and then let go. */
export const KEPT_MS = 7 * 86_400_000;
export const SOON_MS = 1_000;
/** What was sent a moment ago, as somebody mends it, is looked at again after half that time, and within these. */
const MOVED_MS = { least: 200, most: 2_000 };
const A_MOMENT_MS = 20_000;
export const LATER_MS = 3_600_000;

/** Documents somebody has just mended: they are looked at often until they agree. */
export class Tended {
  /** When, by the clock of what is sent. */
  readonly #since = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(subject: string): void {
    this.#since.set(subject, this.#clock.date().getTime());
  }
  end(subject: string): void {
    this.#since.delete(subject);
  }
  has(subject: string): boolean {
    return this.#since.has(subject);
  }

  /** Until it is looked at again on account of what was sent for it a moment ago; null where nothing was. */
  movedMs(subject: string, sent: readonly Sent[], now: number): number | null {
    const tended = this.#since.get(subject);
    const last = Math.max(tended ?? -Infinity, ...sent.map(({ updatedAt }) => new Date(updatedAt).getTime()));
    if (now - last >= A_MOMENT_MS) {
      this.#since.delete(subject);
      return null;
    }
    // Somebody who has just mended it waits for it.
    if (tended === undefined) return MOVED_MS.most;
    return Math.round(Math.min(Math.max((now - last) / 2, MOVED_MS.least), MOVED_MS.most));
  }
}

/** How long until a document is looked at again; null when it is agreed for good. */
export function nextLook(
  look: Look,
  all: readonly Judged[],
  findings: readonly Finding[],
  stand: Looked["stand"],
  now: number,
): number | null {
  const { agreement, row } = look;
  const every = milliseconds(agreement.every);
  if (stand === "differ") {
    const since = Math.min(...findings.map(({ since: at }) => (at === null ? now : Date.parse(at))));
    return Math.min(Math.max((now - since) / 4, 60_000), LATER_MS);
  }
  if (stand === "settling") {
    const due = all.flatMap(({ dueMs }) => (dueMs === null ? [] : [dueMs - now]));
    // What goes up and down is looked at often: whether it ever goes away decides.
    if (findings.some(({ milestone }) => milestone === agreement.moving?.milestone)) due.push(MOVING_MS);
    return due.length > 0 ? Math.max(Math.min(...due), SOON_MS) : AWAY_MS;
  }
  const { away } = look;
  if (stand === "cannot tell" && away) return AWAY_MS;
  if (!look.finishedMs) return every;
  // Compared once more when a week has passed; then it is agreed for good.
  const rest = look.finishedMs + KEPT_MS - now;
  if (rest > 0) return rest;
  return look.asked && !away && row.comparison === null ? null : SOON_MS;
}
