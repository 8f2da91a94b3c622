/**
 * What happens to a delivery after an attempt. Pure: facts in, verdict out.
 *
 * The rules that keep money from being posted twice live here and nowhere else: when a second send is safe, how long to
 * wait before asking, how often to try, and when to stop and ask a person. The dispatcher carries verdicts out.
 *
 * @covers EVT-42, PRC-28
 */
import type { Guarantees } from "../connectors/connector.ts";
import type { Criticality } from "../contracts/contract.ts";
import { ContractBroken, CrossdockError, Defect, InDoubt, Refused, Unavailable } from "../std/errors.ts";

/** Where a delivery stands when an attempt begins. */
export interface Standing {
  readonly criticality: Criticality;
  readonly guarantees: Guarantees;
  /** Attempts made, this one included. */
  readonly attempts: number;
  /** How often an attempt ended without a usable answer. */
  readonly doubts: number;
  /** How often verify said "never heard of it" since the last doubt. */
  readonly notFound: number;
}

export type Verdict =
  /** Send again after `delayMs`; nothing happened at the target. `shown`: a person should know that it is still being tried. */
  | { readonly next: "try again"; readonly delayMs: number; readonly shown?: true }
  /** Ask the target whether it happened, after `delayMs`. */
  | { readonly next: "verify"; readonly delayMs: number }
  /** Send now: the target would recognise a second send, or has twice said that it never heard of the first. */
  | { readonly next: "send" }
  /** A person decides. `held`: a business rule said not now, which is not an error. */
  | { readonly next: "park"; readonly as: "parked" | "held"; readonly why: ExceptionClass };

export type ExceptionClass =
  | "temporary"
  | "data"
  | "business hold"
  | "unclear outcome"
  | "contract change"
  | "access"
  | "duplicate or conflict"
  | "defect";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Tries {
  /** Delays between tries; the last one repeats. */
  readonly delaysMs: readonly number[];
  readonly max: number;
  /** When a person is shown that it is still being tried. */
  readonly shownAfterMs: number;
}

/**
 * Tries by criticality. With the number of tries they span at most: C1 12 tries in 11.7 hours, C2 10 tries in 68 minutes, C3
 * 63 tries in an hour, C4 8 tries in 20.6 hours. Time with an open breaker does not count, because an open breaker does not try.
 */
const TRIES: Readonly<Record<Criticality, Tries>> = {
  C1: {
    delaysMs: [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR],
    max: 12,
    shownAfterMs: 15 * MINUTE,
  },
  C2: {
    delaysMs: [2_000, 10_000, 30_000, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE],
    max: 10,
    shownAfterMs: 5 * MINUTE,
  },
  C3: { delaysMs: [1_000, 5_000, 30_000, MINUTE], max: 63, shownAfterMs: 30 * MINUTE },
  C4: { delaysMs: [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR], max: 8, shownAfterMs: 4 * HOUR },
};

/** The planned pause after so many tries, and all pauses up to its end. */
function pausesOf({ delaysMs }: Tries, attempts: number): { planned: number; until: number } {
  const delay = (index: number) => delaysMs[Math.min(index, delaysMs.length - 1)] ?? MINUTE;
  let until = 0;
  for (let index = 0; index < attempts; index += 1) until += delay(index);
  return { planned: delay(attempts - 1), until };
}

/** How much earlier than a target says we take a key for forgotten: our clocks differ, and a call takes its time. */
const KEY_MARGIN = 0.9;

/**
 * What holds for a parcel that may have been sent so long ago: a target that forgets keys would take an old one for a new one,
 * so that from then on it can only be searched, or not even that.
 */
export const inForce = (guarantees: Guarantees, sentForMs: number): Guarantees =>
  guarantees.repeat === "key" && sentForMs >= (guarantees.keyLifetimeMs ?? Infinity) * KEY_MARGIN
    ? { ...guarantees, repeat: guarantees.verifies ? "searchable" : "none" }
    : guarantees;

/** An unclear outcome is resolved at most this often by itself; then a person is asked. */
const DOUBTS_MAX = 3;

/** Whether a second send of the same parcel can never take effect twice. */
export const harmlessTwice = ({ repeat }: Guarantees): boolean =>
  repeat === "key" || repeat === "upsert" || repeat === "unique-reference";

/** Equal jitter: between half and all of the planned delay, so that the tries last as long as they are meant to. `chance` is in [0, 1). */
const jitter = (delayMs: number, chance: number): number => Math.round(delayMs * (0.5 + chance / 2));

/** After an attempt ended in an error. `chance` is a random number in [0, 1), handed in so that a test can choose it. */
export function afterError(error: unknown, at: Standing, chance: number): Verdict {
  if (error instanceof Unavailable) {
    const tries = TRIES[at.criticality];
    // Sent before without an answer: once the target forgets the key, "certainly not" is true of the last try alone.
    const unclear = at.doubts > 0 && at.guarantees.keyLifetimeMs !== undefined;
    if (at.attempts >= tries.max) {
      const why = unclear ? "unclear outcome" : error.facts.access === true ? "access" : "temporary";
      return { next: "park", as: "parked", why };
    }
    const pauses = pausesOf(tries, at.attempts);
    const planned = jitter(pauses.planned, chance);
    const { retryAfterMs: asked = Number.NaN } = error;
    // A connector may have read anything there; what is no number of milliseconds was not said.
    const told = Number.isFinite(asked) ? Math.min(Math.max(Math.ceil(asked), 0), HOUR) : undefined;
    // The target knows better when it is ready: sooner than we planned, too, as long as that does not use up the tries.
    const sooner = at.attempts * 2 <= tries.max;
    const delayMs = told === undefined ? planned : sooner ? told : Math.max(planned, told);
    if (unclear) return { next: "verify", delayMs };
    // Tries at the target's own pace are over sooner than the plan says.
    const shown = delayMs >= planned && pauses.until > tries.shownAfterMs;
    return { next: "try again", delayMs, ...(shown ? { shown } : {}) };
  }
  if (error instanceof InDoubt) return inDoubt({ ...at, doubts: at.doubts + 1, notFound: 0 });
  if (error instanceof Refused) {
    if (error.facts.conflict === true || error.facts.duplicates !== undefined) {
      return { next: "park", as: "parked", why: "duplicate or conflict" };
    }
    return error.category === "business"
      ? { next: "park", as: "held", why: "business hold" }
      : { next: "park", as: "parked", why: "data" };
  }
  if (error instanceof ContractBroken) return { next: "park", as: "parked", why: "data" };
  // Whatever else interrupted the call, it may have left: our own defect is no reason to guess about the target.
  return inDoubt({ ...at, doubts: at.doubts + 1, notFound: 0 });
}

/**
 * Whether a delivery that waits after this error may go as soon as the target is back, instead of at its own time: the target did
 * not say when, and the first half of the tries is enough for it. The other half keeps its pauses, for a target that says it
 * is back and is not.
 */
export const goesWhenBack = (error: unknown, { attempts, criticality }: Standing): boolean =>
  error instanceof Unavailable && error.retryAfterMs === undefined && attempts * 2 <= TRIES[criticality].max;

/** What to do about a delivery in doubt, now. Also the first question after a crash or a takeover. */
export function inDoubt({ guarantees, doubts, notFound }: Standing): Verdict {
  if (doubts > DOUBTS_MAX) return { next: "park", as: "parked", why: "unclear outcome" };
  if (guarantees.verifies && notFound === 0)
    return { next: "verify", delayMs: Math.ceil(guarantees.settleMs) };
  if (harmlessTwice(guarantees)) return { next: "send" };
  if (!guarantees.verifies) return { next: "park", as: "parked", why: "unclear outcome" };
  // Searchable: the first "not found" may only mean "not yet". Asking twice, half a settle time apart, makes it firm.
  return notFound >= 2 ? { next: "send" } : { next: "verify", delayMs: Math.ceil(guarantees.settleMs / 2) };
}

/** The fingerprint of a cause: what groups exceptions. Never a message text. */
export function fingerprint(
  why: ExceptionClass,
  connection: string,
  contract: string,
  error: unknown,
): string {
  const code = error instanceof CrossdockError ? error.code : new Defect("unknown").code;
  const missing = error instanceof Refused && error.missing;
  const said = error instanceof CrossdockError ? (error.facts.code ?? error.facts.field ?? "") : "";
  // What waits for one record has one cause, whatever it was refused for.
  const detail = missing ? `${missing.keyType}/${missing.value}` : said;
  return [why, connection, contract, code, detail].join("|");
}
