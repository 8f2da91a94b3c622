/** Waiting: look at the real state until it is as wanted, or say what it was instead. Nothing here sleeps blindly. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks until `look` gives something and returns that. Past the deadline it throws with what `otherwise` says.
 *
 * @example await until("the order is paid", 20_000, async () => (await paid()) || undefined)
 */
export async function until<Value>(
  what: string,
  withinMs: number,
  look: () => Promise<Value | undefined | false>,
  otherwise: () => Promise<string> = async () => "",
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline)
      throw new Error(`Within ${withinMs / 1_000} s it was not so that ${what}. ${await otherwise()}`);
    await sleep(25);
  }
}
