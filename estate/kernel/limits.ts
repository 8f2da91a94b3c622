/**
 * What a product allows: so many calls at once, so many in a window of time, and how long each keeps it at work.
 *
 * What must stay true: a call that is over the limit has done nothing. How the product says so, and how it misleads whoever reads
 * it, is its own (`says`). Without settings nothing is limited, and nothing takes time.
 */
import { type Answer, type Body, Refusal } from "./call.ts";

export type Crowd = "calls at once" | "calls in a window";

const NUMBERS = ["concurrent", "perWindow", "windowMs", "workMs"] as const;
type Numbers = Partial<Record<(typeof NUMBERS)[number], number>>;

export class Limits {
  readonly says: (crowd: Crowd) => Answer;
  #numbers: Numbers = {};
  #atWork = 0;
  #begun: number[] = [];
  #refused = 0;
  #most = 0;

  constructor(says: (crowd: Crowd) => Answer) {
    this.says = says;
  }

  /** Lets a call in, or says why not; `done` ends what was let in. */
  enter(now: number): { readonly refused: Answer } | { readonly workMs: number } {
    const { concurrent = Infinity, perWindow = Infinity, windowMs = 1_000, workMs = 0 } = this.#numbers;
    this.#begun = perWindow === Infinity ? [] : this.#begun.filter((at) => at > now - windowMs);
    const crowd =
      this.#atWork >= concurrent
        ? "calls at once"
        : this.#begun.length >= perWindow
          ? "calls in a window"
          : undefined;
    if (crowd !== undefined) {
      this.#refused += 1;
      return { refused: this.says(crowd) };
    }
    this.#atWork += 1;
    this.#most = Math.max(this.#most, this.#atWork);
    if (perWindow !== Infinity) this.#begun.push(now);
    return { workMs };
  }

  done(): void {
    this.#atWork -= 1;
  }

  /** Checks the setting `limits: {concurrent, perWindow, windowMs, workMs}`; throws a Refusal. */
  static settle(limits: Body): Body {
    for (const [name, value] of Object.entries(limits)) {
      const sound = NUMBERS.some((one) => one === name) && Number.isInteger(value) && (value as number) >= 0;
      if (!sound) {
        throw new Refusal(
          400,
          "INVALID_FIELD",
          `limits has whole numbers ${NUMBERS.join(", ")}; found ${name}.`,
        );
      }
    }
    return limits;
  }

  set(limits: Body): void {
    this.#numbers = limits as Numbers;
  }

  shown(): Body {
    return { ...this.#numbers, refused: this.#refused, mostAtOnce: this.#most };
  }
}
