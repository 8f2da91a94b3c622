/**
 * Questions of processes whose last answer stands in while the system asked is silent, as promises.
 *
 * The question stays a delivery like any other: it waits for the system, and its answer makes the promise true; that cannot be
 * forgotten, because nothing else ends the delivery. Here the last answers are kept, the fact made of one is told within the limit,
 * and a promise is settled when its question was answered. What a difference leads to is the process's own decision, for it hears both
 * facts; nothing is posted here.
 */
import { PromiseGiven, PromiseSettled } from "../contracts/canon/watching.ts";
import type { StandIn } from "../flows/flow.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { milliseconds } from "../std/span.ts";
import type { AnsweredPromise, LastAnswer } from "../work/promises.ts";
import type { Arranged } from "./arrangement.ts";
import { translate } from "./call.ts";
import { type Clock, pause } from "./clock.ts";
import type { Parcelled } from "./line.ts";
import type { PromiseStore } from "./promise-store.ts";
import { lessPromised, sorted } from "./promises.ts";
import type { Store } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";

type Standing = NonNullable<Parcelled["flow"]["standIn"]>;

const LOOK_EVERY_MS = 1_000;
/** Promises settled in one look. */
const AT_ONCE = 500;

interface Around {
  readonly store: Pick<Store, "lookUp"> & { readonly promises: PromiseStore };
  readonly definitions: Pick<Arranged, "outbound">;
  readonly unanswered: () => readonly Parcelled[];
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly watch: Suspicion["watch"];
}

export class StandingIn {
  readonly #around: Around;
  /** Heard and not yet kept: the last answer of each kind. */
  #heard = new Map<string, LastAnswer>();
  /** Questions for which all was promised that can be. */
  readonly #given = new Set<string>();
  /** What was said to be left as it is, so that it is said once. */
  readonly #left = new Set<string>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** The system answered one of the questions. */
  heard({ key, flow, cargo }: Parcelled, [told]: readonly Entry[]): void {
    this.#given.delete(key);
    if (!told || told.contract !== flow.standIn?.contract.name) return;
    const alike = flow.standIn.like(cargo);
    const saidAt = this.#around.clock.date().toISOString();
    this.#heard.set(`${flow.name} ${alike}`, { flow: flow.name, alike, saidAt, fact: told.data });
  }

  /** Until the signal fires. Does nothing where no flow promises. */
  async run(): Promise<void> {
    const { definitions, clock, log, signal } = this.#around;
    const any = [...definitions.outbound.values()].some(({ standIn }) => standIn);
    while (any && !signal.aborted) {
      await pause(clock, LOOK_EVERY_MS, signal);
      try {
        await this.#keep();
        if (signal.aborted) return;
        await this.#promise();
        await this.#settle();
      } catch (error) {
        log.warn("Answers that stand in could not be looked after; trying again.", { error: String(error) });
      }
    }
  }

  async #keep(): Promise<void> {
    if (this.#heard.size === 0) return;
    const heard = this.#heard;
    this.#heard = new Map();
    try {
      await this.#around.store.promises.keepAnswers([...heard.values()]);
    } catch (error) {
      this.#heard = new Map([...heard, ...this.#heard]);
      throw error;
    }
  }

  async #promise(): Promise<void> {
    const { store, unanswered } = this.#around;
    const silent = unanswered().filter(({ key }) => !this.#given.has(key));
    if (silent.length === 0) return;
    const asked: { parcel: Parcelled; standIn: Standing; alike: string }[] = [];
    for (const parcel of silent)
      await this.#each(`promise ${parcel.key}`, async () => {
        await translate(parcel, store);
        const { standIn } = parcel.flow;
        if (standIn && parcel.cargo !== undefined)
          asked.push({ parcel, standIn, alike: standIn.like(parcel.cargo) });
      });
    const found = await store.promises.lastAnswers(
      asked.map(({ parcel, alike }) => ({ flow: parcel.flow.name, alike })),
    );
    const last = new Map(found.map((one) => [`${one.flow} ${one.alike}`, one]));
    for (const { parcel, standIn, alike } of asked) {
      const known = last.get(`${parcel.flow.name} ${alike}`);
      if (known) await this.#each(`promise ${parcel.key}`, () => this.#give(parcel, standIn, known));
    }
  }

  /** One that cannot be looked after is left as it is, and the others are not. */
  async #each(what: string, act: () => Promise<void>): Promise<void> {
    const { watch, log } = this.#around;
    try {
      await watch(what, act, async (why) => {
        throw new Unusable(`${why}.`);
      });
      this.#left.delete(what);
    } catch (error) {
      if (this.#left.has(what)) return;
      this.#left.add(what);
      log.warn("An answer that stands in could not be looked after; trying again.", {
        what,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async #give(parcel: Parcelled, standIn: Standing, { saidAt, fact: last }: LastAnswer): Promise<void> {
    const { store, clock } = this.#around;
    const now = clock.date();
    if (now.getTime() - Date.parse(saidAt) > milliseconds(standIn.goodFor)) return;
    const told = standIn.contract.of(
      standIn.from(JSON.parse(last), parcel.cargo, { saidAt, at: now.toISOString() }),
    );
    const worth = standIn.worth(told.data);
    const most = worth === null ? null : (standIn.limit[worth.currency] ?? null);
    if (worth !== null && most === null) return;
    const { flow, message, connection, correlation, causation, key } = parcel;
    const id = clock.id();
    const about = { promise: id, inquiry: flow.name, givenTo: correlation };
    const given = PromiseGiven.of({
      ...about,
      question: message.data,
      promised: told.data,
      saidAt,
      ...(worth === null ? {} : { worth }),
    });
    const ours = { causation, correlation, occurredAt: null, routed: false };
    const done = await store.promises.give(
      {
        id,
        inquiry: flow.name,
        saidAt,
        givenTo: correlation,
        asked: key,
        delivery: key,
        question: JSON.stringify(message.data),
        answer: JSON.stringify(told.data),
        amount: worth?.amount ?? null,
        currency: worth?.currency ?? null,
      },
      { most, atOnce: standIn.atOnce },
      [
        entryOf(given, { ...ours, source: "crossdock", id: `promise:${id}:given` }),
        entryOf(told, { ...ours, source: connection, id: `promise:${id}:told`, extra: { promise: id } }),
      ],
    );
    if (done !== null) this.#given.add(key);
  }

  /** Those whose question was answered, or given up. */
  async #settle(): Promise<void> {
    const { store, definitions } = this.#around;
    for (const answered of await store.promises.answered(AT_ONCE)) {
      const standIn = definitions.outbound.get(answered.inquiry)?.standIn;
      if (standIn) await this.#each(`settling ${answered.id}`, () => this.#settled(answered, standIn));
    }
  }

  async #settled(
    { id, inquiry, question, answer, givenTo, amount, currency, correlation, actual: said }: AnsweredPromise,
    { holds, worth }: StandIn,
  ): Promise<void> {
    const promised: unknown = JSON.parse(answer);
    const actual: unknown = said === null ? null : JSON.parse(said);
    const kept = said !== null && sorted(holds(promised)) === sorted(holds(actual));
    const was = amount === null ? null : { amount, currency: currency ?? "" };
    const difference = kept || said === null ? null : lessPromised(was, worth(actual));
    const reason = kept
      ? null
      : said === null
        ? "The question was given up, so nobody will say."
        : "The system says something else now; whoever asked was told.";
    const fact = PromiseSettled.of({
      promise: id,
      inquiry,
      question: JSON.parse(question),
      promised,
      givenTo,
      outcome: kept ? "kept" : said === null ? "refused" : "differs",
      ...(said === null ? { reason: reason ?? "" } : { actual }),
      ...(difference === null ? {} : { difference }),
    });
    await this.#around.store.promises.settle(
      id,
      {
        state: kept ? "kept" : "differs",
        actual: said,
        difference: difference?.amount ?? null,
        reason,
      },
      [
        entryOf(fact, {
          source: "crossdock",
          causation: null,
          occurredAt: null,
          routed: false,
          correlation,
          id: `promise:${id}:settled`,
        }),
      ],
    );
  }
}
