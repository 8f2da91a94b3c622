/**
 * One document as it is looked at: what we hold by its process, what systems said, what they answered when asked.
 *
 * Pure once it is gathered: time is handed in, and judging is left to `judgement.ts`.
 */
import type { Agreement, Book, Told } from "../contracts/agreement.ts";
import { compare } from "../contracts/canon/decimals.ts";
import { type Answered, addedUp, gapOf, type Judged, judge } from "../contracts/judgement.ts";
import { milliseconds } from "../std/span.ts";
import type { DueLook, Finding, Heeded } from "../work/agreements.ts";
import type { Gathered } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";

export const numberOf = (subject: string): string => subject.slice(subject.indexOf("/") + 1);

/** The milestones of an agreement that each contract tells of: by what it says, or because a system tells by it. */
export function spokenOf(
  { milestones }: Agreement,
  { contracts }: Pick<Arranged, "contracts">,
): ReadonlyMap<string, readonly string[]> {
  const spoken = new Map<string, string[]>();
  const add = (contract: string, milestone: string) => {
    const known = spoken.get(contract) ?? [];
    if (!known.includes(milestone)) spoken.set(contract, [...known, milestone]);
  };
  for (const { name, says } of contracts.values())
    if (typeof says?.milestone === "string" && milestones[says.milestone]) add(name, says.milestone);
  // What confirms any milestone does not say which.
  for (const [milestone, { systems }] of Object.entries(milestones))
    for (const { says } of Object.values(systems))
      if (says !== undefined && typeof contracts.get(says)?.says?.milestone !== "object")
        add(says, milestone);
  return spoken;
}

/** The processes that follow its documents. */
export const processesOf = ({ process, also = {} }: Agreement): string[] => [
  ...(process === null ? [] : [process]),
  ...Object.keys(also),
];

/**
 * Which facts make a document due: those its milestones are told by, after their grace, and what its process begins with, so that
 * it is under watch although nobody says a word.
 */
export function heededBy(definitions: Arranged): Heeded[] {
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
    for (const fact of factsOf(agreement)) if (!within.has(fact)) due(fact, undefined);
    for (const one of definitions.processes.values())
      if (processesOf(agreement).includes(one.header.name))
        for (const contract of one.startedBy)
          if (!within.has(contract)) due(contract, Object.keys(milestones)[0]);
    return [...within].map(([contract, withinMs]) => ({ contract, kind, prefix, withinMs }));
  });
}

/** Facts that are read when a document is looked at. */
export const factsOf = ({ hearings = [], facts = [] }: Agreement): string[] => [
  ...new Set([...hearings.flatMap((hearing) => hearing.facts), ...facts]),
];

/** One document that is looked at. */
export class Look {
  #answers: ReadonlyMap<string, Answered> = new Map();
  /** Milestones that stand as they stood, because a system they are about cannot be asked. */
  readonly unanswered = new Set<string>();
  readonly row: DueLook;
  readonly agreement: Agreement;
  readonly before: readonly Finding[];
  readonly #state: unknown;
  readonly #ours: Book;
  readonly #gathered: Gathered;
  readonly #told: readonly Told[];
  readonly #heard = new Map<string, { readonly at?: string; readonly book: Book }>();
  readonly #heardAt: ReadonlyMap<string, string>;
  readonly #status: string | null;
  readonly #updatedMs: number;

  constructor(row: DueLook, agreement: Agreement, gathered: Gathered, definitions: Arranged) {
    this.row = row;
    this.agreement = agreement;
    this.before = row.judged === null ? [] : (JSON.parse(row.judged) as Finding[]);
    this.#gathered = gathered;
    const followed = gathered.instances.filter(({ key }) => key === numberOf(row.subject));
    const instance = followed.find(({ process }) => process === agreement.process);
    this.#status = instance?.status ?? null;
    this.#updatedMs = instance ? Date.parse(instance.updatedAt) : 0;
    const body = instance ? (JSON.parse(instance.body) as StoredBody) : null;
    const state = body?.state ?? null;
    this.#state = state;
    const beside = followed.flatMap(({ process, body: kept }): Book[] => {
      const read = agreement.also?.[process];
      const { state: its, milestones } = JSON.parse(kept) as StoredBody;
      return read && its !== null ? [read(its, standing(milestones))] : [];
    });
    const facts = gathered.told.flatMap(({ subject, own: ofIt, data: kept, ...fact }) => {
      if (subject !== row.subject) return [];
      const data: unknown = JSON.parse(kept);
      const named = () => definitions.contracts.get(fact.contract)?.keysOf(data) ?? [];
      return ofIt || named().some(({ type, value }) => `${type}/${value}` === subject)
        ? [{ ...fact, data }]
        : [];
    });
    this.#told = facts;
    const own =
      state === null
        ? {}
        : this.#status === "abandoned"
          ? Object.fromEntries(Object.keys(agreement.milestones).map((one) => [one, { reached: false }]))
          : agreement.ours(state, standing(body?.milestones ?? []), this.#told);
    this.#ours = Object.assign({}, own, ...beside);
    for (const { system, facts: by, read } of agreement.hearings ?? []) {
      const last = facts.findLast(({ contract }) => by.includes(contract));
      const book = read(this.#told.filter(({ contract }) => by.includes(contract)));
      this.#heard.set(system, { ...(last ? { at: this.#aged(last.at) } : {}), book });
    }
    const heardAt = new Map<string, string>();
    const spoken = spokenOf(agreement, definitions);
    for (const { subject, contract, at } of gathered.heard) {
      if (subject !== row.subject) continue;
      for (const milestone of spoken.get(contract) ?? []) {
        const [known, aged] = [heardAt.get(milestone), this.#aged(at)];
        if (known === undefined || known < aged) heardAt.set(milestone, aged);
      }
    }
    this.#heardAt = heardAt;
  }

  /** What the systems that were asked answered about it. */
  hear(answers: ReadonlyMap<string, Answered>): void {
    this.#answers = addedUp(this.agreement, answers);
  }
  get asked(): boolean {
    return this.#answers.size > 0;
  }
  /** Whether a system that was asked could not be. */
  get away(): boolean {
    return [...this.#answers.values()].some((answered) => "because" in answered);
  }
  /** What its process begins with was never told: facts of it wait for that, or concern another process until then. */
  get unbegun(): boolean {
    return this.#status === "expected" || (this.#status === null && this.agreement.process !== null);
  }
  get parked(): boolean {
    return this.#status === "parked";
  }
  /** When its process ended; 0 while it runs. */
  get finishedMs(): number {
    return this.#status === "completed" || this.#status === "abandoned" ? this.#updatedMs : 0;
  }

  /** Whether every system is asked: for a comparison, when a person wants it, and once in a while. */
  deep(now: number): boolean {
    const { comparison, askedAt, stand } = this.row;
    if (comparison !== null || stand === "differ") return true;
    // What differed when it was asked about is asked about again: it shows in nothing else, and may be over.
    if (this.before.some(({ lacking, figures }) => lacking.length + figures.length > 0)) return true;
    if (askedAt === null) return stand !== "new";
    return now - Date.parse(askedAt) >= milliseconds(this.agreement.every);
  }

  concerns(system: string): boolean {
    const givenUp = this.#status === "abandoned";
    const document = { givenUp, told: this.#told };
    return this.#state === null || (this.agreement.concerns?.(system, this.#state, document) ?? true);
  }

  /** A time as it counts now: what happened before a demonstration brought due times nearer is older by that. */
  #aged(at: string, known = at): string {
    const nearer = this.#gathered.nearer.filter((one) => Date.parse(one.at) > Date.parse(known));
    return new Date(nearer.reduce((time, { ms }) => time - ms, Date.parse(at))).toISOString();
  }

  worth() {
    return this.#state === null ? null : (this.agreement.worth?.(this.#state) ?? null);
  }

  /** What systems held of the figure that moves all the time when they were nearest to each other, since they began to differ. */
  get #nearest(): Figures | null {
    const { milestone, figure } = this.agreement.moving ?? {};
    const before = this.before.find((one) => one.milestone === milestone);
    return before?.figures.find(({ name }) => name === figure)?.held ?? null;
  }

  /** What those systems hold of it now; null where one of them cannot tell. */
  #heldNow(systems: readonly string[]): Figures | null {
    const { milestone = "", figure = "" } = this.agreement.moving ?? {};
    const held = systems.flatMap((system) => {
      const answer = this.#answers.get(system);
      const value = answer && "book" in answer && answer.book?.[milestone]?.figures?.[figure];
      return value ? [[system, value] as const] : [];
    });
    return held.length === systems.length ? Object.fromEntries(held) : null;
  }

  /** Whether they met since, or passed each other: then what differs now began to differ now. */
  #met(): boolean {
    const nearest = this.#nearest;
    if (!nearest || this.#answers.size === 0) return false;
    const now = this.#heldNow(Object.keys(nearest));
    return now === null || sidesOf(now) !== sidesOf(nearest);
  }

  /** Of what goes up and down, only what never goes away is a difference: they differ by so much as when they were nearest. */
  #settled(judged: Judged): Judged {
    const { milestone, figure } = this.agreement.moving ?? {};
    const nearest = this.#nearest;
    if (judged.milestone !== milestone || !nearest || this.#met() || this.row.comparison !== null)
      return judged;
    const before = this.before.find((one) => one.milestone === milestone)?.words ?? [];
    const figures = judged.figures.map((one) => {
      if (one.name !== figure) return one;
      const same = Object.entries(one.held).every(
        ([system, value]) => before.find((word) => word.system === system)?.figures?.[figure] === value,
      );
      return same || compare(gapOf(one.held), gapOf(nearest)) < 0 ? one : { ...one, held: nearest };
    });
    return { ...judged, figures };
  }

  /** What systems differed about stays as it was while one of them cannot be asked: only what it holds ends that. */
  #asItStood(judged: Judged): Judged {
    const before = this.before.find(({ milestone }) => milestone === judged.milestone);
    if (!before || judged.lacking.length + judged.figures.length > 0) return judged;
    const apart = new Set([...before.lacking, ...before.figures.flatMap(({ held }) => Object.keys(held))]);
    const away = judged.words.some(({ system, because }) => because !== undefined && apart.has(system));
    if (!away) return judged;
    this.unanswered.add(judged.milestone);
    const { stand, words, lacking, figures, since } = before;
    return { ...judged, stand, words, lacking, figures, since, dueMs: null, ask: [] };
  }

  judge(now: number): Judged[] {
    const { subject, graceMs } = this.row;
    const said = this.#gathered.said
      .filter((one) => one.subject === subject)
      .map((one) => ({ ...one, at: this.#aged(one.at) }));
    const seenAt = new Map(
      this.before.flatMap(({ milestone, since }) =>
        since === null ? [] : [[milestone, this.#aged(since, this.row.lookedAt ?? since)] as const],
      ),
    );
    if (this.agreement.moving && this.#met()) seenAt.delete(this.agreement.moving.milestone);
    const judged = judge(
      this.agreement,
      {
        ours: this.#ours,
        said,
        answers: this.#answers,
        heard: this.#heard,
        heardAt: this.#heardAt,
        seenAt,
        concerns: (system) => this.concerns(system),
      },
      now,
      graceMs === null ? undefined : Number(graceMs),
    ).map((one) => this.#asItStood(this.#settled(one)));
    // What stood past its grace stands until the systems agree, whatever grace it is looked at with now; and so does what only waits
    // for a message on its way.
    return judged.map((one) =>
      one.stand === "settling" &&
      one.lacking.length + one.figures.length > 0 &&
      this.before.some(
        ({ milestone, stand, remedy }) =>
          milestone === one.milestone && (stand === "differ" || remedy?.act === "wait"),
      )
        ? { ...one, stand: "differ", dueMs: null }
        : one,
    );
  }
}

type Figures = Readonly<Record<string, string>>;

/** Who holds more than the first, less, or the same. */
const sidesOf = (held: Figures): string => {
  const [[, first = "0"] = [], ...rest] = Object.entries(held);
  return rest
    .map(([system, value]) => `${system} ${compare(value, first)}`)
    .toSorted()
    .join();
};

/** The milestones that stand, each in all its parts. */
const standing = (milestones: StoredBody["milestones"]): ReadonlySet<string> =>
  new Set(
    milestones
      .filter(({ withdrawn, part = 1, of = 1 }) => withdrawn === undefined && part >= of)
      .map(({ name }) => name),
  );

interface StoredBody {
  readonly state: unknown;
  readonly milestones: readonly { name: string; part?: number; of?: number; withdrawn?: string }[];
}
