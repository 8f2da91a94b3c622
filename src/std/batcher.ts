/**
 * Group commit: whatever gathers while one batch is in flight becomes the next batch.
 *
 * An idle batcher sends the first item at once, so latency stays low; under load batches grow by themselves, so cost per
 * item falls. One batch is in flight at a time, which also keeps the items' order.
 */

export class Batcher<Item, Result> {
  readonly #max: number;
  readonly #send: (items: readonly Item[]) => Promise<readonly Result[]>;
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (reason: unknown) => void }[] = [];
  readonly #soon: (call: () => void) => void;
  #whenEmpty: (() => void)[] = [];
  #inFlight = false;
  #scheduled = false;

  /**
   * `send` receives at most `max` items and returns their results in the same order; a rejection rejects them all. `soon`
   * calls back on the next turn of the event loop; whoever brings their own clock brings theirs.
   */
  constructor(
    max: number,
    send: (items: readonly Item[]) => Promise<readonly Result[]>,
    soon: (call: () => void) => void = setImmediate,
  ) {
    this.#max = max;
    this.#send = send;
    this.#soon = soon;
  }

  /** Items gathered and not yet sent. */
  get waiting(): number {
    return this.#waiting.length;
  }

  push(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing is waiting or in flight. */
  async drained(): Promise<void> {
    if (this.#inFlight || this.#waiting.length > 0)
      await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight) return;
    this.#scheduled = true;
    // One turn of the event loop: everything that arrives in the same turn shares the commit.
    this.#soon(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#inFlight || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.#max);
    this.#inFlight = true;
    try {
      const results = await this.#send(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (reason) {
      for (const { reject } of batch) reject(reason);
    }
    this.#inFlight = false;
    if (this.#waiting.length > 0) return void this.#flush();
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
