/**
 * Watches over the rounds of the conductor while workers are being lost: which input, and what it concerns, ends them.
 *
 * A round takes hundreds of inputs. Each part of one (an instance, a flow, the reading of it) is written down before it is touched, and
 * all of them together before the round commits. So what ends a worker is known by name the first time; what ends it only with
 * what it came to is found among the others of its round by committing them one by one. What must stay true: what is set
 * aside is set aside in the round that moves past it, with its input; nothing is skipped.
 */
import { before, type Cursor, type Recorded } from "../journal/read.ts";
import { limits } from "../std/limits.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import type { Lane } from "../work/lanes.ts";
import type { SetsAside } from "./sift.ts";
import type { Leave } from "./solitude.ts";
import { type Suspicion, tooOften } from "./suspicion.ts";

/** The part of an input that an older version of it is read by, before anybody is concerned. */
export const READING = "read";
/** All of an input, where what it came to is committed alone. */
const WHOLE = "whole";

/**
 * The most inputs of a round that is watched over. Each of them is a commit or two of its own, and a round is lost with any of them:
 * over a line that breaks again and again a long one would never come to its end.
 */
const WATCHED_MAX = 10;

interface Taken {
  readonly entries: readonly Recorded[];
  readonly due: readonly Instance[];
}

export class Care {
  readonly #suspicion: Suspicion;
  /** From where on what is read may have ended the last worker; null: there is nothing to watch over. */
  #since: Cursor | null = null;
  /** How much was taken from there on. */
  #taken = 0;
  /** What this round takes; empty where nothing is watched over. */
  #inputs: readonly string[] = [];
  /** The one whose parts are being touched. */
  #at = "";
  /** Ends what this round has begun beside others, or alone. */
  #leave: Leave | undefined;
  /** In our hands, as written down. */
  #held: readonly string[] = [];

  constructor(suspicion: Suspicion) {
    this.#suspicion = suspicion;
  }

  /** These lanes are ours from now on. Whoever had them may have been ended by what comes next in them. */
  took(lanes: readonly Lane[]): void {
    if (!this.#suspicion.careful) return;
    this.#suspicion.taken();
    for (const lane of lanes)
      if (this.#since === null || before(this.#since, lane))
        this.#since = { xid: lane.xid, position: lane.position };
    this.#taken = 0;
  }

  /** The most of each kind that a round takes: no more need be read. */
  get most(): number {
    return this.#since !== null && this.#suspicion.careful ? WATCHED_MAX : Number.POSITIVE_INFINITY;
  }

  /** What a round takes, of what there is: what was lost while it was committed among others is taken alone. */
  async begins(from: Cursor, entries: readonly Recorded[], due: readonly Instance[]): Promise<Taken> {
    this.#inputs = [];
    if (this.#since === null || !this.#suspicion.careful) return { entries, due };
    await this.#suspicion.look();
    const [entry, instance] = [entries.findIndex(this.#suspect), due.findIndex(this.#suspect)];
    const taken: Taken =
      entry === 0
        ? { entries: entries.slice(0, 1), due: [] }
        : instance === 0
          ? { entries: [], due: due.slice(0, 1) }
          : { entries: upTo(entries, entry), due: upTo(due, instance) };
    this.#inputs = [...taken.entries, ...taken.due].map(inputOf);
    this.#leave = await this.#suspicion.enter(
      this.#about.some((what) => this.#suspicion.isSuspect(this.#suspicion.countOf(what))),
    );
    if (!before(from, this.#since)) this.#taken += this.#inputs.length;
    return taken;
  }

  readonly #suspect = (input: Recorded | Instance): boolean =>
    this.#suspicion.countOf(among(inputOf(input))) > 1;

  /** Told of each part of an input before it is touched; undefined where nothing is watched over. */
  get begin(): ((part: string) => Promise<void>) | undefined {
    if (this.#inputs.length === 0) return undefined;
    return async (part) => {
      if (this.setsAside(part) === null) await this.#hold([`${this.#at} ${part}`]);
    };
  }

  /** The parts that are touched next are of this one. */
  at(input: Recorded | Instance): void {
    if (this.#inputs.length > 0) this.#at = inputOf(input);
  }

  /** Why the input is not even read; null when it is. */
  get passesBy(): string | null {
    return this.#tooOften(READING);
  }

  readonly setsAside: SetsAside = (part) => this.#tooOften(part) ?? this.#tooOften(WHOLE);

  #tooOften(part: string): string | null {
    if (this.#inputs.length === 0) return null;
    const count = this.#suspicion.countOf(`${this.#at} ${part}`);
    return count >= limits.crashesMax ? tooOften(count) : null;
  }

  /** Everything was touched; what it came to is committed next. */
  async commits(): Promise<void> {
    const [only] = this.#inputs;
    if (only === undefined) return;
    const alone = this.#suspicion.countOf(among(only)) > 1;
    await this.#hold(alone ? [`${only} ${WHOLE}`] : this.#inputs.map(among));
  }

  /** What leaves our hands with the round's commit. */
  get ends(): readonly string[] {
    return [...new Set([...this.#held, ...this.#about])];
  }

  /** What workers were lost with, of what this round takes. */
  get #about(): string[] {
    return [...this.#suspicion.suspects].filter((what) =>
      this.#inputs.some((input) => what === among(input) || what.startsWith(`${input} `)),
    );
  }

  /** The round has committed. */
  committed(): void {
    this.over();
    if (this.#inputs.length === 0) return;
    this.#suspicion.ended(this.ends);
    this.#inputs = [];
    this.#held = [];
    // As much as a round takes of each kind has passed since, and again as much: what ended the last worker was not in it.
    if (this.#taken >= 2 * (limits.stepBatchMax + limits.dueBatchMax)) this.#since = null;
  }

  /** The round has ended, one way or the other. */
  over(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  /** There is nothing to do: whatever ended the last worker has ended, or was not here. */
  async idle(): Promise<void> {
    this.#since = null;
    this.#inputs = [];
    if (this.#held.length > 0) await this.#hold([]);
  }

  async #hold(what: readonly string[]): Promise<void> {
    const before = this.#held;
    this.#held = [...new Set([...before, ...what])];
    await this.#suspicion.hold(
      what,
      before.filter((one) => !what.includes(one)),
    );
    this.#held = what;
  }
}

const inputOf = (input: Recorded | Instance): string =>
  "position" in input ? `event:${input.position}` : `due ${instanceId(input)}`;
/** In the round that is committed, beside others. */
const among = (input: string): string => `among ${input}`;
/** What comes before this place, or where there is none before its end; as much as is watched over at once. */
const upTo = <One>(all: readonly One[], place: number): readonly One[] =>
  all.slice(0, place < 0 ? WATCHED_MAX : Math.min(place, WATCHED_MAX));
