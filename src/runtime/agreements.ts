/**
 * Watches whether the systems agree about every document, asks those that do not say, and shows people what contradicts.
 *
 * Beside the loops, by the worker that holds lane 0: it heeds the journal with a cursor of its own, looks at documents when they
 * are due, in sets, and never scans. What must stay true: before anybody is alarmed the systems concerned have been asked, and
 * the grace is over; a contradiction is one exception, ends by itself when the systems agree, and both are facts in the journal.
 */
import type { Session } from "../connectors/connector.ts";
import type { Agreement, Snapshot } from "../contracts/agreement.ts";
import type { Answered, Judged } from "../contracts/judgement.ts";
import type { Entry } from "../journal/append.ts";
import { CrossdockError, Unusable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { milliseconds } from "../std/span.ts";
import type { Raised } from "../trace/record.ts";
import type { DueLook, Finding, Heeded, Looked } from "../work/agreements.ts";
import type { AgreementStore, Sent } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";
import { type Clock, pause } from "./clock.ts";
import { cleared, completed, detected, told } from "./contradiction.ts";
import type { ConnectionState } from "./dock.ts";
import { Look, numberOf, spokenOf } from "./look.ts";
import { remedyOf } from "./remedy.ts";
import type { Resolved } from "./store.ts";
import { countUnderWay } from "./under-way.ts";

/** How often it is looked what is due; facts of the journal taken in by one statement; documents looked at together. */
const TICK_MS = 1_000;
const HEED_MAX = 20_000;
const LOOK_MAX = 200;
/** The most looks and readings in one tick, so that a herd is worked off in steps. */
const STEPS_MAX = 25;
const ASK_WITHIN_MS = 8_000;
/** A system that could not be asked is asked again after this. */
const AWAY_MS = 120_000;
/** A finished document is compared once more after this, and then let go. */
const KEPT_MS = 7 * 86_400_000;
const SOON_MS = 1_000;
/** What was sent a moment ago, as somebody mends it, is looked at again after this. */
const MOVED_MS = 2_000;
const A_MOMENT_MS = 20_000;
const LATER_MS = 3_600_000;

export interface AgreementsGiven {
  readonly store: AgreementStore;
  readonly definitions: Arranged;
  readonly sessions: ReadonlyMap<string, Pick<Session, "ask">>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether this worker is the one that watches. */
  readonly mine: () => boolean;
  readonly connections: () => readonly ConnectionState[];
  /** Makes a call when its connection has room for one that can wait. */
  readonly atLeisure: <Answer>(connection: string, call: () => Promise<Answer>) => Promise<Answer>;
  readonly committed: (correlations: readonly string[]) => void;
}

export class Agreements {
  readonly #given: AgreementsGiven;
  readonly #byName: ReadonlyMap<string, Agreement>;
  readonly #heeded: readonly Heeded[];
  /** When each listing was last asked for, by the clock. */
  readonly #listed = new Map<string, number>();
  #begun = false;

  constructor(given: AgreementsGiven) {
    this.#given = given;
    this.#byName = given.definitions.agreements;
    this.#heeded = heededBy(given.definitions);
  }

  /** Runs until the signal fires. Nothing to agree about: nothing runs. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, mine } = this.#given;
    if (this.#byName.size === 0) return;
    while (!signal.aborted) {
      try {
        if (mine()) await this.tick();
      } catch (error) {
        if (!signal.aborted)
          log.warn("It could not be looked whether the systems agree; trying again.", {
            error: String(error),
          });
      }
      await pause(clock, TICK_MS, signal);
    }
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
    await this.#list();
    await store.choose();
    let looked = 0;
    for (let step = 0; step < STEPS_MAX && mine(); step += 1) {
      const due = await store.due(LOOK_MAX);
      for (const [kind, rows] of Map.groupBy(due, (row) => row.kind)) await this.#look(kind, rows);
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
    const answer = await this.#ask(snapshot, [number]);
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
    const looks = rows.map((row) => new Look(row, agreement, gathered, this.#given.definitions));

    const wanted = new Map<string, string[]>();
    const want = (system: string, subject: string) =>
      wanted.set(system, [...(wanted.get(system) ?? []), subject]);
    for (const look of looks) {
      const deep = look.deep(now);
      const first = look.judge(now);
      const ask = new Set(first.flatMap((one) => one.ask));
      for (const { system } of agreement.snapshots)
        if ((deep || ask.has(system)) && look.concerns(system)) want(system, look.row.subject);
    }
    const answers = await this.#askAll(agreement, wanted, now);
    if (agreement.moving)
      await countUnderWay(agreement.moving, answers, new Date(now).toISOString(), this.#given);
    for (const look of looks)
      look.hear(
        new Map(
          [...answers].flatMap(([system, of]) => {
            const answered = of.get(look.row.subject);
            return answered ? [[system, answered] as const] : [];
          }),
        ),
      );

    const judged = looks.map((look) => ({ look, all: look.judge(now) }));
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
      const ended = this.#conclude(look, all, sent, unheard, now);
      kept.push(ended.looked);
      entries.push(...ended.entries);
      raised.push(...ended.raised);
      resolved.push(...ended.resolved);
    }
    await store.keep(kept, { entries, raised, resolved });
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
    const worth = look.worth();
    const findings: Finding[] = [];
    const entries: Entry[] = [];
    const raised: Raised[] = [];
    const resolved: Resolved[] = [];
    for (const one of all) {
      const before = look.before.find(({ milestone }) => milestone === one.milestone);
      const remedy =
        one.stand === "differ"
          ? remedyOf(one, {
              agreement,
              connections: this.#given.definitions.connections,
              sent: mine,
              unheard,
              parked: look.parked,
            })
          : null;
      // What is on its way is in flight, however long it takes: the system that is away has its own exception.
      const stand = remedy?.act === "wait" && remedy.explained ? "settling" : one.stand;
      const alarming = stand === "differ" && remedy?.explained == null;
      const about = told(agreement, row, one, remedy, this.#given.definitions.connections);
      const shown = alarming ? about.signature : null;
      if (alarming && before?.shown !== shown) {
        raised.push({ ...about.raised, atRisk: worth ? { money: [worth], units: [] } : null });
        if (!before?.shown) entries.push(detected(row, one, remedy, worth, now));
      }
      if (!alarming && before?.shown) {
        const by = about.cleared(before.lacking, stand);
        resolved.push({ subjectKind: "document", subject: about.raised.subject, resolution: by });
        entries.push(cleared(row, one.milestone, by, now));
      }
      if (stand !== "agree") {
        const { ask: _, dueMs: __, ...judged } = one;
        findings.push({ ...judged, stand, remedy, shown, worth });
      }
    }
    const stand = worst(findings);
    const moved = stand !== "agree" && mine.some((one) => justMoved(one, now));
    const nextMs = moved ? MOVED_MS : this.#next(look, all, findings, stand, now);
    const looked: Looked = {
      ...plainLook(row),
      stand,
      nextMs,
      asked: look.asked || row.stand === "new",
      judged: findings.length > 0 ? JSON.stringify(findings) : null,
    };
    return { looked, entries, raised, resolved };
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

  /** Asks each system once for many documents; what goes wrong is an answer too. */
  async #askAll(agreement: Agreement, wanted: ReadonlyMap<string, readonly string[]>, now: number) {
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
            answer = await this.#ask(snapshot, part.map(numberOf)).catch((error: unknown) => {
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
  async #list(): Promise<void> {
    const { store, clock, sessions, atLeisure, log } = this.#given;
    for (const { name, keyType, listing, every } of this.#byName.values()) {
      if (!listing || (this.#listed.get(name) ?? -Infinity) + milliseconds(every) > clock.now()) continue;
      this.#listed.set(name, clock.now());
      const { system, about, question } = listing;
      const session = sessions.get(system);
      if (!session?.ask || this.#away(system) !== null) continue;
      try {
        const answer = await atLeisure(system, async () =>
          session.ask?.({ about, data: question }, ASK_WITHIN_MS),
        );
        const numbers = listing.numbers(answer);
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

  async #ask(snapshot: Snapshot, numbers: readonly string[]): Promise<unknown> {
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

  async #endComparisons(): Promise<void> {
    const { store, clock } = this.#given;
    const ended = await store.compared();
    if (ended.length === 0) return;
    const at = clock.date().toISOString();
    const entries = ended.map((one) => completed(one, at));
    await store.keep([], { entries, raised: [], resolved: [] });
  }
}

const plainLook = ({ subject, heard, comparison }: DueLook) =>
  ({ subject, heard, comparison, asked: false, judged: null }) as const;

/** The processes that follow its documents. */
const processesOf = ({ process, also = {} }: Agreement): string[] => [
  ...(process === null ? [] : [process]),
  ...Object.keys(also),
];

const justMoved = ({ updatedAt }: Sent, now: number): boolean =>
  now - new Date(updatedAt).getTime() < A_MOMENT_MS;

/** The messages that went again for milestones that are agreed by now. */
const sentToMend = (look: Look, all: readonly Judged[]): string[] =>
  look.before.flatMap(({ milestone, shown, remedy }) =>
    shown !== null && all.some((one) => one.milestone === milestone && one.stand === "agree")
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

/**
 * Which facts make a document due: those its milestones are told by, after their grace, and what its process begins with, so that
 * it is under watch although nobody says a word.
 */
function heededBy(definitions: Arranged): Heeded[] {
  return [...definitions.agreements.values()].flatMap((agreement) => {
    const { name: kind, keyType, milestones } = agreement;
    const prefix = `${keyType}/`;
    const within = new Map<string, number>();
    const due = (contract: string, milestone: string | undefined) => {
      const ms = milliseconds(milestones[milestone ?? ""]?.grace ?? "5m");
      within.set(contract, Math.min(within.get(contract) ?? ms, ms));
    };
    for (const [contract, told] of spokenOf(agreement, definitions))
      for (const one of told) due(contract, one);
    for (const fact of (agreement.hearings ?? []).flatMap(({ facts }) => facts))
      if (!within.has(fact)) due(fact, undefined);
    for (const one of definitions.processes.values())
      if (processesOf(agreement).includes(one.header.name))
        for (const contract of one.startedBy)
          if (!within.has(contract)) due(contract, Object.keys(milestones)[0]);
    return [...within].map(([contract, withinMs]) => ({ contract, kind, prefix, withinMs }));
  });
}
