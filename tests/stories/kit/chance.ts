/** Chance by a seed that is printed, so that a run that failed can be told again: `STORY_SEED=… vitest run …`. */

export interface Chance {
  readonly seed: number;
  /** A number from 0 up to, not including, `below`. */
  upTo(below: number): number;
}

/** The seed of the environment, or a new one; printed either way. */
export function chance(): Chance {
  const seed = Number(process.env.STORY_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`STORY_SEED=${seed}`);
  let state = seed >>> 0;
  return {
    seed,
    // mulberry32, by Tommy Ettinger, public domain.
    upTo(below) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
    },
  };
}
