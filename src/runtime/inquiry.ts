/**
 * Asks systems what they hold of documents, for those who look whether they agree.
 *
 * Questions can wait: they are put when a connection has room. What stays true: a system that is away, or answers what cannot be read, is
 * an answer too, and fails no other question.
 */
import type { Session } from "../connectors/connector.ts";
import type { Agreement, Snapshot } from "../contracts/agreement.ts";
import type { Answered } from "../contracts/judgement.ts";
import { CrossdockError, Unusable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { milliseconds } from "../std/span.ts";
import type { AgreementStore } from "./agreement-store.ts";
import type { Clock } from "./clock.ts";
import type { ConnectionState } from "./dock.ts";
import { numberOf } from "./look.ts";
import type { Suspicion } from "./suspicion.ts";

const ASK_WITHIN_MS = 8_000;

export interface InquiryGiven {
  readonly store: Pick<AgreementStore, "watch">;
  readonly sessions: ReadonlyMap<string, Pick<Session, "ask">>;
  readonly clock: Clock;
  readonly log: Log;
  readonly suspicion: Pick<Suspicion, "watch">;
  readonly connections: () => readonly ConnectionState[];
  /** Makes a call when its connection has room for one that can wait. */
  readonly atLeisure: <Answer>(connection: string, call: () => Promise<Answer>) => Promise<Answer>;
}

export class Inquiry {
  readonly #given: InquiryGiven;
  /** When each listing was last asked for, by the clock. */
  readonly #listed = new Map<string, number>();

  constructor(given: InquiryGiven) {
    this.#given = given;
  }

  /** Asks each system once for many documents; what goes wrong is an answer too. */
  async askAll(agreement: Agreement, wanted: ReadonlyMap<string, readonly string[]>, now: number) {
    const at = new Date(now).toISOString();
    const answers = new Map<string, Map<string, Answered>>();
    await Promise.all(
      [...wanted].map(async ([system, subjects]) => {
        const snapshot = agreement.snapshots.find((one) => one.system === system);
        if (!snapshot) return;
        const of = new Map<string, Answered>();
        answers.set(system, of);
        let because = this.#away(system);
        for (let from = 0; from < subjects.length; from += snapshot.atOnce) {
          const part = subjects.slice(from, from + snapshot.atOnce);
          let answer: unknown;
          if (because === null)
            answer = await this.ask(snapshot, part.map(numberOf)).catch((error: unknown) => {
              because =
                error instanceof CrossdockError ? error.message : `It could not be asked: ${String(error)}`;
            });
          for (const subject of part)
            of.set(subject, because === null ? read(snapshot, answer, subject, at) : { at, because });
        }
      }),
    );
    return answers;
  }

  /** Asks, as often as all are compared, which documents there are that no process follows. */
  async list(agreements: Iterable<Agreement>): Promise<void> {
    const { store, clock, sessions, suspicion, atLeisure, log } = this.#given;
    for (const { name, keyType, listing, every } of agreements) {
      if (!listing || (this.#listed.get(name) ?? -Infinity) + milliseconds(every) > clock.now()) continue;
      this.#listed.set(name, clock.now());
      const { system, about, question } = listing;
      const session = sessions.get(system);
      if (!session?.ask || this.#away(system) !== null) continue;
      try {
        const answer = await atLeisure(system, async () =>
          session.ask?.({ about, data: question }, ASK_WITHIN_MS),
        );
        const numbers = await suspicion.watch(
          `listing ${name}`,
          async () => listing.numbers(answer),
          async (why) => {
            throw new Unusable(`${why}.`);
          },
        );
        if (numbers.length > 0)
          await store.watch(
            name,
            numbers.map((number) => `${keyType}/${number}`),
          );
      } catch (error) {
        log.warn("It could not be asked what there is; what is under watch stays so.", {
          agreement: name,
          error: String(error),
        });
      }
    }
  }

  /** What a system answers about these documents. Throws what the connection threw. */
  async ask(snapshot: Snapshot, numbers: readonly string[]): Promise<unknown> {
    const { sessions, atLeisure } = this.#given;
    const session = sessions.get(snapshot.system);
    if (!session?.ask) throw new Unusable(`${snapshot.system} cannot be asked.`);
    const question = { about: snapshot.about, data: snapshot.question(numbers) };
    return atLeisure(snapshot.system, async () => session.ask?.(question, ASK_WITHIN_MS));
  }

  /** Why a system is not asked now; null when it may be. */
  #away(system: string): string | null {
    const state = this.#given.connections().find(({ name }) => name === system);
    if (state?.pause) return `${state.title} is paused by ${state.pause.by}.`;
    if (state && state.breaker !== "closed") return `${state.title} does not answer.`;
    return null;
  }
}

function read(snapshot: Snapshot, answer: unknown, subject: string, at: string): Answered {
  try {
    return { at, book: snapshot.read(answer, numberOf(subject)) };
  } catch (error) {
    return {
      at,
      because: `Its answer cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
