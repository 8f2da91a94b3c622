/**
 * Mistakes planted around the engine, so that the oracle can be seen to notice them.
 *
 * None of them is a flag in the product: each changes what the engine is given (a store, a clock, a session, a setting, the
 * business it runs), so that it behaves exactly as if the mistake had been made inside. Numbers with B are those of the
 * list we set out with, S are others; `mends` says which of them the engine really made.
 */
import { OF_ACCEPTING } from "./bugs-of-accepting.ts";
import { OF_DECIDING } from "./bugs-of-deciding.ts";
import { OF_SENDING } from "./bugs-of-sending.ts";
import type { Bug } from "./scene.ts";

export const BUGS: readonly Bug[] = [...OF_ACCEPTING, ...OF_DECIDING, ...OF_SENDING].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
