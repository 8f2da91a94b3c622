/**
 * Which row of a table carried which value, told to whoever watches.
 *
 * Reading and writing are pure and never wait, so one watcher at a time is all there can be: it is set for the length of one
 * call and gone afterwards, also when the call throws. Nobody watches while documents are moved.
 */

/** One value, carried by one row. */
export interface Carrying {
  /** The document the table is of: `850`, `ORDERS`. */
  readonly document: string;
  /** Where it stands, as people name it, and how the row reads or writes it. */
  readonly place: string;
  readonly kind: string;
  /** The field of the message, from its root: `lines[0].item`. */
  readonly path: string;
  /** The message as far as it is read, or whole when it is written: those of one message have the same. */
  readonly message: object;
  /** What stands in the document; several texts may be one field, such as a quantity and its unit. */
  readonly values: readonly string[];
}

let watcher: ((carried: Carrying) => void) | null = null;

export const isWatched = (): boolean => watcher !== null;

export const tell = (carried: Carrying): void => watcher?.(carried);

/** Does the work, and tells `watch` each value that a table carries meanwhile. */
export function watched<Result>(work: () => Result, watch: (carried: Carrying) => void): Result {
  const before = watcher;
  watcher = watch;
  try {
    return work();
  } finally {
    watcher = before;
  }
}
