/**
 * Questions that can wait: asked inside what a target allows at once, and behind whatever is ready to be sent to it.
 *
 * What must stay true: together with deliveries there are never more calls at a target than it allows, and one such question at a
 * time of each connection. In a target that is always busy a question keeps the place it has waited long enough for; where
 * nothing is let go at all it says so, and nothing is asked.
 */
import { Unavailable } from "../std/errors.ts";
import { type Clock, pause } from "./clock.ts";

/** How often it is looked whether there is room. */
const LOOK_MS = 25;
/** After this what is ready no longer goes first, but the next call that ends makes room for the question. */
const PATIENCE_MS = 2_000;
/** Then it is given up. */
const WAIT_MS = 8_000;

/** The place of a target that a question needs: a part of its line, as the dispatcher keeps it. */
export interface Place {
  readonly title: string;
  /** Calls on the wire, this question's own among them once it has a place. */
  calling: number;
  /** Calls at once that are allowed now. */
  allowed(): number;
  /** Deliveries that could be sent at once. */
  ready(): number;
}

/** Takes its turn at each target: what asks next waits for what asks now. */
export class Leisure {
  readonly #clock: Clock;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes the call when the target has room for it. @throws {Unavailable} when nothing is let go to it for a while */
  async take<Answer>(
    name: string,
    place: Place,
    freed: () => void,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const before = this.#turns.get(name);
    const mine = (async () => {
      await before?.catch(() => undefined);
      await this.#room(place, freed);
      try {
        return await call();
      } finally {
        place.calling -= 1;
        freed();
      }
    })();
    this.#turns.set(name, mine);
    return mine;
  }

  async #room(place: Place, freed: () => void): Promise<void> {
    const from = this.#clock.now();
    const waited = () => this.#clock.now() - from;
    while (place.ready() > 0 || place.calling >= place.allowed()) {
      if (waited() >= PATIENCE_MS) break;
      await pause(this.#clock, LOOK_MS);
    }
    // Counted before it is made: what ends next is not followed by a delivery, so its place is the question's.
    place.calling += 1;
    while (place.calling > place.allowed()) {
      if (waited() >= WAIT_MS) {
        place.calling -= 1;
        freed();
        throw new Unavailable(`${place.title} has no call to spare for a question.`);
      }
      await pause(this.#clock, LOOK_MS);
    }
  }
}
