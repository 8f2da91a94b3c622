/**
 * What a child does so that it never outlives its parent: it stops when its standard input ends.
 *
 * The parent holds the only other end of that pipe; the operating system closes it when the parent is gone, even after
 * a SIGKILL. Signals ask for the same, once; a second one ends the process at once.
 */

/** Longer than stopping in order takes: calls end within 8 s, then outcomes are recorded and lanes given up. */
const STOP_WITHIN_MS = 20_000;

/**
 * Calls `stop` once, at the first sign, then ends the process; also when stopping does not end, because what it has to write
 * down cannot be written (its database is away). What it leaves is what a crash leaves: its lanes are taken over.
 */
export function stopWithParent(stop: () => Promise<void>, withinMs = STOP_WITHIN_MS): void {
  let stopping = false;
  const begin = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      console.error(`Stopping did not end within ${withinMs / 1_000} s; it is ended now.`);
      process.exit(1);
    }, withinMs);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.stdin.once("end", begin).once("error", begin).once("close", begin).resume();
  process.once("SIGTERM", begin).once("SIGINT", begin).once("SIGHUP", begin);
}
