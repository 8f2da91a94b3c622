/**
 * What a connection owes beyond what its waiting room holds: how far the table is read, and which business keys stand still.
 *
 * Memory holds only what may move. Of a key whose first parcel is set aside nothing is kept but the fact, so however many
 * are set aside, the others go on being read. What must stay true: what was left in the table because its key stood
 * still is read again when it moves, from a place before all of it.
 */

/** A key that stands still. */
interface Still {
  /** The delivery that is set aside. */
  readonly head: string;
  readonly lane: number;
  /** Everything of this key that is left in the table comes after this row; null while there is nothing else of it. */
  readAgainFrom: string | null;
}

export class Backlog {
  readonly #still = new Map<string, Still>();
  readonly #heads = new Map<string, string>();
  /** Keys of which as much is in memory as may be, with the row after which the rest of each is left in the table. */
  readonly #long = new Map<string, string>();
  /** What left memory while a page was being read: the page does not know that yet. */
  #left: Set<string> | undefined;
  #readTo = "0";
  /** More waits in the table than in memory; what is new goes there too, until a page comes back short. */
  more = false;
  /** Something was left in the table since the page was asked for. */
  missed = false;
  /** Counts takeovers and readings again: a page asked for before one does not say how far the table is read. */
  #turns = 0;

  /** Rows up to this one have been read. */
  get readTo(): string {
    return this.#readTo;
  }
  get turns(): number {
    return this.#turns;
  }
  /** How many keys stand still. */
  get still(): number {
    return this.#still.size;
  }

  standsStill(subject: string): boolean {
    return this.#still.has(subject);
  }

  /** Whether this delivery is the one its key stands still for. */
  isHead(key: string): boolean {
    return this.#heads.has(key);
  }

  /** This delivery is set aside, and its key stands still until it moves. */
  stop({ key, subject, lane }: { key: string; subject: string; lane: number }): void {
    if (this.#still.has(subject)) return;
    this.#still.set(subject, { head: key, lane, readAgainFrom: this.#long.get(subject) ?? null });
    this.#long.delete(subject);
    this.#heads.set(key, subject);
  }

  /** Something of a key that stands still is left in the table, in a row after this one. */
  leave(subject: string, after: string): void {
    const still = this.#still.get(subject);
    if (still) still.readAgainFrom = earlier(still.readAgainFrom ?? after, after);
  }

  /** Of this key more is owed than is in memory; what comes of it goes to the table only. */
  isLong(subject: string): boolean {
    return this.#long.has(subject);
  }

  /** As much of this key is in memory as may be: this one, in a row after `after`, is left in the table. */
  leaveRest(subject: string, after: string): void {
    this.#long.set(subject, earlier(this.#long.get(subject) ?? after, after));
  }

  /** Nothing of this key is in memory any more: the rest of it is read, if there is any. */
  readRest(subject: string): void {
    const after = this.#long.get(subject);
    if (after === undefined) return;
    this.#long.delete(subject);
    this.#readFrom(earlier(this.#readTo, after));
  }

  /** The key moves again. True when the table must be read for what was left there. */
  move(head: string): boolean {
    const subject = this.#heads.get(head);
    const still = subject === undefined ? undefined : this.#still.get(subject);
    if (subject === undefined || !still) return false;
    this.#heads.delete(head);
    this.#still.delete(subject);
    if (still.readAgainFrom === null) return false;
    this.#readFrom(earlier(this.#readTo, still.readAgainFrom));
    return true;
  }

  /** There is no room for something in a row after this one: it is read when its turn comes. */
  leaveUntilRoom(after: string): void {
    this.#readFrom(earlier(this.#readTo, after));
  }

  /** Read everything: other lanes are ours now. */
  readAll(): void {
    this.#readFrom("0");
  }

  /** Forgets the keys of lanes that are not ours any more. */
  lost(lanes: readonly number[]): void {
    for (const [subject, { head, lane }] of this.#still) {
      if (!lanes.includes(lane)) continue;
      this.#still.delete(subject);
      this.#heads.delete(head);
    }
  }

  /** A page is asked for. */
  begin(): void {
    this.missed = false;
    this.#left = new Set();
  }

  /** It left memory; a page that is on its way may still show it as it was. */
  gone(key: string): void {
    this.#left?.add(key);
  }

  /** Whether the page that is on its way shows an old picture of it. */
  outdated(key: string): boolean {
    return this.#left?.has(key) === true;
  }

  /** A page asked for in this turn has come; `last` is its last row, if any, and `short` that there was no more. */
  end(turn: number, last: string | undefined, short: boolean): void {
    this.#left = undefined;
    if (turn !== this.#turns) return;
    this.#readTo = last ?? this.#readTo;
    if (short && !this.missed) this.more = false;
  }

  #readFrom(row: string): void {
    this.#turns += 1;
    this.#readTo = row;
    this.more = true;
    this.missed = false;
  }
}

/** The one of two row numbers that comes first; they are decimal text. */
const earlier = (a: string, b: string): string => (BigInt(a) < BigInt(b) ? a : b);
