/**
 * Watches whether the systems agree about every document, asks those that do not say, and shows people what contradicts.
 *
 * Beside the loops, by the worker that holds lane 0: it heeds the journal with a cursor of its own, looks at documents when they
 * are due, in sets, and never scans. What must stay true: before anybody is alarmed the systems concerned have been asked, and
 * the grace is over; a contradiction is one exception, ends by itself when the systems agree, and both are facts in the journal.
 */
import type { Agreement } from "../contracts/agreement.ts";
import type { Judged } from "../contracts/judgement.ts";
import type { Entry } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import type { Raised } from "../trace/record.ts";
import type { DueLook, Heeded, Looked } from "../work/agreements.ts";
import type { AgreementStore } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";
import { pause } from "./clock.ts";
import { conclude, plainLook, sentToMend } from "./conclusion.ts";
import { completed, notLookedAt } from "./contradiction.ts";
import { Inquiry, type InquiryGiven } from "./inquiry.ts";
import { factsOf, heededBy, Look, numberOf, processesOf } from "./look.ts";
import { KEPT_MS, LATER_MS, SOON_MS, Tended } from "./next-look.ts";
import type { Resolved } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";
import { countUnderWay } from "./under-way.ts";

/** How often it is looked what is due; facts of the journal taken in by one statement; documents looked at together. */
const TICK_MS = 1_000;
const HEED_MAX = 20_000;
const LOOK_MAX = 200;
/** The most looks and readings in one tick, so that a herd is worked off in steps. */
const STEPS_MAX = 25;

export interface AgreementsGiven extends InquiryGiven {
  readonly store: AgreementStore;
  readonly definitions: Arranged;
  readonly suspicion: Pick<Suspicion, "careful" | "watch">;
  /** Whether this worker is the one that watches. */
  readonly mine: () => boolean;
  readonly committed: (correlations: readonly string[]) => void;
}

export class Agreements {
  readonly #given: AgreementsGiven;
  readonly #byName: ReadonlyMap<string, Agreement>;
  readonly #heeded: readonly Heeded[];
  readonly #inquiry: Inquiry;
  #begun = false;
  #bell = new AbortController();
  /** Until something is due that was looked at in this tick. */
  #soonestMs = TICK_MS;
  readonly #tended: Tended;
  /** Documents looked at since this worker is the one that watches. */
  #looked = 0;

  constructor(given: AgreementsGiven) {
    this.#given = given;
    this.#inquiry = new Inquiry(given);
    this.#tended = new Tended(given.clock);
    this.#byName = given.definitions.agreements;
    this.#heeded = heededBy(given.definitions);
  }

  /** Runs until the signal fires. Nothing to agree about: nothing runs. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, mine } = this.#given;
    if (this.#byName.size === 0) return;
    while (!signal.aborted) {
      this.#bell = new AbortController();
      this.#soonestMs = TICK_MS;
      try {
        if (mine()) await this.tick();
        else this.#looked = 0;
      } catch (error) {
        if (!signal.aborted)
          log.warn("It could not be looked whether the systems agree; trying again.", {
            error: String(error),
          });
      }
      await pause(clock, this.#soonestMs, AbortSignal.any([signal, this.#bell.signal]));
    }
  }

  /** Somebody asked for a look: nobody waits for the next tick. `mended` is a document something is on its way for. */
  ring(mended?: string): void {
    if (mended !== undefined) this.#tended.begin(mended);
    this.#bell.abort();
  }

  /** Takes the journal into account and looks at what is due, in bounded steps. Returns how many documents it looked at. */
  async tick(): Promise<number> {
    const { store, mine } = this.#given;
    if (!this.#begun) {
      await store.begin(
        [...this.#byName.values()].flatMap((agreement) =>
          processesOf(agreement).map((process) => ({
            kind: agreement.name,
            prefix: `${agreement.keyType}/`,
            process,
          })),
        ),
      );
      this.#begun = true;
    }
    for (let step = 0; step < STEPS_MAX; step += 1)
      if ((await store.heed(this.#heeded, HEED_MAX)) < HEED_MAX) break;
    await this.#inquiry.list(this.#byName.values());
    for (let step = 0; step < STEPS_MAX; step += 1) if ((await store.choose()) === 0) break;
    let looked = 0;
    for (let step = 0; step < STEPS_MAX && mine(); step += 1) {
      const due = await store.due(LOOK_MAX);
      for (const [kind, rows] of Map.groupBy(due, (row) => row.kind)) await this.#lookAt(kind, rows);
      looked += due.length;
      if (due.length < LOOK_MAX) break;
    }
    await this.#endComparisons();
    return looked;
  }

  /** What a system holds that it should have told us, ready to be taken in; null when it holds no such thing now. */
  async reportOf(kind: string, subject: string, system: string, milestone: string) {
    const agreement = this.#byName.get(kind);
    const snapshot = agreement?.snapshots.find((one) => one.system === system && one.report);
    if (!snapshot?.report) return null;
    const number = numberOf(subject);
    const answer = await this.#inquiry.ask(snapshot, [number]);
    const reports = snapshot.report(answer, number, milestone);
    if (reports.length === 0) return null;
    const named = reports.flatMap(({ document = [] }) => document);
    const unheard = await this.#given.store.unheard(named);
    const news = reports.filter(({ document }) => document === undefined || unheard.has(document));
    if (news.length === 0)
      throw new Unusable(
        `All that ${system} holds of ${subject} was heard before; nothing is to be taken from it.`,
      );
    return news;
  }

  /**
   * Looks at documents, together where nothing speaks against it. While workers are being lost, those that may have ended the last one
   * are looked at one by one. One that cannot be judged is set aside, and the others are looked at without it.
   */
  async #lookAt(kind: string, rows: readonly DueLook[]): Promise<void> {
    const { suspicion } = this.#given;
    const oneByOne = suspicion.careful && this.#looked < LOOK_MAX;
    this.#looked += rows.length;
    let left = rows;
    for (let next = left; next.length > 0; next = left) {
      const some = oneByOne ? next.slice(0, 1) : next;
      try {
        if (oneByOne)
          await suspicion.watch(
            `document ${kind} ${some[0]?.subject}`,
            () => this.#look(kind, some),
            (why) => this.#setAside(kind, some, why),
          );
        else await this.#look(kind, some);
        left = next.slice(some.length);
      } catch (error) {
        if (!(error instanceof Unjudgeable)) throw error;
        await this.#setAside(kind, [error.row], error.message);
        left = next.filter((row) => row !== error.row);
      }
    }
  }

  /** It is not looked at again by itself for a week, unless something is heard of it or a person wants it compared. */
  async #setAside(kind: string, rows: readonly DueLook[], why: string): Promise<void> {
    const { store, committed } = this.#given;
    await store.keep(
      rows.map((row) => ({ ...plainLook(row), stand: "cannot tell", nextMs: KEPT_MS })),
      {
        entries: [],
        raised: rows.map((row) => notLookedAt(row, this.#byName.get(kind)?.owner ?? "integration", why)),
        resolved: [],
      },
    );
    committed(rows.map(({ correlation }) => correlation));
  }

  async #look(kind: string, rows: readonly DueLook[]): Promise<void> {
    const { store, clock, committed } = this.#given;
    const agreement = this.#byName.get(kind);
    // Its solution is not part of this build any more: it waits, and nobody is alarmed.
    if (!agreement) {
      return store.keep(
        rows.map((row) => ({ ...plainLook(row), stand: "cannot tell", nextMs: LATER_MS })),
        { entries: [], raised: [], resolved: [] },
      );
    }
    const now = clock.date().getTime();
    const subjects = rows.map(({ subject }) => subject);
    const contracts = this.#heeded.filter((one) => one.kind === kind).map(({ contract }) => contract);
    const processes = processesOf(agreement);
    const facts = factsOf(agreement);
    const gathered = await store.gather({ processes, subjects, contracts, facts });
    const looks = rows.map((row) =>
      judging(row, () => new Look(row, agreement, gathered, this.#given.definitions)),
    );

    const wanted = new Map<string, string[]>();
    const want = (system: string, subject: string) =>
      wanted.set(system, [...(wanted.get(system) ?? []), subject]);
    for (const look of looks)
      judging(look.row, () => {
        const deep = look.deep(now);
        const first = look.judge(now);
        const ask = new Set(first.flatMap((one) => one.ask));
        for (const { system } of agreement.snapshots)
          if ((deep || ask.has(system)) && look.concerns(system)) want(system, look.row.subject);
      });
    const answers = await this.#inquiry.askAll(agreement, wanted, now);
    if (agreement.moving)
      await countUnderWay(agreement.moving, answers, new Date(now).toISOString(), this.#given);
    const judged = looks.map((look) =>
      judging(look.row, () => {
        look.hear(
          new Map(
            [...answers].flatMap(([system, of]) => {
              const answered = of.get(look.row.subject);
              return answered ? [[system, answered] as const] : [];
            }),
          ),
        );
        return { look, all: look.judge(now) };
      }),
    );
    const differing = judged.filter(({ all }) => all.some(({ stand }) => stand === "differ"));
    const sent =
      differing.length > 0
        ? await store.sent(
            processes,
            differing.map(({ look }) => look.row.subject),
          )
        : [];
    const unheard = await store.unheard(
      differing.flatMap(({ all }) => all.flatMap((one) => tellable(agreement, one))),
    );
    const mended = await store.mended(judged.flatMap(({ look, all }) => sentToMend(look, all)));
    const kept: Looked[] = [];
    const entries: Entry[] = [];
    const raised: Raised[] = [];
    const resolved: Resolved[] = [];
    for (const { look, all } of judged) {
      const again = mended.filter(({ key }) => sentToMend(look, all).includes(key));
      // The system has it, and its answer is still on its way to us: it is over when that has come.
      if (again.some(({ open }) => open)) {
        const { row } = look;
        kept.push({ ...plainLook(row), stand: "differ", judged: row.judged, nextMs: SOON_MS });
        continue;
      }
      for (const { shown } of again)
        if (shown !== null)
          resolved.push({
            subjectKind: "document",
            subject: shown,
            resolution: "All systems agree about it, so it stands there once.",
          });
      const around = { definitions: this.#given.definitions, tended: this.#tended, sent, unheard, now };
      const ended = judging(look.row, () => conclude(look, all, around));
      kept.push(ended.looked);
      entries.push(...ended.entries);
      raised.push(...ended.raised);
      resolved.push(...ended.resolved);
    }
    await store.keep(kept, { entries, raised, resolved });
    for (const { nextMs } of kept) if (nextMs !== null) this.#soonestMs = Math.min(this.#soonestMs, nextMs);
    const changed = new Set([...raised, ...resolved].map(({ subject }) => subject.split("|")[0]));
    committed(rows.filter(({ subject }) => changed.has(subject)).map(({ correlation }) => correlation));
  }

  async #endComparisons(): Promise<void> {
    const { store, clock } = this.#given;
    const ended = await store.compared();
    if (ended.length === 0) return;
    const at = clock.date().toISOString();
    const entries = ended.map((one) => completed(one, at));
    await store.keep([], { entries, raised: [], resolved: [] });
  }
}

/** Judging a document threw: by what its solution says about it, and not by a system or the database. */
class Unjudgeable extends Error {
  readonly row: DueLook;
  constructor(row: DueLook, cause: unknown) {
    super(`It cannot be judged: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.row = row;
  }
}

function judging<Result>(row: DueLook, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new Unjudgeable(row, error);
  }
}

/** The documents of a contradiction that a system should have told of, and could be asked to. */
function tellable({ milestones, snapshots }: Agreement, { milestone, stand, words }: Judged): string[] {
  if (stand !== "differ") return [];
  return words.flatMap(({ system, documents = [] }) =>
    milestones[milestone]?.systems[system]?.says !== undefined &&
    snapshots.some((one) => one.system === system && one.report)
      ? documents
      : [],
  );
}
