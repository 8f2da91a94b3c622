/** What is expected of whoever owns a business hold: policy as people write it. */
import { milliseconds, type Span } from "../std/span.ts";
import type { HoldClock } from "../work/holds.ts";

/** By owner; `"*"` for every other. `escalateTo` left out: the same owner, and it is shown as overdue. */
export type Holds = Readonly<Record<string, { readonly within: Span; readonly escalateTo?: string }>>;

/** A day for everybody. */
export const HOLDS: Holds = { "*": { within: "1d" } };

export const clocksOf = (holds: Holds): Readonly<Record<string, HoldClock>> =>
  Object.fromEntries(
    Object.entries({ ...HOLDS, ...holds }).map(([owner, { within, escalateTo = null }]) => [
      owner,
      { within: milliseconds(within), escalateTo },
    ]),
  );
