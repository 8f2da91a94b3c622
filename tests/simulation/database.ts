/**
 * A database in memory, as far as the engine relies on PostgreSQL: what a commit makes visible, and to whom.
 *
 * Transactions get an id and their positions when they begin and become visible when they commit; readers of the journal
 * see only what is older than every running transaction. Conditions are judged at the commit, one transaction at a time,
 * which is one of the orders PostgreSQL allows. The conformance suite holds this file and PostgreSQL to the same cases.
 */
import type { Entry } from "../../src/journal/append.ts";
import type { OpenDelivery } from "../../src/work/deliveries.ts";
import type { Instance } from "../../src/work/instances.ts";
import type { Kernel, Program } from "./kernel.ts";

export interface EventRow extends Entry {
  readonly xid: number;
  readonly position: number;
  readonly at: number;
  readonly occurred: string;
}

export interface DeliveryRow {
  readonly key: string;
  readonly id: number;
  readonly flow: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly lane: number;
  readonly correlation: string;
  readonly position: number;
  readonly afterKey: string | null;
  readonly undoes: string | null;
  status: OpenDelivery["status"];
  attempts: number;
  doubts: number;
  notFound: number;
  nextTry: number | null;
  reference: string | null;
  reason: string | null;
  crashes: number;
  looking: boolean;
  /** The version of its correction; 0 for none. */
  corrected: number;
  waitsFor: string | null;
  waitsSince: number;
  readonly created: number;
  updated: number;
}

export interface InstanceRow extends Omit<Instance, "body"> {
  body: string;
  nextDue: string | null;
}

export interface QuestionRow {
  readonly id: string;
  readonly process: string;
  readonly key: string;
  readonly approval: string;
  readonly correlation: string;
  verdict: string | null;
}

export interface ExceptionRow {
  readonly id: number;
  readonly subjectKind: string;
  readonly subject: string;
  class: string;
  resolved: boolean;
}

/** A line of the audit. */
export interface Audited {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
}

interface LaneRow {
  readonly id: number;
  owner: string | null;
  epoch: number;
  until: number;
  xid: number;
  position: number;
}

/** A transaction that runs: an id, positions, and the locks it holds. */
export interface Transaction {
  readonly xid: number;
  readonly positions: number[];
  readonly locks: readonly string[];
  readonly incarnation: number;
}

const FINAL = ["applied", "superseded", "cancelled"];

export class Database {
  readonly kernel: Kernel;
  readonly lanes: LaneRow[];
  readonly workers = new Map<string, { at: number; place: string; program: Program }>();
  /** What workers have in their hands, by worker and what, and how often it was lost before. */
  readonly hands = new Map<string, Map<string, number>>();
  /** When workers were lost. */
  readonly lost = new Map<string, number>();
  readonly receipts = new Map<string, { hash: string; arrival: string }>();
  readonly arrivals: { arrival: string; state: string }[] = [];
  /** In the order of the feed. */
  readonly events: EventRow[] = [];
  readonly byPosition = new Map<number, EventRow>();
  readonly deliveries = new Map<string, DeliveryRow>();
  readonly instances = new Map<string, InstanceRow>();
  readonly questions = new Map<string, QuestionRow>();
  readonly exceptions: ExceptionRow[] = [];
  readonly checks = new Map<string, { round: number; due: number }>();
  /** In the order first seen. */
  readonly keys = new Map<string, { type: string; value: string; correlation: string }>();
  /** Who did what, to what, and why. */
  readonly audit: Audited[] = [];
  /** What a person made of what a delivery carries. */
  readonly corrections = new Map<string, { version: number; data: string }>();
  /** Deliveries whose tries were used up. */
  readonly givenUp = new Set<string>();
  /** How long a lease lasts, whatever a worker believes. */
  readonly leaseMs: number;
  /** Nobody gets through before. */
  downUntil = 0;
  /** Raised by every crash; a transaction of an earlier one is gone. */
  incarnation = 0;
  #xid = 1000;
  #position = 0;
  #ids = 0;
  readonly #running = new Set<Transaction>();
  readonly #locks = new Map<string, Transaction>();
  #waiting: { locks: readonly string[]; begin: () => void }[] = [];

  constructor(kernel: Kernel, lanes: number, leaseMs: number) {
    this.kernel = kernel;
    this.leaseMs = leaseMs;
    this.lanes = Array.from({ length: lanes }, (_, id) => ({
      id,
      owner: null,
      epoch: 0,
      until: Number.NEGATIVE_INFINITY,
      xid: 0,
      position: 0,
    }));
  }

  /** What `clock_timestamp()` says. */
  get now(): string {
    return this.kernel.date().toISOString();
  }

  /** The oldest transaction still running, or the next to come: the barrier of the feed. */
  get barrier(): number {
    let barrier = this.#xid + 1;
    for (const { xid } of this.#running) barrier = Math.min(barrier, xid);
    return barrier;
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Begins when the locks are free; the id is handed out after that, as PostgreSQL does for the first row written. */
  begin(locks: readonly string[], positions: number, begun: (tx: Transaction) => void): void {
    const start = () => {
      this.#xid += 1;
      const tx: Transaction = {
        xid: this.#xid,
        positions: Array.from({ length: positions }, () => {
          this.#position += 1;
          return this.#position;
        }),
        locks,
        incarnation: this.incarnation,
      };
      for (const lock of locks) this.#locks.set(lock, tx);
      this.#running.add(tx);
      begun(tx);
    };
    if (locks.some((lock) => this.#locks.has(lock))) this.#waiting.push({ locks, begin: start });
    else start();
  }

  /** Ends a transaction: its rows are visible from now on, or never. */
  end(tx: Transaction): void {
    if (!this.#running.delete(tx)) return;
    for (const lock of tx.locks) this.#locks.delete(lock);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (one.locks.some((lock) => this.#locks.has(lock))) this.#waiting.push(one);
      else one.begin();
    }
  }

  /** The server dies: whatever runs is undone, and nobody gets through for a while. */
  crash(forMs: number): void {
    this.incarnation += 1;
    this.downUntil = this.kernel.now + forMs;
    for (const tx of [...this.#running]) this.end(tx);
  }

  append(tx: Transaction, entry: Entry): EventRow {
    const position = tx.positions.shift() as number;
    const row: EventRow = {
      ...entry,
      xid: tx.xid,
      position,
      at: this.kernel.now,
      occurred: entry.occurredAt ? new Date(entry.occurredAt).toISOString() : this.now,
    };
    let at = this.events.length;
    while (at > 0 && behind(row, this.events[at - 1] as EventRow)) at -= 1;
    this.events.splice(at, 0, row);
    this.byPosition.set(position, row);
    return row;
  }

  appendAll(tx: Transaction, entries: readonly Entry[]): EventRow[] {
    return entries.map((entry) => this.append(tx, entry));
  }

  open(row: DeliveryRow): OpenDelivery | null {
    if (FINAL.includes(row.status)) return null;
    const event = this.byPosition.get(row.position);
    if (!event) return null;
    return this.look(row, event);
  }

  /** A delivery with what it carries, whatever became of it. */
  look(row: DeliveryRow, event: EventRow): OpenDelivery {
    const waits = [row.afterKey, row.undoes].flatMap((key) => (key && this.deliveries.get(key)) || []);
    return {
      id: String(row.id),
      key: row.key,
      flow: row.flow,
      connection: row.connection,
      contract: row.contract,
      subject: row.subject,
      lane: row.lane,
      correlation: row.correlation,
      afterKey: row.afterKey,
      undoes: row.undoes,
      free: waits.every(({ status }) => FINAL.includes(status)),
      status: row.status,
      attempts: row.attempts,
      doubts: row.doubts,
      notFound: row.notFound,
      crashes: row.crashes,
      waitsFor: row.waitsFor,
      owedForMs: this.kernel.now - row.created,
      stoodMs: this.kernel.now - row.updated,
      dueInMs: row.nextTry === null ? null : Math.round(row.nextTry - this.kernel.now),
      position: String(row.position),
      ...(this.corrections.get(row.key) ?? { version: event.version, data: event.data }),
      entryId: event.id,
      corrected: row.corrected,
      reference: row.reference,
    };
  }

  remember(keys: readonly { type: string; value: string; correlation: string }[]): void {
    for (const { type, value, correlation } of keys) {
      const id = [value, type, correlation].join("\n");
      if (!this.keys.has(id)) this.keys.set(id, { type, value, correlation });
    }
  }

  raise(raised: readonly { subjectKind: string; subject: string; class: string }[]): void {
    for (const each of raised) {
      const open = this.exceptions.find(
        (one) => !one.resolved && one.subjectKind === each.subjectKind && one.subject === each.subject,
      );
      if (open) open.class = each.class;
      else
        this.exceptions.push({
          id: this.nextId(),
          subjectKind: each.subjectKind,
          subject: each.subject,
          class: each.class,
          resolved: false,
        });
    }
  }

  resolve(resolved: readonly { subjectKind: string; subject: string }[]): void {
    for (const each of resolved)
      for (const one of this.exceptions)
        if (one.subjectKind === each.subjectKind && one.subject === each.subject) one.resolved = true;
  }
}

const behind = (a: { xid: number; position: number }, b: { xid: number; position: number }): boolean =>
  a.xid < b.xid || (a.xid === b.xid && a.position < b.position);

/** As PostgreSQL does, before anything of the transaction is written. */
export function refuseUnstorable(entries: readonly Entry[]): void {
  if (entries.some(({ id, key, correlation }) => [id, key, correlation].some((name) => name.includes("\0"))))
    throw Object.assign(new Error("invalid byte sequence for encoding UTF8: 0x00"), { code: "22021" });
}
