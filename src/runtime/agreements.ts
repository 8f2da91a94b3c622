/**
 * Watches whether the systems agree about every document, asks those that do not say, and shows people what contradicts.
 *
 * Beside the loops, by the worker that holds lane 0: it heeds the journal with a cursor of its own, looks at documents when they
 * are due, in sets, and never scans. What must stay true: before anybody is alarmed the systems concerned have been asked, and
 * the grace is over; a contradiction is one exception, ends by itself when the systems agree, and both are facts in the journal.
 */
import type { Agreement } from "../contracts/agreement.ts";
import { differedBy, type Judged } from "../contracts/judgement.ts";
import type { Entry } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import { milliseconds } from "../std/span.ts";
import type { Raised } from "../trace/record.ts";
import type { DueLook, Finding, Heeded, Looked } from "../work/agreements.ts";
import type { AgreementStore, Sent } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";
import { pause } from "./clock.ts";
import { cleared, completed, detected, lookedAt, notLookedAt, told } from "./contradiction.ts";
import { Inquiry, type InquiryGiven } from "./inquiry.ts";
import { heededBy, Look, numberOf, processesOf } from "./look.ts";
import { remedyOf } from "./remedy.ts";
import type { Resolved } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";
import { countUnderWay } from "./under-way.ts";

/** How often it is looked what is due; facts of the journal taken in by one statement; documents looked at together. */
const TICK_MS = 1_000;
const HEED_MAX = 20_000;
const LOOK_MAX = 200;
/** The most looks and readings in one tick, so that a herd is worked off in steps. */
const STEPS_MAX = 25;
/** A system that could not be asked is asked again after this. */
const AWAY_MS = 120_000;
/** A figure that moves and differs is looked at again after this. */
const MOVING_MS = 60_000;
/** A finished document is compared once more after this, and then let go. */
const KEPT_MS = 7 * 86_400_000;
const SOON_MS = 1_000;
/** What was sent a moment ago, as somebody mends it, is looked at again after half that time, and within these. */
const MOVED_MS = { least: 200, most: 2_000 };
const A_MOMENT_MS = 20_000;
const LATER_MS = 3_600_000;

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
  /** Documents somebody has just mended, and when, by the clock of what is sent. */
  readonly #tended = new Map<string, number>();
  /** Documents looked at since this worker is the one that watches. */
  #looked = 0;

  constructor(given: AgreementsGiven) {
    this.#given = given;
    this.#inquiry = new Inquiry(given);
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
    if (mended !== undefined) this.#tended.set(mended, this.#given.clock.date().getTime());
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
    const facts = (agreement.hearings ?? []).flatMap((hearing) => hearing.facts);
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
      const ended = judging(look.row, () => this.#conclude(look, all, sent, unheard, now));
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

  /** What is kept of a look, what people are shown, and when it is looked again. */
  #conclude(
    look: Look,
    all: readonly Judged[],
    sent: readonly Sent[],
    unheard: ReadonlySet<string>,
    now: number,
  ) {
    const { row, agreement } = look;
    const mine = sent.filter(({ subject }) => subject === row.subject);
    const whole = look.worth();
    const findings: Finding[] = [];
    const entries: Entry[] = [];
    const raised: Raised[] = [];
    const resolved: Resolved[] = [];
    for (const one of all) {
      const before = look.before.find(({ milestone }) => milestone === one.milestone);
      if (before && look.unanswered.has(one.milestone)) {
        findings.push(before);
        continue;
      }
      const worth = whole ?? differedBy(one);
      const remedy =
        one.stand === "differ"
          ? remedyOf(one, {
              agreement,
              connections: this.#given.definitions.connections,
              sent: mine,
              unheard,
              parked: look.parked,
              begins: look.unbegun ? this.#beginningOf(agreement) : null,
            })
          : null;
      // What is on its way is in flight, however long it takes: the system that is away has its own exception.
      const stand = remedy?.act === "wait" && remedy.explained ? "settling" : one.stand;
      const alarming = stand === "differ" && remedy?.explained == null;
      const about = told(agreement, row, one, remedy, this.#given.definitions.connections);
      // What was shown, and is being mended, is over when the systems agree, and not when the message leaves.
      const mending = remedy?.act === "wait" && before?.shown && this.#tended.has(row.subject);
      const shown = alarming ? about.signature : mending ? before.shown : null;
      if (alarming && before?.shown !== shown) {
        raised.push({ ...about.raised, atRisk: worth ? { money: [worth], units: [] } : null });
        if (!before?.shown) entries.push(detected(row, one, remedy, worth, now));
      }
      if (!alarming && before?.shown && !mending) {
        const by = about.cleared(before.lacking, stand);
        resolved.push({ subjectKind: "document", subject: about.raised.subject, resolution: by });
        entries.push(cleared(row, one.milestone, by, now));
      }
      if (stand !== "agree") {
        const { ask: _, dueMs: __, ...judged } = one;
        findings.push({ ...judged, stand, remedy, shown, worth });
      }
    }
    // It was set aside, and could be looked at after all.
    if (row.stand === "cannot tell") resolved.push(lookedAt(row));
    const stand = worst(findings);
    if (stand === "agree") this.#tended.delete(row.subject);
    const movedMs = stand === "agree" ? null : this.#movedMs(row.subject, mine, now);
    const nextMs = movedMs ?? this.#next(look, all, findings, stand, now);
    const looked: Looked = {
      ...plainLook(row),
      stand,
      nextMs,
      asked: look.asked || row.stand === "new",
      judged: findings.length > 0 ? JSON.stringify(findings) : null,
    };
    return { looked, entries, raised, resolved };
  }

  /** Until it is looked at again on account of what was sent for it a moment ago; null where nothing was. */
  #movedMs(subject: string, sent: readonly Sent[], now: number): number | null {
    const tended = this.#tended.get(subject);
    const last = Math.max(tended ?? -Infinity, ...sent.map(({ updatedAt }) => new Date(updatedAt).getTime()));
    if (now - last >= A_MOMENT_MS) {
      this.#tended.delete(subject);
      return null;
    }
    // Somebody who has just mended it waits for it.
    if (tended === undefined) return MOVED_MS.most;
    return Math.round(Math.min(Math.max((now - last) / 2, MOVED_MS.least), MOVED_MS.most));
  }

  /** The facts the process of such a document begins with, as people name them. */
  #beginningOf({ process }: Agreement): readonly string[] {
    return [...this.#given.definitions.processes.values()]
      .filter(({ header }) => header.name === process)
      .flatMap(({ startedBy }) => [...startedBy]);
  }

  #next(look: Look, all: readonly Judged[], findings: readonly Finding[], stand: string, now: number) {
    const { agreement, row } = look;
    const every = milliseconds(agreement.every);
    if (stand === "differ") {
      const since = Math.min(...findings.map(({ since: at }) => (at === null ? now : Date.parse(at))));
      return Math.min(Math.max((now - since) / 4, 60_000), LATER_MS);
    }
    if (stand === "settling") {
      const due = all.flatMap(({ dueMs }) => (dueMs === null ? [] : [dueMs - now]));
      // What goes up and down is looked at often: whether it ever goes away decides.
      if (findings.some(({ milestone }) => milestone === agreement.moving?.milestone)) due.push(MOVING_MS);
      return due.length > 0 ? Math.max(Math.min(...due), SOON_MS) : AWAY_MS;
    }
    const { away } = look;
    if (stand === "cannot tell" && away) return AWAY_MS;
    if (!look.finishedMs) return every;
    // Compared once more when a week has passed; then it is agreed for good.
    const rest = look.finishedMs + KEPT_MS - now;
    if (rest > 0) return rest;
    return look.asked && !away && row.comparison === null ? null : SOON_MS;
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

const plainLook = ({ subject, heard, comparison }: DueLook) =>
  ({ subject, heard, comparison, asked: false, judged: null }) as const;

/** The messages that went again for milestones that are agreed by now. */
const sentToMend = (look: Look, all: readonly Judged[]): string[] =>
  look.before.flatMap(({ milestone, shown, remedy }) =>
    (shown !== null || remedy?.act === "wait") &&
    all.some((one) => one.milestone === milestone && one.stand === "agree")
      ? (remedy?.deliveries ?? [])
      : [],
  );

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

function worst(findings: readonly Finding[]): Looked["stand"] {
  for (const stand of ["differ", "settling", "cannot tell"] as const)
    if (findings.some((one) => one.stand === stand)) return stand;
  return "agree";
}
