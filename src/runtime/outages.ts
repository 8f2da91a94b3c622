/**
 * Tells the journal that a system does not answer, and that it does again and what had waited for it has left.
 *
 * What one worker sees first is told for all: an outage another worker has open is not told again. Two that see it in the same moment
 * both tell; each says what it saw. The charts' own record of outages is written in the same transaction.
 */
import { DependencyRestored, DependencyUnavailable } from "../contracts/canon/watching.ts";
import { OURSELVES } from "../contracts/judgement.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import type { Outage } from "../trace/figures.ts";
import type { ConnectionState } from "./dock.ts";

/** A connection, and the instant up to which what is owed to it counts as having waited. */
export interface Awaited {
  readonly connection: string;
  readonly before: string;
}

export interface OutageStore {
  /** Which of these another worker says are away, and how much of each still waits: at most ten thousand. */
  standing(
    worker: string,
    awaited: readonly Awaited[],
  ): Promise<{ readonly elsewhere: readonly string[]; readonly waiting: ReadonlyMap<string, number> }>;
  /** Outages begun and ended, and what is told of them. */
  note(
    worker: string,
    seen: {
      readonly away: readonly Outage[];
      readonly back: readonly string[];
      readonly told: readonly Entry[];
    },
  ): Promise<void>;
}

/** Whether what waited has left is asked of the database once in so many looks; at once when this worker holds nothing any more. */
const ASK_LOOKS = 10;

interface Returned {
  readonly since: string;
  readonly restoredAt: string;
  readonly waited: number;
}

export class Outages {
  readonly #store: OutageStore;
  readonly #worker: string;
  /** When each that is away went, and the most that this worker had waiting for it. */
  readonly #away = new Map<string, { since: string; waited: number }>();
  /** Those that answer again while what waited for them is still leaving. */
  readonly #returned = new Map<string, Returned>();
  #looks = 0;

  constructor(store: OutageStore, worker: string) {
    this.#store = store;
    this.#worker = worker;
  }

  /** An outage is written when it is seen, so that a short one is not missed. */
  async look(now: readonly ConnectionState[], at: Date): Promise<void> {
    this.#looks += 1;
    const instant = at.toISOString();
    for (const { name, waiting, inFlight } of now) {
      const one = this.#away.get(name);
      if (one) one.waited = Math.max(one.waited, waiting + inFlight);
    }
    const away = now.flatMap((one): Outage[] => {
      const absence = absenceOf(one);
      return absence && !this.#away.has(one.name) ? [{ connection: one.name, ...absence }] : [];
    });
    const back = now.flatMap((one) =>
      absenceOf(one) === null && this.#away.has(one.name) ? [one.name] : [],
    );
    const leaving = [...this.#returned.keys()].filter((name) => {
      const held = now.find((one) => one.name === name);
      return this.#looks % ASK_LOOKS === 0 || (held?.waiting ?? 0) + (held?.inFlight ?? 0) === 0;
    });
    if (away.length + back.length + leaving.length === 0) return;

    const { elsewhere, waiting } = await this.#store.standing(this.#worker, [
      ...[...away.map(({ connection }) => connection), ...back].map((connection) => ({
        connection,
        before: instant,
      })),
      ...leaving.map((connection) => ({ connection, before: this.#returned.get(connection)!.restoredAt })),
    ]);
    const left = (name: string): number => waiting.get(name) ?? 0;
    const isFirst = (name: string): boolean => !elsewhere.includes(name);
    const restored = leaving.filter(
      (name) => left(name) === 0 && !away.some((one) => one.connection === name),
    );
    await this.#store.note(this.#worker, {
      away,
      back,
      told: [
        ...away.flatMap((one) =>
          isFirst(one.connection) ? [unavailable(one, left(one.connection), this.#worker)] : [],
        ),
        ...restored.map((name) => answersAgain(name, this.#returned.get(name)!, this.#worker)),
      ],
    });
    for (const name of restored) this.#returned.delete(name);
    for (const { connection, since } of away) {
      this.#away.set(connection, { since, waited: left(connection) });
      this.#returned.delete(connection);
    }
    for (const name of back) {
      const { since, waited } = this.#away.get(name)!;
      this.#away.delete(name);
      // The last worker that sees it back tells.
      if (isFirst(name))
        this.#returned.set(name, { since, restoredAt: instant, waited: Math.max(waited, left(name)) });
    }
  }
}

/** Why it is away, for what we send or for what it would send us, and since when; null: it is not. */
function absenceOf({
  breaker,
  since,
  because,
  unheard,
}: ConnectionState): Pick<Outage, "since" | "because"> | null {
  if (breaker !== "closed" && since !== null) return { since, because: because ?? "It does not answer." };
  return breaker === "closed" ? unheard : null;
}

const told = (connection: string, id: string) =>
  ({
    id,
    source: OURSELVES,
    correlation: `connection/${connection}`,
    causation: null,
    routed: false,
    occurredAt: null,
  }) as const;

function unavailable({ connection, since, because }: Outage, waiting: number, worker: string): Entry {
  const fact = DependencyUnavailable.of({ connection, since, waiting, reason: because });
  return entryOf(fact, told(connection, `outage:${connection}:${worker}:${since}`));
}

function answersAgain(connection: string, { since, restoredAt, waited }: Returned, worker: string): Entry {
  const fact = DependencyRestored.of({ connection, since, restoredAt, drained: waited });
  return entryOf(fact, told(connection, `outage:${connection}:${worker}:${since}:over`));
}
