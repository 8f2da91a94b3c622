/**
 * Promises on old values: given within a limit, and made true by asking again until the system answers.
 *
 * A promise that holds ends in silence; one that does not is a fact with the difference, and an exception for its owner, who
 * honours it or tells the customer. Nothing is booked here, so nothing can be booked twice: what follows is a person's or a
 * process's decision on one fact. Promises are in the database; whoever serves the inquiry goes on with them after a restart. So are the
 * last answers that may be promised: a system that is away while we restart is promised for all the same.
 */
import { createHash } from "node:crypto";
import { money, subtract } from "../contracts/canon/decimals.ts";
import { ExceptionRaised } from "../contracts/canon/operations.ts";
import { PromiseGiven, PromiseSettled } from "../contracts/canon/watching.ts";
import type { Answering } from "../contracts/inquiry.ts";
import { entryOf } from "../journal/append.ts";
import { Refused } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { milliseconds } from "../std/span.ts";
import type { Money } from "../trace/header.ts";
import type { DuePromise, LastAnswer } from "../work/promises.ts";
import { type Clock, pause } from "./clock.ts";
import type { PromiseStore } from "./promise-store.ts";

/** How often it is looked for promises that are due, and how long one look may take. */
const LOOK_EVERY_MS = 1_000;
const LOOK_MS = 30_000;
const AT_ONCE = 20;
/** How often answers that are too old to stand in are forgotten, in looks. */
const FORGET_EVERY = 60;
/** The longest pause between two questions about one promise. */
const PAUSE_MAX_MS = 60_000;

const OURS = { source: "crossdock", causation: null, occurredAt: null, routed: false } as const;

export interface Given {
  readonly question: unknown;
  readonly answer: unknown;
  readonly saidAt: Date;
  readonly givenTo: string;
}

/** What a system said, and when. */
export interface Said {
  readonly answer: unknown;
  readonly saidAt: Date;
}

const flowOf = ({ inquiry }: Answering): string => `inquiry ${inquiry.name}`;
/** Where the answer to a question is kept. */
const placeOf = (how: Answering, question: unknown) => ({
  flow: flowOf(how),
  alike: createHash("sha256").update(sorted(question)).digest("hex"),
});
const goodForMs = ({ lastGoodFor }: Answering): number =>
  lastGoodFor === undefined ? 0 : milliseconds(lastGoodFor);

export class Promises {
  readonly #around: {
    readonly store: PromiseStore;
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
  };
  readonly #served = new Map<string, { how: Answering; ask: (question: unknown) => Promise<unknown> }>();
  /** Heard and not yet kept: the last answer to each question. */
  #heard = new Map<string, LastAnswer>();

  constructor(around: {
    readonly store: PromiseStore;
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
  }) {
    this.#around = around;
  }

  /** Settles promises of this inquiry from now on, by `ask`, which throws for as long as the system is silent. */
  serve(how: Answering, ask: (question: unknown) => Promise<unknown>): void {
    this.#served.set(how.inquiry.name, { how, ask });
  }

  /** A system answered a caller: that may be promised to whoever asks the same, within a second also after a restart. */
  heard(how: Answering, question: unknown, { answer, saidAt }: Said): void {
    const kept = { ...placeOf(how, question), saidAt: saidAt.toISOString(), fact: JSON.stringify(answer) };
    this.#heard.set(`${kept.flow} ${kept.alike}`, kept);
  }

  /** What was last answered to this very question, as it is kept; null when that is nothing, or too old to be promised. */
  async lastSaid(how: Answering, question: unknown): Promise<Said | null> {
    const [kept] = await this.#around.store.lastAnswers([placeOf(how, question)]);
    const saidAt = new Date(kept?.saidAt ?? 0);
    const age = this.#around.clock.date().getTime() - saidAt.getTime();
    return kept && age <= goodForMs(how) ? { answer: JSON.parse(kept.fact), saidAt } : null;
  }

  /** Promises an answer on an old value; returns the promise's id, or null when as much is promised as may be. */
  async give(how: Answering, { question, answer, saidAt, givenTo }: Given): Promise<string | null> {
    const { promise, inquiry } = how;
    if (!promise) return null;
    const { clock, store } = this.#around;
    const worth = promise.worth?.(question, answer) ?? null;
    const most = worth === null ? null : (promise.limit[worth.currency] ?? null);
    if (worth !== null && most === null) return null;
    const id = clock.id();
    const texts = { question: JSON.stringify(question), answer: JSON.stringify(answer) };
    const fact = PromiseGiven.of({
      promise: id,
      inquiry: inquiry.name,
      question,
      promised: answer,
      givenTo,
      saidAt: saidAt.toISOString(),
      ...(worth === null ? {} : { worth }),
    });
    return store.give(
      {
        id,
        inquiry: inquiry.name,
        ...texts,
        saidAt: saidAt.toISOString(),
        givenTo,
        asked: createHash("sha256")
          .update(`${sorted(question)}\n${sorted(answer)}`)
          .digest("hex"),
        amount: worth?.amount ?? null,
        currency: worth?.currency ?? null,
        delivery: null,
      },
      { most, atOnce: promise.atOnce },
      [entryOf(fact, { ...OURS, id: `promise:${id}:given` })],
    );
  }

  /** Makes promises true until the signal fires. */
  async run(): Promise<void> {
    const { store, clock, log, signal } = this.#around;
    for (let look = 0; !signal.aborted; look += 1) {
      await pause(clock, LOOK_EVERY_MS, signal);
      if (this.#served.size === 0) continue;
      try {
        // Also when it stops: what was heard in its last second is kept.
        await this.#keep();
        if (signal.aborted) return;
        if (look % FORGET_EVERY === 0)
          for (const { how } of this.#served.values()) await store.forgetAnswers(flowOf(how), goodForMs(how));
        const due = await store.due([...this.#served.keys()], LOOK_MS, AT_ONCE);
        await Promise.all(due.map((promise) => this.#settle(promise)));
      } catch (error) {
        log.warn("Promises could not be looked after; trying again.", { error: String(error) });
      }
    }
  }

  async #keep(): Promise<void> {
    if (this.#heard.size === 0) return;
    const heard = this.#heard;
    this.#heard = new Map();
    try {
      await this.#around.store.keepAnswers([...heard.values()]);
    } catch (error) {
      this.#heard = new Map([...heard, ...this.#heard]);
      throw error;
    }
  }

  async #settle(due: DuePromise): Promise<void> {
    const { store } = this.#around;
    const { how, ask } = this.#served.get(due.inquiry)!;
    const { promise } = how;
    if (!promise) return;
    const question: unknown = JSON.parse(due.question);
    const promised: unknown = JSON.parse(due.answer);
    let actual: unknown = null;
    let refused: string | null = null;
    try {
      actual = await ask(question);
    } catch (error) {
      if (!(error instanceof Refused)) {
        const delayMs = Math.min(1_000 * 2 ** Math.min(due.tries, 6), PAUSE_MAX_MS);
        return store.postpone(due.id, delayMs, error instanceof Error ? error.message : String(error));
      }
      refused = error.message;
    }
    const holds = promise.holds ?? ((answer: unknown) => answer);
    const kept = refused === null && sorted(holds(promised, question)) === sorted(holds(actual, question));
    const worth = due.amount === null ? null : { amount: due.amount, currency: due.currency ?? "" };
    const now = refused === null ? (promise.worth?.(question, actual) ?? null) : null;
    const difference = kept ? null : lessPromised(worth, now);
    const fact = PromiseSettled.of({
      promise: due.id,
      inquiry: due.inquiry,
      question,
      promised,
      givenTo: due.givenTo,
      outcome: kept ? "kept" : refused === null ? "differs" : "refused",
      ...(refused === null ? { actual } : { reason: refused }),
      ...(difference === null ? {} : { difference }),
    });
    const facts = [entryOf(fact, { ...OURS, id: `promise:${due.id}:settled` })];
    const reason = kept ? null : whyNot(due, worth, now, refused);
    if (reason !== null)
      facts.push(
        entryOf(
          ExceptionRaised.of({
            subject: `promise/${due.id}`,
            fingerprint: `promise|${due.inquiry}`,
            class: "business hold",
            state: "held",
            reason,
            owner: promise.owner,
            title: `An answer given on an old value does not hold: ${due.inquiry}`,
            ...(difference === null ? {} : { valueAtRisk: difference }),
          }),
          { ...OURS, id: `promise:${due.id}:exception`, correlation: `promise/${due.id}` },
        ),
      );
    const state = kept ? "kept" : "differs";
    await store.settle(
      due.id,
      {
        state,
        actual: refused === null ? JSON.stringify(actual) : null,
        difference: difference?.amount ?? null,
        reason,
      },
      facts,
    );
  }
}

/** What it is now, less what was promised; null where the two cannot be compared. */
export function lessPromised(promised: Money | null, now: Money | null): Money | null {
  if (!promised || !now || promised.currency !== now.currency) return null;
  return money(subtract(now.amount, promised.amount), now.currency);
}

function whyNot(due: DuePromise, promised: Money | null, now: Money | null, refused: string | null): string {
  const said = `${due.givenTo} was told what the system had last said at ${due.saidAt}.`;
  if (refused !== null) return `${said} Now it refuses to answer: ${refused} Honour it, or tell them.`;
  const differ =
    promised && now && promised.amount !== now.amount
      ? `${promised.amount} ${promised.currency} was promised, and it is ${now.amount} ${now.currency} now.`
      : "It says something else now.";
  return `${said} ${differ} Honour it, or tell them.`;
}

/** The same text for the same data, however its fields are ordered. */
export function sorted(data: unknown): string {
  return JSON.stringify(data, (_name, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
