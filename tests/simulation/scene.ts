/**
 * One world of the simulation: what everybody in it shares, and what is planted around its engine.
 *
 * Nothing happens here. Who breaks what is in `troubles.ts`, what clients send in `clients.ts`, what people do in `desk.ts`;
 * `world.ts` lets it all happen.
 */
import type { Arranged } from "../../src/runtime/arrangement.ts";
import type { Worker } from "../../src/runtime/assemble.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { Parcelled } from "../../src/runtime/line.ts";
import type { Store } from "../../src/runtime/store.ts";
import type { limits } from "../../src/std/limits.ts";
import { type Line, soundLine } from "./access.ts";
import type { Database } from "./database.ts";
import type { Twist } from "./integration.ts";
import { Kernel, type Program } from "./kernel.ts";
import type { Target } from "./targets.ts";

/** A planted mistake: what it changes around the engine, so that the engine behaves as if it had made it. */
export interface Mistake {
  readonly twist?: Twist;
  /** In place of the store a worker gets. */
  store?(store: Store, db: Database, program: Program): Store;
  clock?(clock: Clock): Clock;
  session?(session: ReturnType<Target["session"]>, db: Database): ReturnType<Target["session"]>;
  /** What the engine believes, other than the truth. */
  readonly believes?: Partial<Record<keyof typeof limits, number>>;
  before?(db: Database): void;
  /** In place of the look at a posting's period. */
  mayPost?(look: MayPost, db: Database): MayPost;
}

/** A planted mistake with its number. */
export interface Bug {
  readonly id: string;
  readonly is: string;
  readonly mends?: string;
  readonly mistake: Mistake;
}

/** Looks at a parcel before it is sent: may change it, or refuse it. */
export type MayPost = (parcel: Parcelled) => Promise<void>;

export interface Receipted {
  readonly message: string;
  readonly content: string;
  readonly outcome: "accepted" | "duplicate" | "conflict" | "quarantined";
  readonly receipt: string;
  readonly at: number;
}

/** A document of a client. */
export interface Given {
  readonly flow: string;
  readonly message: string;
  readonly content: string;
}

/** A worker, and the process it lives in. */
export interface Slot {
  readonly worker: Worker;
  readonly program: Program;
  begun: boolean;
}

export class Scene {
  readonly kernel: Kernel;
  readonly mistake: Mistake;
  /** Small bounds, so that their edges are met with a handful of orders. */
  readonly bounds: Partial<Record<keyof typeof limits, number>>;
  readonly fired = new Map<string, number>();
  readonly targets = new Map<string, Target>();
  readonly line: Line = soundLine();
  readonly slots: Slot[] = [];
  readonly receipts: Receipted[] = [];
  readonly client: Program = { name: "client", alive: true, pausedUntil: 0, skewMs: 0 };
  readonly clerk: Program = { name: "clerk", alive: true, pausedUntil: 0, skewMs: 0 };
  /** Periods that were closed, and from when until when. */
  readonly closed: { ledger: string; period: string; from: number; until: number }[] = [];
  /** Orders nobody looks after until everything else has ended: what is wrong with them must be their own affair. */
  readonly apart = new Set<string>();
  /** What people were told is done, each with who did it. */
  readonly acts: { readonly by: string; readonly action: string; readonly subject: string }[] = [];
  db!: Database;
  definitions!: Arranged;
  /** The store people's acts go through. */
  desk!: Store;
  healedAt = Number.POSITIVE_INFINITY;
  /** Messages that were sent, or will be, and have no receipt yet. */
  owed = 0;
  /** One system is away for minutes, and nothing else happens: what waits must not use up its tries. */
  onlyAnOutage = false;
  /** The CRM takes no order of a customer it does not know. */
  strict = false;
  /** What was set aside as it came, for its sender to send again. */
  unread: Given | null = null;

  constructor(seed: number, mistake: Mistake, only: ReadonlySet<string> | undefined) {
    this.kernel = new Kernel(seed, only);
    this.mistake = mistake;
    this.bounds = this.#draw(this.kernel);
  }

  fire(fault: string): void {
    this.fired.set(fault, (this.fired.get(fault) ?? 0) + 1);
  }

  /** `erp-back` is another line to the same system. */
  target(name: string): Target {
    return this.targets.get(name.replace(/-back$/, ""))!;
  }

  #draw(kernel: Kernel): Scene["bounds"] {
    const { random } = kernel;
    const bytes = kernel.chanceOf("bytes");
    return {
      stepBatchMax: random.pick([3, 20, 500]),
      dueBatchMax: random.pick([1, 500]),
      firstLookMs: 20_000,
      secondLookMs: 80_000,
      crashesMax: random.pick([3, 4]),
      deliveriesInMemoryMax: random.pick([4, 10_000]),
      deliveriesPage: random.pick([2, 7, 1_000]),
      outcomeBatchMax: random.pick([1, 3, 500]),
      acceptBatchMax: random.pick([1, 500]),
      instancesCachedMax: random.pick([0, 2, 20_000]),
      lanes: random.pick([1, 2, 4, 8]),
      idlePollMs: 300,
      pageBytesMax: bytes.pick([1, 300, 16_000_000]),
      deliveriesOfOneKeyMax: bytes.pick([1, 2, 100]),
      deliveryBytesInMemoryMax: bytes.pick([1, 300, 20_000_000]),
    };
  }
}
