/**
 * The flags of V8 that a worker process runs with.
 *
 * A worker makes a few kB of short-lived objects an order. With V8's small young generation many of them are still alive
 * when it is collected, are copied, and grow old for nothing: with 64 MB from the start, delivering an order costs a fifth
 * less processor time in Node, for 100 MB of memory a worker.
 *
 * What lives long in a worker stays under 90 MB whatever is queued. Left alone, V8 lets garbage grow to four times that before it looks;
 * with 150 it looks at two and a half times. Looking at half as much again (50) cost a fifth of the processor time of a delivery. That is
 * no limit: a document of 50 MB is read like any other.
 */
export const workerFlags: readonly string[] = [
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
  "--heap-growing-percent=150",
];
