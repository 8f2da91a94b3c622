/**
 * Everything one round of the conductor causes, gathered until it commits as one.
 *
 * Holds and adds up, and decides nothing: `round.ts` says what processes decided, `carriage.ts` what flows owe.
 */
import type { Entry } from "../journal/append.ts";
import { Counts, type KnownKey, type Opinion, type Raised } from "../trace/record.ts";
import type { NewDelivery } from "../work/deliveries.ts";
import type { AskedQuestion, Instance } from "../work/instances.ts";
import type { Parcelled } from "./line.ts";
import type { Decided, Resolved, Steps } from "./store.ts";

export class Gathered {
  readonly #entries: Entry[] = [];
  readonly #decided: Decided[] = [];
  readonly #opinions = new Map<string, Opinion>();
  readonly #keys: KnownKey[] = [];
  readonly deliveries: NewDelivery[] = [];
  /** Instances that changed. */
  readonly changed = new Set<Instance>();
  readonly questions: AskedQuestion[] = [];
  /** Ids of questions nobody needs to answer any more. */
  readonly withdrawn: string[] = [];
  readonly counts = new Counts();
  readonly raised: Raised[] = [];
  readonly resolved: Resolved[] = [];
  /** What the dispatcher may hand out once the round has committed. */
  readonly parcels: Parcelled[] = [];

  steps(worker: string, lanes: Steps["lanes"], to: Steps["to"], ended: readonly string[]): Steps {
    return {
      worker,
      lanes,
      to,
      ended,
      entries: this.#entries,
      deliveries: this.deliveries,
      instances: [...this.changed],
      questions: this.questions,
      withdrawn: this.withdrawn,
      decided: this.#decided,
      opinions: [...this.#opinions.values()],
      keys: this.#keys,
      counts: this.counts.all,
      raised: this.raised,
      resolved: this.resolved,
    };
  }

  /** The business transactions this round touched. */
  get correlations(): string[] {
    return [
      ...new Set(
        [...this.#entries, ...this.deliveries, ...this.changed].map(({ correlation }) => correlation),
      ),
    ];
  }

  append(entry: Entry): void {
    this.#entries.push(entry);
    for (const key of entry.keys) this.#keys.push({ ...key, correlation: entry.correlation });
  }

  /** A system said something about a milestone. */
  hear(opinion: Opinion): void {
    const id = `${opinion.subject}\n${opinion.milestone}\n${opinion.system}`;
    const known = this.#opinions.get(id);
    if (!known || known.saidAt <= opinion.saidAt) this.#opinions.set(id, opinion);
  }

  /** A person decided about a delivery. */
  decide(decided: Decided): void {
    this.#decided.push(decided);
    for (const { keys, correlation } of decided.answers)
      for (const key of keys) this.#keys.push({ ...key, correlation });
    if (decided.status === "applied" || decided.status === "cancelled") {
      this.resolved.push({ subjectKind: "delivery", subject: decided.key, resolution: decided.reason });
    }
  }

  /** A fact we could not read at all: our build lacks its contract. Shown once, never skipped in silence. */
  unreadable(contract: string, ref: string, correlation: string, why: string): void {
    this.raised.push({
      fingerprint: ["contract change", contract].join("|"),
      class: "contract change",
      subjectKind: "instance",
      subject: `${contract} ${ref}`,
      connection: null,
      correlation,
      title: `${contract} cannot be read`,
      reason: why,
      owner: "integration",
    });
  }
}
