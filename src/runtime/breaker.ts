/**
 * A breaker for one connection: stops calling a target that is away, and comes back gently.
 *
 * Pure state with the time handed in. While it is open nothing is tried, so no attempts are used up; one probe at a
 * time asks whether the target is back; afterwards the allowance doubles from one call to the declared concurrency.
 */

/** Opens at five certain failures in a row, or when half of at least ten calls within 30 s failed. */
const IN_A_ROW = 5;
const SHARE = 0.5;
const CALLS_MIN = 10;
const WINDOW_MS = 30_000;
/** The first probe comes after a second; then twice as long each time, up to half a minute. */
const PROBE_FIRST_MS = 1_000;
const PROBE_MAX_MS = 30_000;

export class Breaker {
  readonly #concurrency: number;
  #state: "closed" | "open" | "probing" = "closed";
  #allowed: number;
  #inARow = 0;
  #since: number | null = null;
  #because: string | null = null;
  #probeAt = 0;
  #probeAfterMs = PROBE_FIRST_MS;
  #calls: { at: number; failed: boolean }[] = [];

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#allowed = concurrency;
  }

  get state(): "closed" | "open" | "probing" {
    return this.#state;
  }
  /** Calls allowed at once now. */
  get allowed(): number {
    return this.#state === "closed" ? this.#allowed : 0;
  }
  get because(): string | null {
    return this.#because;
  }
  /** When it opened, milliseconds of the injected clock. */
  get since(): number | null {
    return this.#since;
  }

  /** A call that took effect, or was answered with a plain no: the target is there. */
  succeeded(now: number): void {
    this.#inARow = 0;
    this.#note(now, false);
    if (this.#allowed < this.#concurrency) this.#allowed = Math.min(this.#allowed * 2, this.#concurrency);
  }

  /** A call that failed because the target was away or gave no usable answer. */
  failed(now: number, because: string): void {
    this.#inARow += 1;
    this.#note(now, true);
    if (this.#state !== "closed") return;
    const failed = this.#calls.filter((call) => call.failed).length;
    const tooMany = this.#calls.length >= CALLS_MIN && failed >= this.#calls.length * SHARE;
    if (this.#inARow >= IN_A_ROW || tooMany) this.#open(now, because);
  }

  /** Opens at once: the target told us, in effect, to stop calling, e.g. by refusing our credential. */
  trip(now: number, because: string): void {
    if (this.#state === "closed") this.#open(now, because);
  }

  /** True once, when it is time to probe; the caller then reports `back` or `stillAway`. */
  probeNow(now: number): boolean {
    if (this.#state !== "open" || now < this.#probeAt) return false;
    this.#state = "probing";
    return true;
  }

  back(): void {
    this.#state = "closed";
    this.#allowed = 1;
    this.#inARow = 0;
    this.#calls = [];
    this.#since = null;
    this.#because = null;
    this.#probeAfterMs = PROBE_FIRST_MS;
  }

  stillAway(now: number, because: string): void {
    this.#state = "open";
    this.#because = because;
    this.#probeAfterMs = Math.min(this.#probeAfterMs * 2, PROBE_MAX_MS);
    this.#probeAt = now + this.#probeAfterMs;
  }

  #open(now: number, because: string): void {
    this.#state = "open";
    this.#since = now;
    this.#because = because;
    this.#probeAt = now + this.#probeAfterMs;
  }

  #note(now: number, failed: boolean): void {
    this.#calls.push({ at: now, failed });
    // Kept short: under load the window is the last two hundred calls, not all of the last half minute.
    while (this.#calls.length > 200 || (this.#calls[0] && this.#calls[0].at < now - WINDOW_MS))
      this.#calls.shift();
  }
}
