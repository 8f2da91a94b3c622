/**
 * What Node compiles of our sources is kept for the other processes of a run, and of later runs: the stories start dozens, and each
 * would strip and compile thousands of files anew, which is most of what a start costs. Node holds the kept code against the source.
 */
import { join } from "node:path";

/** vitest's globalSetup; every kind of child inherits the variable. */
export function setup(): void {
  process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "../../node_modules/.cache/compiled");
}
