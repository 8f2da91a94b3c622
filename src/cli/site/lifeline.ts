/**
 * What a child does so that it never outlives its parent: it stops when its standard input ends.
 *
 * The parent holds the only other end of that pipe; the operating system closes it when the parent is gone, even after
 * a SIGKILL. Signals ask for the same, once; a second one ends the process at once.
 */

/** Calls `stop` once, at the first sign, then ends the process. */
export function stopWithParent(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = () => {
    if (stopping) return;
    stopping = true;
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
