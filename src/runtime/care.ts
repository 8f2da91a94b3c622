/**
 * Watches over the rounds of the conductor while workers are being lost: which input, and what it concerns, ends them.
 *
 * A round takes hundreds of inputs, and all of them are in hand. Of those that were there twice one is taken in a round, and
 * what it concerns is begun one after the other, so that the times after name the instance, the flow or the reading of it.
 * What must stay true: what is set aside is set aside in the round that moves past it, with its input; nothing is skipped.
 */
import { before, type Cursor, type Recorded } from "../journal/read.ts";
import { limits } from "../std/limits.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import type { Lane } from "../work/lanes.ts";
import type { SetsAside } from "./sift.ts";
import { type Suspicion, tooOften } from "./suspicion.ts";

/** The part of an input that an older version of it is read by, before anybody is concerned. */
export const READING = "read";

export class Care {
  readonly #suspicion: Suspicion;
  /** From where on what is read may have ended the last worker; null: there is nothing to watch over. */
  #since: Cursor | null = null;
  /** How much was taken from there on. */
  #taken = 0;
  /** In our hands, as written down. */
  #held: readonly string[] = [];
  /** The only input of this round, where it is taken alone. */
  #only: string | null = null;
  #turn: "entries" | "due" = "entries";

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

  get #watching(): boolean {
    return this.#since !== null && this.#suspicion.careful;
  }

  /** Whether some of what comes next was lost so often that it is taken alone. */
  get #suspecting(): boolean {
    const enough = limits.crashesMax - 1;
    return (
      enough <= 1 ||
      [...this.#suspicion.suspects].some((what) => isInput(what) && this.#suspicion.countOf(what) >= enough)
    );
  }

  /** How much the next round takes, of what there is room for. */
  async room(room: { readonly entries: number; readonly due: number }): Promise<typeof room> {
    if (!this.#watching) return room;
    await this.#suspicion.look();
    if (!this.#suspecting) return room;
    return { entries: Math.min(room.entries, 1), due: Math.min(room.due, 1) };
  }

  /** Writes down what the round takes, before any of it is touched; of two kinds of suspects one has its turn. */
  async begins(
    from: Cursor,
    entries: readonly Recorded[],
    due: readonly Instance[],
  ): Promise<{ readonly entries: readonly Recorded[]; readonly due: readonly Instance[] }> {
    this.#only = null;
    if (!this.#watching) return { entries, due };
    const alone = this.#suspecting;
    let taken = { entries, due };
    if (alone && entries.length > 0 && due.length > 0) {
      taken = this.#turn === "entries" ? { entries, due: [] } : { entries: [], due };
      this.#turn = this.#turn === "entries" ? "due" : "entries";
    }
    const inputs = [
      ...taken.entries.map(({ position }) => inputOf(position)),
      ...taken.due.map((instance) => `due ${instanceId(instance)}`),
    ];
    if (alone && inputs.length === 1) this.#only = inputs[0] as string;
    await this.#hold(inputs);
    if (this.#since && !before(from, this.#since)) this.#taken += inputs.length;
    return taken;
  }

  /** Told of each part of an input before it is touched; undefined where a round takes many. */
  get begin(): ((part: string) => Promise<void>) | undefined {
    if (this.#only === null) return undefined;
    return async (part) => {
      if (this.setsAside(part) === null) await this.#hold([`${this.#only} ${part}`]);
    };
  }

  /** Why reading the only input of the round is set aside; null when it is not. */
  get passesBy(): string | null {
    return this.setsAside(READING);
  }

  readonly setsAside: SetsAside = (part) => {
    if (this.#only === null) return null;
    const count = this.#suspicion.countOf(`${this.#only} ${part}`);
    return count >= limits.crashesMax - 1 + limits.lostAloneMax ? tooOften(count) : null;
  };

  /** What leaves our hands with the round's commit. */
  get ends(): readonly string[] {
    const only = this.#only;
    if (only === null) return this.#held;
    const parts = [...this.#suspicion.suspects].filter(
      (what) => what === only || what.startsWith(`${only} `),
    );
    return [...new Set([...this.#held, ...parts])];
  }

  /** The round has committed. */
  committed(): void {
    if (this.#held.length === 0) return;
    this.#suspicion.ended(this.ends);
    this.#held = [];
    // As much as a round takes of each kind has passed since, and again as much: what ended the last worker was not in it.
    if (this.#taken >= 2 * (limits.stepBatchMax + limits.dueBatchMax)) this.#since = null;
  }

  /** There is nothing to do: whatever ended the last worker has ended, or was not here. */
  async idle(): Promise<void> {
    if (!this.#watching) return;
    const [held, suspects] = [this.#held, [...this.#suspicion.suspects].filter(isInput)];
    if (held.length + suspects.length > 0) await this.#suspicion.hold([], [...held, ...suspects]);
    this.#suspicion.ended(suspects);
    this.#held = [];
    this.#since = null;
  }

  async #hold(what: readonly string[]): Promise<void> {
    const before = this.#held;
    this.#held = [...new Set([...before, ...what])];
    // A part is lost as often as the input it is of.
    const from = this.#only === null ? 1 : Math.max(1, this.#suspicion.countOf(this.#only));
    await this.#suspicion.hold(
      what,
      before.filter((one) => !what.includes(one)),
      from,
    );
    this.#held = what;
  }
}

const inputOf = (position: string): string => `event:${position}`;
const isInput = (what: string): boolean => what.startsWith("event:") || what.startsWith("due ");
