/**
 * Reads what is owed from the table into memory: page by page as there is room, and one by one what is not as we remember it.
 *
 * What must stay true: what was read before something moved never passes what moved since, and of one business key the order
 * of the table is kept.
 */
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { OpenDelivery } from "../work/deliveries.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";
import type { Leases } from "./leases.ts";
import { recall, standsAt } from "./recall.ts";
import type { SettingAside } from "./set-aside.ts";
import type { Store } from "./store.ts";
import type { Whereabouts } from "./whereabouts.ts";
import { roomFor, type Working } from "./working.ts";

/** How soon the table is asked again when it could not tell us. */
const LOOK_AGAIN_MS = 1_000;
/** What a build may lack, as deliveries that wait for it say it. */
const LACKED = /^(flow|contract|connection)\//;

/** Whether there was no more to read than this: it has room for more of them, and for more bytes. */
const isShort = (page: readonly OpenDelivery[]): boolean =>
  page.length < limits.deliveriesPage &&
  page.reduce((bytes, { data }) => bytes + Buffer.byteLength(data), 0) < limits.pageBytesMax;

interface Given {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly definitions: Arranged;
  readonly leases: Leases;
  readonly lines: ReadonlyMap<string, Working>;
  readonly whereabouts: Whereabouts;
  readonly aside: SettingAside;
  /** Something may go now. */
  readonly pump: (working: Working) => void;
  /** Whether nothing more is to be sent. */
  readonly stopped: () => boolean;
}

export class ReadingBack {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #lines: ReadonlyMap<string, Working>;
  readonly #whereabouts: Whereabouts;
  readonly #aside: SettingAside;
  readonly #pump: (working: Working) => void;
  readonly #stopped: () => boolean;
  /** What the table is to be asked about, in the order it came up; null while nothing is. */
  #toRead: Set<string> | null = null;

  constructor(given: Given) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#lines = given.lines;
    this.#whereabouts = given.whereabouts;
    this.#aside = given.aside;
    this.#pump = given.pump;
    this.#stopped = given.stopped;
  }

  /** A person decided about a delivery, or it is not as we remember: look at what the table says now. */
  decided(key: string): void {
    if (this.#toRead) {
      this.#toRead.add(key);
      return;
    }
    this.#toRead = new Set([key]);
    // Whatever comes up before the table is asked is asked with it, and what comes up meanwhile the next time.
    queueMicrotask(() => void this.#readAgain());
  }

  /** Brings the next page of what is owed into memory. */
  async page(working: Working): Promise<void> {
    if (working.loading || this.#stopped()) return;
    working.loading = true;
    try {
      const { backlog } = working;
      while (backlog.more && roomFor(working)) {
        backlog.begin();
        const turn = backlog.turns;
        const lanes = [...this.#leases.held.keys()];
        const page = await this.#store.openDeliveries(
          working.connection.name,
          lanes,
          backlog.readTo,
          limits.deliveriesPage,
        );
        // Asked for before the table was to be read again: its rows would pass those that were left behind.
        const current = turn === backlog.turns ? page : [];
        for (const open of current) if (!backlog.outdated(open.key)) this.#readBack(working, open);
        // What was committed while we read is in the table only; a short page with nothing missed is the end of it.
        backlog.end(turn, page.at(-1)?.id, isShort(page));
      }
    } catch (error) {
      // The next tick tries again.
      working.loading = false;
      this.#log.warn("Open deliveries could not be read; trying again.", {
        connection: working.connection.name,
        error: String(error),
      });
      return;
    }
    working.loading = false;
    this.#pump(working);
  }

  /** Asks the table about all that came up, until nothing more does. */
  async #readAgain(): Promise<void> {
    for (let keys = [...(this.#toRead ?? [])]; keys.length > 0; keys = [...this.#toRead]) {
      this.#toRead = new Set();
      try {
        const open = new Map((await this.#store.openAmong(keys)).map((each) => [each.key, each]));
        // In the order they came up: several of one key that are replayed together keep theirs.
        for (const key of keys) this.#reload(key, open.get(key));
      } catch (error) {
        this.#log.warn("Deliveries could not be read; trying again.", {
          deliveries: keys.length,
          error: String(error),
        });
        if (!this.#stopped())
          this.#clock.after(LOOK_AGAIN_MS, () => {
            for (const key of keys) this.decided(key);
          });
      }
    }
    this.#toRead = null;
  }

  #reload(key: string, open: OpenDelivery | undefined): void {
    for (const working of this.#lines.values()) {
      const known = working.line.get(key);
      if (known) {
        if (!open) {
          this.#whereabouts.settled(working, known);
        } else if (!working.onWire.has(known)) {
          working.later.delete(known);
          working.line.takeBack(known);
          Object.assign(known, standsAt(working.connection, known.flow, open));
          const recalled =
            open.corrected > 0
              ? recall(open, working.connection, this.#definitions, this.#clock.now())
              : null;
          // A person corrected what it carries.
          if (recalled && !("lacks" in recalled))
            Object.assign(known, { message: recalled.message, cargo: undefined });
          if (working.line.isFirst(known)) this.#whereabouts.settleFirst(working, known);
          this.#pump(working);
        } else if (!this.#stopped()) {
          // Its call has ended and not been taken note of yet; what was decided about it is looked at after that.
          this.#clock.after(LOOK_AGAIN_MS, () => this.decided(key));
        }
        return;
      }
      if (!working.backlog.isHead(key)) continue;
      if (open && (open.status === "parked" || open.status === "held")) return;
      const more = working.backlog.move(key);
      if (open) this.#bringBack(working, open);
      else this.#whereabouts.free(key);
      if (more) void this.page(working);
      this.#pump(working);
      return;
    }
    if (!open) return;
    const working = this.#lines.get(open.connection);
    if (working) {
      this.#bringBack(working, open);
      this.#pump(working);
    } else if (open.status !== "parked" && open.status !== "held") this.#aside.stray(open);
  }

  /** It moves again: into memory, or by a page when there is room for it. */
  #bringBack(working: Working, open: OpenDelivery): void {
    if (roomFor(working)) this.#readBack(working, open);
    else working.backlog.leaveUntilRoom(String(BigInt(open.id) - 1n));
  }

  #readBack(working: Working, open: OpenDelivery): void {
    const { line, backlog, connection } = working;
    if (line.has(open.key) || backlog.isHead(open.key) || !this.#leases.held.has(open.lane)) return;
    const recalled = recall(open, connection, this.#definitions, this.#clock.now());
    const aside = open.status === "parked" || open.status === "held";
    if ("lacks" in recalled) {
      if (backlog.standsStill(open.subject)) backlog.leave(open.subject, String(BigInt(open.id) - 1n));
      else backlog.stop(open);
      if (!aside) this.#aside.cannot(open, recalled);
      return;
    }
    this.#whereabouts.enqueue(working, recalled);
    // The build before lacked what it needs; this one does not.
    if (aside && open.waitsFor !== null && LACKED.test(open.waitsFor)) this.#aside.goAgain(open.key);
  }
}
