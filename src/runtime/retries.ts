/**
 * How much of what one target is sent may be tries of what failed before: a bucket of tokens.
 *
 * What must stay true: while there is anything new for a target, trying again takes at most a tenth of the calls beside a short
 * burst, so that a target which fails now and then is not sent twice of everything just when it is weakest. Nothing starves: a
 * tenth is not nothing, and when nothing new waits the bucket is not asked.
 */
import { limits } from "../std/limits.ts";

export class Retries {
  #tokens = limits.retryBurst as number;

  /** Something was sent for the first time. */
  sentNew(): void {
    this.#tokens = Math.min(limits.retryBurst, this.#tokens + limits.retryShare);
  }

  /** Whether something may be tried again now. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
