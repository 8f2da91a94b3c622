/**
 * One run of the simulation: workers, targets, clients and a clerk live through warm-up, chaos, healing and rest.
 *
 * The workers are the product's own, put together by `assemble`; everything around them is made here and follows from the
 * seed. What was wrong afterwards is for the oracle to say; this file only lets things happen and keeps the receipts.
 */
import { type Connection, connection, type Repeat } from "../../src/connectors/connector.ts";
import type { Arranged } from "../../src/runtime/arrangement.ts";
import { assemble, type Worker } from "../../src/runtime/assemble.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { Parcelled } from "../../src/runtime/line.ts";
import { Periods } from "../../src/runtime/periods.ts";
import type { Act, Store } from "../../src/runtime/store.ts";
import { toBytes, toText } from "../../src/std/bytes.ts";
import { InDoubt, Refused } from "../../src/std/errors.ts";
import { limits } from "../../src/std/limits.ts";
import { silent } from "../../src/std/log.ts";
import { judge } from "../oracle/judge.ts";
import { answering, correcting, deciding, declaring, resuming } from "./clerk.ts";
import { Database, type QuestionRow } from "./database.ts";
import {
  CUSTOMERS,
  creditOf,
  customerOf,
  integrate,
  LEDGERS,
  LedgerEntry,
  PACK_MS,
  PERIODS,
  TARGETS,
  type Touch,
  type Twist,
} from "./integration.ts";
import { Kernel, type Program } from "./kernel.ts";
import { type Line, lastWordOn, simStore } from "./store.ts";
import { CALLS_MAX, Target } from "./targets.ts";

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

/** Looks at a parcel before it is sent: may change it, or refuse it. */
type MayPost = (parcel: Parcelled) => Promise<void>;

export interface Outcome {
  readonly seed: number;
  readonly hash: string;
  readonly violations: readonly string[];
  readonly fired: ReadonlyMap<string, number>;
  readonly story: readonly string[];
  /** Every fault and message of the run, by the names with which `only` chooses among them. */
  readonly befell: readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
  readonly receipts: number;
  readonly effects: number;
}

/** A lease of the database in memory is this long, whatever the engine believes. */
const LEASE_MS = limits.leaseMs;
const WARM_UP_MS = 5_000;
const HEALED_AFTER_MS = 45 * 60_000;
/** Longer than all tries of what matters least here, were they made. */
const OUTAGE_MS = 270_000;
/** Five tries in a row open the breaker, and the first after the outage succeeds. */
const TRIES_MAX = 6;
const REPEATS: readonly Repeat[] = ["key", "upsert", "unique-reference", "searchable", "none"];

/**
 * Lives through one seed, or through as much of it as `only` names. Runs must not overlap: the bounds of the engine are set
 * anew for each.
 */
export async function simulate(
  seed: number,
  mistake: Mistake = {},
  only?: ReadonlySet<string>,
): Promise<Outcome> {
  const world = new World(seed, mistake, only);
  const kept = { ...limits };
  const bounds = limits as { -readonly [Name in keyof typeof limits]: number };
  try {
    Object.assign(bounds, world.bounds, mistake.believes);
    return await world.live();
  } finally {
    Object.assign(bounds, kept);
  }
}

/** An order that ends whoever touches it at this point, until it is mended. */
interface Poison {
  readonly at: Parameters<Touch>[0] | "sending" | "asking";
  readonly order: string;
  kills: number;
}

interface Receipted {
  readonly message: string;
  readonly content: string;
  readonly outcome: "accepted" | "duplicate" | "conflict" | "quarantined";
  readonly receipt: string;
  readonly at: number;
}

class World {
  readonly #kernel: Kernel;
  readonly #mistake: Mistake;
  readonly #fired = new Map<string, number>();
  readonly #targets = new Map<string, Target>();
  readonly #line: Line = { latencyMs: 1.5, refused: 0, lostBeforeCommit: 0, lostAfterCommit: 0, stalled: 0 };
  readonly #slots: { worker: Worker; program: Program; begun: boolean }[] = [];
  readonly #receipts: Receipted[] = [];
  readonly #client: Program = { name: "client", alive: true, pausedUntil: 0, skewMs: 0 };
  readonly #clerk: Program = { name: "clerk", alive: true, pausedUntil: 0, skewMs: 0 };
  #db!: Database;
  #definitions!: Arranged;
  #desk!: Store;
  #chaos = false;
  #healedAt = Number.POSITIVE_INFINITY;
  #killAtCall = 0;
  #pauseAtCall = 0;
  #births = 0;
  /** The CRM takes no order of a customer it does not know. */
  #strict = false;
  #owed = 0;
  #decisions = 0;
  /** Periods that were closed, and from when until when. */
  readonly #closed: { ledger: string; period: string; from: number; until: number }[] = [];
  /** One system is away for minutes, and nothing else happens: what waits must not use up its tries. */
  #onlyAnOutage = false;
  #poison: Poison | null = null;
  #mended = false;
  /** Orders nobody looks after until everything else has ended: what is wrong with them must be their own affair. */
  readonly #apart = new Set<string>();
  /** What people were told is done, each with who did it. */
  readonly #acts: { readonly by: string; readonly action: string; readonly subject: string }[] = [];
  /** The most of anything that was ever seen beyond its bound, and the bound. */
  readonly #beyond = new Map<string, { readonly found: number; readonly most: number }>();
  #unread: { flow: string; message: string; content: string } | null = null;

  constructor(seed: number, mistake: Mistake, only: ReadonlySet<string> | undefined) {
    this.#kernel = new Kernel(seed, only);
    this.#mistake = mistake;
    this.bounds = this.#draw(this.#kernel);
  }

  /** Small bounds, so that their edges are met with a handful of orders. */
  readonly bounds: Partial<Record<keyof typeof limits, number>>;

  #draw({ random }: Kernel): typeof this.bounds {
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
    };
  }

  async live(): Promise<Outcome> {
    const { random } = this.#kernel;
    this.#db = new Database(this.#kernel, limits.lanes, LEASE_MS);
    this.#mistake.before?.(this.#db);
    for (const name of TARGETS) {
      this.#targets.set(
        name,
        new Target(this.#kernel, name, random.pick(REPEATS), (fault) => this.#fire(fault), creditOf),
      );
    }
    if (random.chance(0.4)) {
      this.#strict = true;
      this.#target("crm").needs = ({ contract, body }) =>
        contract === "sales.order-captured"
          ? {
              keyType: "customer",
              value: customerOf((JSON.parse(toText(body)) as { orderId: string }).orderId),
            }
          : undefined;
    }
    const twist = this.#mistake.twist ?? {};
    const undoElsewhere = random.chance(0.4);
    const touch: Touch = (at, order) => this.#touched(at, order, this.#kernel.current);
    this.#definitions = integrate((name) => this.#connection(name), { undoElsewhere, touch, ...twist });
    this.#desk = simStore(this.#db, this.#clerk, { ...this.#line });
    for (let slot = 0; slot < random.between(1, 3); slot += 1) this.#start(slot);
    this.#onlyAnOutage = random.chance(0.04);
    const chaosMs = this.#onlyAnOutage ? OUTAGE_MS : random.between(25_000, 70_000);
    this.#troubles();
    this.#orders(WARM_UP_MS + chaosMs);
    this.#entries(WARM_UP_MS + chaosMs);
    this.#kernel.later(WARM_UP_MS, "chaos", null, () => this.#break(chaosMs));
    this.#kernel.later(WARM_UP_MS + chaosMs, "heal", null, () => this.#heal());
    this.#work();
    await this.#kernel.run();
    return this.#outcome();
  }

  #connection(name: string): Connection {
    const target = this.#target(name);
    return connection(name, target.connector, { config: {} });
  }

  /** `erp-back` is another line to the same system. */
  #target(name: string): Target {
    return this.#targets.get(name.replace(/-back$/, ""))!;
  }

  #fire(fault: string): void {
    this.#fired.set(fault, (this.#fired.get(fault) ?? 0) + 1);
  }

  #start(slot: number, sameName?: string): void {
    const { random } = this.#kernel;
    this.#births += 1;
    const name = sameName ?? `worker-${slot}-${this.#births}`;
    const program: Program = {
      name,
      alive: true,
      pausedUntil: 0,
      skewMs: random.chance(0.4) ? random.between(-3_600_000, 3_600_000) : 0,
    };
    const watch = (point: string) => this.#watch(slot, program, point);
    const sessions = new Map(
      [...this.#definitions.connections.keys()]
        .filter((connected) => connected !== "client")
        .map((connected) => {
          const session = this.#touching(this.#target(connected).session(program, watch), program);
          return [connected, this.#mistake.session?.(session, this.#db) ?? session] as const;
        }),
    );
    const plain = simStore(this.#db, program, this.#line, watch, (fault) => this.#fire(fault));
    const store = this.#mistake.store?.(plain, this.#db, program) ?? plain;
    const own = this.#kernel.clockOf(program);
    const clock = this.#mistake.clock?.(own) ?? own;
    const periods = new Periods(store, PERIODS, this.#definitions);
    const look: MayPost = (parcel) => this.#looked(periods.mayPost(parcel));
    const worker = assemble({
      store,
      clock,
      log: silent,
      worker: name,
      definitions: this.#definitions,
      sessions,
      tell: () => undefined,
      beforeSend: this.#mistake.mayPost?.(look, this.#db) ?? look,
    });
    const at = { worker, program, begun: false };
    this.#slots[slot] = at;
    this.#kernel.tell(`${name} starts`);
    worker.begin().then(
      () => {
        at.begun = true;
      },
      () => this.#kill(slot, program, "it could not take lanes"),
    );
  }

  /** A worker may be killed or stopped at every call it makes and every answer it gets. */
  #watch(slot: number, program: Program, point: string): void {
    if (!this.#chaos || !program.alive) return;
    if (this.#kernel.strikes("worker killed at a call", this.#killAtCall)) {
      this.#fire(`killed at ${point}`);
      this.#kill(slot, program, point);
    } else if (this.#kernel.strikes("worker stopped at a call", this.#pauseAtCall))
      this.#pause(program, point);
  }

  /** In some worlds an order ends whoever touches it, or is refused whenever it comes. */
  #troubles(): void {
    const random = this.#kernel.chanceOf("troubles");
    if (this.#onlyAnOutage) return;
    const erp = this.#target("erp");
    if (random.chance(0.25)) {
      const at = random.pick(["reading", "step", "timer", "carrying", "sending", "asking"] as const);
      const order = `SO-${random.between(1, 2)}`;
      this.#poison = { at: at === "asking" && erp.repeat !== "searchable" ? "sending" : at, order, kills: 0 };
      this.#apart.add(`order/${order}`);
    }
    if (!random.chance(0.25)) return;
    for (let n = random.between(1, 3); n > 0; n -= 1) {
      erp.never.add(`order/SO-${n}`);
      this.#apart.add(`order/SO-${n}`);
    }
  }

  #touched(at: Poison["at"], order: string, program: Program | null): void {
    const poison = this.#poison;
    if (this.#mended || poison?.at !== at || poison.order !== order || !program?.alive) return;
    const slot = this.#slots.findIndex((one) => one?.program === program);
    if (slot < 0 || !this.#kernel.befalls(`${order} ends a worker`)) return;
    // Nobody can count a loss that nobody knows of yet.
    if (poison.kills === 0 || this.#db.lost.size > 0) poison.kills += 1;
    this.#fire(`worker ended by what it had in its hands: ${at}`);
    this.#kill(slot, program, `${at} ${order}`, "never the same");
    throw new Error("It was killed.");
  }

  #touching(session: ReturnType<Target["session"]>, program: Program): ReturnType<Target["session"]> {
    const posts = (of: { contract: string; subject: string }) =>
      of.contract === "erp.post-order" ? of.subject.replace("order/", "") : "";
    return {
      ...session,
      deliver: async (parcel) => {
        this.#touched("sending", posts(parcel), program);
        // Nobody knows what became of it, so it is asked about.
        const { at, order } = this.#poison ?? {};
        if (at === "asking" && order === posts(parcel) && !this.#mended) throw new InDoubt("No answer.");
        return session.deliver!(parcel);
      },
      verify: async (parcel) => {
        this.#touched("asking", posts(parcel), program);
        return session.verify!(parcel);
      },
    };
  }

  /** Everything else has ended; now these are looked after as well. */
  #mend(): void {
    this.#kernel.tell(`${[...this.#apart].join(", ")} are mended`);
    if (this.#poison && this.#poison.kills > 0) this.#fire("the others ended before what ends workers");
    if (this.#target("erp").never.size > 0) this.#fire("the others ended before what is refused");
    this.#mended = true;
    this.#target("erp").never.clear();
    this.#apart.clear();
    const unread = this.#unread;
    const again = () => {
      if (this.#unread === null) return;
      this.#unread = null;
      this.#post(unread as NonNullable<typeof unread>);
      this.#kernel.later(30_000, "client again", this.#client, again);
    };
    again();
  }

  #kill(
    slot: number,
    program: Program,
    point: string,
    name: "perhaps the same" | "never the same" = "perhaps the same",
  ): void {
    if (!program.alive) return;
    program.alive = false;
    this.#fire("worker killed");
    this.#kernel.tell(`${program.name} is killed at ${point}`);
    const { random } = this.#kernel;
    const same = random.chance(0.2) && name === "perhaps the same" ? program.name : undefined;
    this.#kernel.later(random.between(200, 20_000), "restart", null, () => {
      if (this.#slots[slot]?.program === program) this.#start(slot, same);
    });
  }

  #pause(program: Program, point: string): void {
    const ms = this.#kernel.random.between(1_000, 40_000);
    program.pausedUntil = this.#kernel.now + ms;
    this.#fire("worker stopped");
    this.#kernel.tell(`${program.name} is stopped for ${ms} ms at ${point}`);
  }

  /** Draws which faults this seed has, and how strong: all, one, none. */
  #break(chaosMs: number): void {
    const { random } = this.#kernel;
    this.#chaos = true;
    if (this.#onlyAnOutage) {
      const away = this.#targets.get(random.chance(0.5) ? "shop" : random.pick(TARGETS))!;
      if (!this.#kernel.befalls(`${away.name} is away for minutes`)) return;
      this.#fire("long outage");
      away.mood.away = true;
      return;
    }
    const some = (share: number) => (random.chance(0.3) ? random.next() * share : 0);
    Object.assign(this.#line, {
      latencyMs: random.pick([1, 1.5, 5, 40]),
      refused: some(0.05),
      lostBeforeCommit: some(0.05),
      lostAfterCommit: some(0.05),
      stalled: some(0.03),
    });
    this.#killAtCall = some(0.004);
    this.#pauseAtCall = some(0.004);
    for (const target of this.#targets.values()) {
      Object.assign(target.mood, {
        latencyMs: random.pick([5, 20, 300]),
        loseAnswer: some(0.4),
        loseRequest: some(0.2),
        late: target.name === "crm" && target.repeat === "searchable" ? some(0.3) : 0,
        delay: some(0.2),
        busy: some(0.2),
        refuse: some(0.15),
        searchLagMs: random.chance(0.3) ? 1_000 : 0,
      });
      if (random.chance(0.2)) this.#away(target, chaosMs);
    }
    const event = (share: number, what: string, happens: () => void) => {
      if (!random.chance(share)) return;
      for (let n = random.between(1, 3); n > 0; n -= 1)
        this.#kernel.later(random.between(0, chaosMs - 1_000), "fault", null, () => {
          if (this.#kernel.befalls(what)) happens();
        });
    };
    event(0.4, "worker killed", () => {
      const slot = random.between(0, this.#slots.length - 1);
      const at = this.#slots[slot];
      if (at) this.#kill(slot, at.program, "no particular point");
    });
    event(0.3, "worker stopped", () => {
      const at = random.pick(this.#slots);
      if (at?.program.alive) this.#pause(at.program, "no particular point");
    });
    event(0.2, "database restarts", () => {
      const ms = random.between(200, 8_000);
      this.#db.crash(ms);
      this.#fire("database restarted");
      this.#kernel.tell(`the database restarts and is away for ${ms} ms`);
    });
  }

  #away(target: Target, chaosMs: number): void {
    const { random } = this.#kernel;
    const from = random.between(0, chaosMs - 2_000);
    this.#kernel.later(from, "away", null, () => {
      if (!this.#chaos || !this.#kernel.befalls(`${target.name} is away`)) return;
      target.mood.away = true;
    });
    this.#kernel.later(from + random.between(1_000, 40_000), "back", null, () => {
      target.mood.away = false;
    });
  }

  #heal(): void {
    this.#chaos = false;
    this.#healedAt = this.#kernel.now;
    this.#kernel.tell("everything heals");
    Object.assign(this.#line, {
      latencyMs: 1.5,
      refused: 0,
      lostBeforeCommit: 0,
      lostAfterCommit: 0,
      stalled: 0,
    });
    this.#killAtCall = 0;
    this.#pauseAtCall = 0;
    for (const { mood } of this.#targets.values()) {
      Object.assign(mood, {
        latencyMs: 8,
        loseAnswer: 0,
        loseRequest: 0,
        late: 0,
        delay: 0,
        busy: 0,
        refuse: 0,
        away: false,
        searchLagMs: 0,
      });
    }
    for (const { program } of this.#slots)
      program.pausedUntil = Math.min(program.pausedUntil, this.#kernel.now);
  }

  /** Clients: orders, cancellations (some before the order), stock counts; copies, and other content under a used id. */
  #orders(until: number): void {
    const { random } = this.#kernel;
    const at = (ms: number, call: () => void) => {
      this.#owed += 1;
      this.#kernel.later(ms, "client", this.#client, () => {
        this.#owed -= 1;
        call();
      });
    };
    for (let n = random.between(2, 12); n > 0; n -= 1) {
      const orderId = `SO-${n}`;
      const amount = this.#amount();
      const when = random.between(10, until - 5_000);
      const order = {
        flow: "orders-in",
        message: `order-${n}`,
        content: JSON.stringify({ orderId, amount }),
      };
      at(when, () =>
        this.#post(order, () => {
          if (random.chance(0.2)) at(random.between(1, 30_000), () => this.#post(order));
          if (random.chance(0.1)) {
            const content = JSON.stringify({ orderId, amount: `${amount}1` });
            at(random.between(1, 30_000), () => this.#post({ ...order, content }));
          }
        }),
      );
      if (random.chance(0.35)) {
        const content = JSON.stringify({ orderId, amount: "0.00" });
        const cancel = { flow: "cancels-in", message: `cancel-${n}`, content };
        at(Math.max(1, when + random.between(-2_000, 50_000)), () => this.#post(cancel));
      }
    }
    if (this.#strict) {
      for (let n = 1; n <= CUSTOMERS; n += 1) {
        const content = JSON.stringify({ customer: `C-${n}` });
        at(random.between(10, until), () =>
          this.#post({ flow: "customers-in", message: `customer-${n}`, content }),
        );
      }
    }
    for (let item = random.between(0, 2); item > 0; item -= 1) {
      let count = 0;
      const last = random.between(3, 12);
      const next = () => {
        count += 1;
        const content = JSON.stringify({ item: `I-${item}`, count: String(count) });
        this.#post({ flow: "stock-in", message: `count-${item}-${count}`, content }, () => {
          if (count < last) at(random.between(1, 6_000), next);
        });
      };
      at(random.between(10, until / 2), next);
    }
    // Several people count one item at once; nobody waits for anybody.
    if (random.chance(0.5)) {
      const from = random.between(10, until - 10_000);
      for (let count = random.between(4, 10); count > 0; count -= 1) {
        const content = JSON.stringify({ item: "P-1", count: String(count) });
        at(from + random.between(0, 3_000), () =>
          this.#post({ flow: "stock-in", message: `count-P-${count}`, content }),
        );
      }
    }
    // One document with several orders in it, some of which keep no contract.
    for (let bundle = random.between(0, 2); bundle > 0; bundle -= 1) {
      const parts = Array.from({ length: random.between(2, 4) }, (_, part) => ({
        orderId: `SO-${bundle * 100 + part}`,
        amount: random.chance(0.3) ? "" : this.#amount(),
      }));
      const given = { flow: "bundles-in", message: `bundle-${bundle}`, content: JSON.stringify(parts) };
      at(random.between(10, until - 5_000), () => this.#post(given));
    }
  }

  /** In some worlds books are kept by periods: entries of two ledgers, and a month that is closed in the midst of them. */
  #entries(until: number): void {
    const random = this.#kernel.chanceOf("ledgers");
    if (this.#onlyAnOutage || !random.chance(0.4)) return;
    for (let n = random.between(3, 10); n > 0; n -= 1) {
      const postingDate = random.chance(0.8) ? "2026-01-30" : "2026-02-02";
      const content = JSON.stringify({ entry: `JE-${n}`, ledger: random.pick(LEDGERS), postingDate });
      this.#owed += 1;
      this.#kernel.later(random.between(10, until - 1_000), "client", this.#client, () => {
        this.#owed -= 1;
        this.#post({ flow: "entries-in", message: `entry-${n}`, content });
      });
    }
    const at = random.between(WARM_UP_MS, until);
    this.#kernel.later(at, "closing", null, () => {
      for (const ledger of LEDGERS) void this.#declare(ledger, "closed");
    });
    // One of them is opened again when all is well, for what came too late.
    this.#kernel.later(until + 60_000, "opening", null, () => void this.#declare("hold", "open"));
  }

  /** The controller says it until it is written down. */
  async #declare(ledger: string, status: "closed" | "open"): Promise<void> {
    const closed = this.#closed.find((one) => one.ledger === ledger);
    if (closed && status === "open") closed.until = this.#kernel.now;
    for (let said = false; !said; ) {
      said = await this.#desk.act(declaring(ledger, "2026-01", status, this.#db.now)).catch(() => false);
      // It may have been written although the answer was lost; then it stands so already.
      if ((lastWordOn(this.#db, `${ledger}/2026-01`) ?? "open") === status) said = true;
      if (!said) await this.#kernel.sleep(500, "declare again", null);
    }
    this.#kernel.tell(`the period 2026-01 of ${ledger} is ${status}`);
    if (status === "closed")
      this.#closed.push({
        ledger,
        period: "2026-01",
        from: this.#kernel.now,
        until: Number.POSITIVE_INFINITY,
      });
  }

  /** Dated in a period that is closed and will be opened again. */
  #shut({ contract, position }: { contract: string; position: number }): boolean {
    if (contract !== LedgerEntry.name || lastWordOn(this.#db, "hold/2026-01") !== "closed") return false;
    const { ledger, postingDate } = JSON.parse(this.#db.byPosition.get(position)?.data ?? "{}");
    return ledger === "hold" && postingDate?.startsWith("2026-01");
  }

  async #looked(look: Promise<void>): Promise<void> {
    try {
      await look;
    } catch (error) {
      if (error instanceof Refused) this.#fire("posting held: its period is closed");
      throw error;
    }
  }

  /** Mostly small; one in four has more digits than a float. */
  #amount(): string {
    const { random } = this.#kernel;
    const whole = random.chance(0.25) ? `90071992547409${random.between(10, 99)}` : random.between(1, 99);
    return `${whole}.0${random.between(0, 9)}`;
  }

  /** Sends until somebody gives a receipt, as a client with a promise to its own users does. */
  #post(
    given: { flow: string; message: string; content: string },
    received: () => void = () => undefined,
  ): void {
    const random = this.#kernel.chanceOf(given.message);
    // Master data comes in every telling of a run: without it orders would wait for good, which is another failure.
    if (given.flow !== "customers-in" && !this.#kernel.befalls(given.message)) return;
    this.#owed += 1;
    let done = false;
    const attempt = () => {
      const slot = random.pick(this.#slots);
      let answered = false;
      const again = (ms: number) => {
        if (done || answered) return;
        answered = true;
        this.#kernel.later(ms, "client again", this.#client, attempt);
      };
      this.#kernel.later(5_000, "client timeout", this.#client, () => again(0));
      this.#kernel.later(random.latency(3), "request", slot.program, () => {
        const body = toBytes(given.content);
        if (!slot.begun) return again(500);
        slot.worker.intake.accept(given.flow, { messageId: given.message, body }).then(
          (accepted) => {
            const { outcome, receipt } = accepted;
            this.#kernel.later(random.latency(3), "receipt", this.#client, () => {
              answered = true;
              this.#receipts.push({
                message: given.message,
                content: given.content,
                outcome,
                receipt,
                at: this.#kernel.now,
              });
              this.#kernel.tell(`${given.content} has its receipt (${outcome})`);
              if (outcome === "quarantined" && given.flow === "orders-in") this.#unread = given;
              if (done) return;
              done = true;
              this.#owed -= 1;
              received();
            });
          },
          () => this.#kernel.later(random.latency(3), "no receipt", this.#client, () => again(500)),
        );
      });
    };
    attempt();
  }

  /** The clerk looks in now and then, and at everything once it has healed; and the world ends when nothing is open. */
  #work(): void {
    this.#kernel.later(1_000, "clerk", this.#clerk, () => {
      this.#measure();
      const healed = this.#kernel.now >= this.#healedAt;
      const { random } = this.#kernel;
      for (const question of this.#db.questions.values())
        if (question.verdict === null && (healed || random.chance(0.1))) this.#answer(question);
      for (const row of this.#db.deliveries.values()) {
        if (row.status !== "parked" && row.status !== "held") continue;
        if (this.#apart.has(row.correlation)) continue;
        // It goes by itself when what it waits for has come; nobody need do anything.
        if (row.waitsFor !== null) continue;
        // A controller lets it go by opening the period.
        if (row.status === "held" && this.#shut(row)) continue;
        if (healed || random.chance(0.1)) this.#decide(row);
      }
      for (const row of this.#db.instances.values())
        if (row.status === "parked" && !this.#apart.has(row.correlation)) {
          this.#decisions += 1;
          this.#act(resuming(row, String(this.#decisions)));
        }
      if (healed && this.#apart.size > 0 && this.#atRest()) this.#mend();
      if (healed && this.#apart.size === 0 && this.#atRest())
        this.#kernel.later(6_000, "end", null, () => this.#kernel.stop());
      else if (this.#kernel.now > this.#healedAt + HEALED_AFTER_MS) this.#kernel.stop();
      else this.#work();
    });
  }

  #atRest(): boolean {
    const { deliveries, instances, lanes, events } = this.#db;
    const last = events.findLast(({ routed }) => !routed);
    return (
      this.#owed === 0 &&
      (this.#unread === null || this.#apart.size > 0) &&
      this.#db.checks.size === 0 &&
      [...deliveries.values()].every(
        ({ status, correlation }) =>
          ["applied", "cancelled"].includes(status) || this.#apart.has(correlation),
      ) &&
      [...instances.values()].every(
        ({ status, correlation }) =>
          status === "completed" || status === "abandoned" || this.#apart.has(correlation),
      ) &&
      (!last || lanes.every(({ xid, position }) => xid === last.xid && position === last.position)) &&
      [...this.#targets.values()].every(({ pending }) => [...pending.values()].every((n) => n === 0))
    );
  }

  #answer(question: QuestionRow): void {
    this.#act(answering(question, this.#kernel.random.chance(0.7) ? "approved" : "declined"));
  }

  /** Looks into the target's books before deciding, and waits while a request for it may still lie about. */
  #decide(row: {
    key: string;
    connection: string;
    lane: number;
    correlation: string;
    attempts: number;
    reason: string | null;
    updated: number;
  }): void {
    const target = this.#target(row.connection);
    // Where the system knows our key, sending again is harmless, so some do not look first.
    // Whoever reads that something else stands there looks.
    const conflict = row.reason?.includes("something else") === true;
    const unseen =
      ["key", "upsert", "unique-reference"].includes(target.repeat) &&
      this.#kernel.random.chance(0.5) &&
      !conflict;
    if (!unseen) {
      if ((target.pending.get(row.key) ?? 0) > 0) return;
      // Our own workers may still have the call on the wire.
      if (row.updated + 15_000 > this.#kernel.now) return;
    }
    const booked = !unseen && target.booked(row.key) > 0;
    if (unseen && target.booked(row.key) > 0) this.#fire("person sent again what was booked");
    this.#decisions += 1;
    if (unseen && this.#kernel.random.chance(0.5)) {
      this.#correct(row);
      return;
    }
    this.#fire(booked ? "person found it booked" : "person sent it again");
    const reference = booked ? `${target.name}-${row.key.slice(0, 8)}` : null;
    this.#act(deciding(row, reference, String(this.#decisions)));
  }

  /** What it carries is put right, though it may have been booked as it was: under its own key that does no harm. */
  #correct(row: { key: string; lane: number; correlation: string; attempts: number }): void {
    const open = this.#db.deliveries.get(row.key);
    const event = open && this.#db.byPosition.get(open.position);
    if (!event) return;
    this.#fire("person corrected it");
    const { data, version, corrected } = this.#db.look(open, event);
    this.#act(correcting(row, { after: corrected, data, version }, String(this.#decisions)));
  }

  #act(act: Act): void {
    this.#desk.act(act).then(
      (done) => done && this.#acts.push({ by: act.actor, action: act.action, subject: act.subject }),
      () => undefined,
    );
  }

  /** What is held in memory: of what waits for one system, as much as fits and one page; of what stands still, the fact. */
  #measure(): void {
    const { deliveriesInMemoryMax = 0, deliveriesPage = 0 } = this.bounds;
    for (const { worker, program } of this.#slots)
      for (const { name, waiting, inFlight } of program.alive ? worker.dispatcher.connections() : []) {
        const most = deliveriesInMemoryMax + deliveriesPage;
        if (waiting + inFlight <= most) continue;
        const still = [...this.#db.deliveries.values()].filter(
          ({ connection: of, status }) => of === name && (status === "parked" || status === "held"),
        ).length;
        this.#bounded(`deliveries for ${name} in memory`, waiting + inFlight - still, most);
      }
    for (const { name, callsMost } of this.#targets.values())
      this.#bounded(`calls of one worker to ${name} at once`, callsMost, CALLS_MAX);
  }

  /**
   * Each of the workers may be ended by it before it hears of the others. Documents come again by themselves, to any worker, and two
   * different ones may tell of one order.
   */
  #mostEnded({ at }: Poison): number {
    const { length } = this.#slots;
    return at === "reading" ? 2 * length * limits.crashesMax : limits.crashesMax + length - 1;
  }

  #bounded(what: string, found: number, most: number): void {
    if (found > most && found > (this.#beyond.get(what)?.found ?? 0)) this.#beyond.set(what, { found, most });
  }

  #outcome(): Outcome {
    const books = [...this.#targets.values()].flatMap((target) => target.books);
    const orders = new Map(
      [...this.#db.instances.values()].map(({ key, status }): [string, string] => [key, status]),
    );
    const { wrong } = judge({
      trouble: {
        of: [...this.#apart],
        othersEnded: this.#apart.size === 0,
        ended: this.#poison ? [{ ...this.#poison, most: this.#mostEnded(this.#poison) }] : [],
      },
      acts: this.#acts,
      audit: this.#db.audit,
      bounds: [...this.#beyond].map(([what, { found, most }]) => ({ what, found, most })),
      receipts: this.#receipts,
      books,
      deliveries: [...this.#db.deliveries.values()],
      shown: this.#db.exceptions
        .filter(({ subjectKind, resolved }) => subjectKind === "delivery" && !resolved)
        .map(({ subject }) => subject),
      late: new Set(
        this.#db.exceptions
          .filter(({ subject }) => subject.includes("|after the end|"))
          .map(({ subject }) => subject.split("|")[0] ?? ""),
      ),
      orders,
      healed: true,
      packMs: PACK_MS,
      accepted: [...this.#db.events].sort((a, b) => a.at - b.at).map(({ data }) => data),
      twice: this.#db.exceptions
        .filter(({ class: why }) => why === "duplicate or conflict")
        .map(({ subject }) => subject.split("|").at(-1) ?? ""),
      refused: this.#db.exceptions
        .filter(({ subjectKind }) => subjectKind === "arrival")
        .map(({ subject }) => subject),
      closed: this.#closed,
      asked: this.#target("ledger").asked,
      unreachable: this.#onlyAnOutage
        ? [...this.#db.deliveries.values()].flatMap(({ key, attempts }) =>
            this.#db.givenUp.has(key) || attempts > TRIES_MAX ? [key] : [],
          )
        : [],
    });
    const violations = this.#owed > 0 ? [...wrong, `I11 ${this.#owed} messages never got a receipt.`] : wrong;
    return {
      seed: this.#kernel.seed,
      hash: this.#kernel.hash,
      violations,
      fired: this.#fired,
      story: this.#kernel.story,
      befell: this.#kernel.befell,
      virtualMs: this.#kernel.now,
      steps: this.#kernel.steps,
      receipts: this.#receipts.length,
      effects: books.length,
    };
  }
}
