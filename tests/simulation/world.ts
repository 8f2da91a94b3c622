/**
 * One run of the simulation: workers, targets, clients and a clerk live through warm-up, chaos, healing and rest.
 *
 * The workers are the product's own, put together by `assemble`; everything around them is made here and follows from the
 * seed. What was wrong afterwards is for the oracle to say; this file only lets things happen and keeps the receipts.
 */
import { type Connection, connection, type Repeat } from "../../src/connectors/connector.ts";
import { assemble } from "../../src/runtime/assemble.ts";
import { Periods } from "../../src/runtime/periods.ts";
import { toText } from "../../src/std/bytes.ts";
import { Refused } from "../../src/std/errors.ts";
import { limits } from "../../src/std/limits.ts";
import { silent } from "../../src/std/log.ts";
import { judge } from "../oracle/judge.ts";
import { Clients } from "./clients.ts";
import { Database } from "./database.ts";
import { Desk } from "./desk.ts";
import { creditOf, customerOf, integrate, PACK_MS, PERIODS, TARGETS, type Touch } from "./integration.ts";
import type { Program } from "./kernel.ts";
import { type MayPost, type Mistake, Scene } from "./scene.ts";
import { simStore } from "./store.ts";
import { CALLS_MAX, Target } from "./targets.ts";
import { Troubles } from "./troubles.ts";

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
    Object.assign(bounds, world.scene.bounds, mistake.believes);
    return await world.live();
  } finally {
    Object.assign(bounds, kept);
  }
}

class World {
  readonly scene: Scene;
  readonly #troubles: Troubles;
  readonly #clients: Clients;
  readonly #people: Desk;
  #births = 0;
  /** The most of anything that was ever seen beyond its bound, and the bound. */
  readonly #beyond = new Map<string, { readonly found: number; readonly most: number }>();

  constructor(seed: number, mistake: Mistake, only: ReadonlySet<string> | undefined) {
    this.scene = new Scene(seed, mistake, only);
    this.#troubles = new Troubles(this.scene, (slot, sameName) => this.#start(slot, sameName));
    this.#clients = new Clients(this.scene);
    this.#people = new Desk(this.scene);
  }

  async live(): Promise<Outcome> {
    const { scene } = this;
    const { kernel, mistake } = scene;
    const { random } = kernel;
    scene.db = new Database(kernel, limits.lanes, LEASE_MS);
    mistake.before?.(scene.db);
    for (const name of TARGETS) {
      scene.targets.set(
        name,
        new Target(kernel, name, random.pick(REPEATS), (fault) => scene.fire(fault), creditOf),
      );
    }
    if (random.chance(0.4)) {
      scene.strict = true;
      scene.target("crm").needs = ({ contract, body }) =>
        contract === "sales.order-captured"
          ? {
              keyType: "customer",
              value: customerOf((JSON.parse(toText(body)) as { orderId: string }).orderId),
            }
          : undefined;
    }
    const twist = mistake.twist ?? {};
    const undoElsewhere = random.chance(0.4);
    const touch: Touch = (at, order) => this.#troubles.touched(at, order, kernel.current);
    scene.definitions = integrate((name) => this.#connection(name), { undoElsewhere, touch, ...twist });
    scene.desk = simStore(scene.db, scene.clerk, { ...scene.line });
    for (let slot = 0; slot < random.between(1, 3); slot += 1) this.#start(slot);
    scene.onlyAnOutage = random.chance(0.04);
    const chaosMs = scene.onlyAnOutage ? OUTAGE_MS : random.between(25_000, 70_000);
    this.#troubles.draw();
    this.#clients.orders(WARM_UP_MS + chaosMs);
    this.#clients.entries(WARM_UP_MS, WARM_UP_MS + chaosMs, (ledger, status) =>
      this.#people.declare(ledger, status),
    );
    kernel.later(WARM_UP_MS, "chaos", null, () => this.#troubles.break(chaosMs));
    kernel.later(WARM_UP_MS + chaosMs, "heal", null, () => this.#troubles.heal());
    this.#people.work({
      looksIn: () => this.#measure(),
      mend: () => this.#troubles.mend((given) => this.#clients.post(given)),
    });
    await kernel.run();
    return this.#outcome();
  }

  #connection(name: string): Connection {
    const target = this.scene.target(name);
    return connection(name, target.connector, { config: {} });
  }

  #start(slot: number, sameName?: string): void {
    const { kernel, mistake, db, definitions } = this.scene;
    const { random } = kernel;
    this.#births += 1;
    const name = sameName ?? `worker-${slot}-${this.#births}`;
    const program: Program = {
      name,
      alive: true,
      pausedUntil: 0,
      skewMs: random.chance(0.4) ? random.between(-3_600_000, 3_600_000) : 0,
    };
    const watch = (point: string) => this.#troubles.watch(slot, program, point);
    const sessions = new Map(
      [...definitions.connections.keys()]
        .filter((connected) => connected !== "client")
        .map((connected) => {
          const session = this.#troubles.touching(
            this.scene.target(connected).session(program, watch),
            program,
          );
          return [connected, mistake.session?.(session, db) ?? session] as const;
        }),
    );
    const plain = simStore(db, program, this.scene.line, watch, (fault) => this.scene.fire(fault));
    const store = mistake.store?.(plain, db, program) ?? plain;
    const own = kernel.clockOf(program);
    const clock = mistake.clock?.(own) ?? own;
    const periods = new Periods(store, PERIODS, definitions);
    const look: MayPost = (parcel) => this.#looked(periods.mayPost(parcel));
    const worker = assemble({
      store,
      clock,
      log: silent,
      worker: name,
      definitions,
      sessions,
      tell: () => undefined,
      beforeSend: mistake.mayPost?.(look, db) ?? look,
    });
    const at = { worker, program, begun: false };
    this.scene.slots[slot] = at;
    kernel.tell(`${name} starts`);
    worker.begin().then(
      () => {
        at.begun = true;
      },
      () => this.#troubles.kill(slot, program, "it could not take lanes"),
    );
  }

  async #looked(look: Promise<void>): Promise<void> {
    try {
      await look;
    } catch (error) {
      if (error instanceof Refused) this.scene.fire("posting held: its period is closed");
      throw error;
    }
  }

  /** What is held in memory: of what waits for one system, as much as fits and one page; of what stands still, the fact. */
  #measure(): void {
    const { deliveriesInMemoryMax = 0, deliveriesPage = 0 } = this.scene.bounds;
    for (const { worker, program } of this.scene.slots)
      for (const { name, waiting, inFlight } of program.alive ? worker.dispatcher.connections() : []) {
        const most = deliveriesInMemoryMax + deliveriesPage;
        if (waiting + inFlight <= most) continue;
        const still = [...this.scene.db.deliveries.values()].filter(
          ({ connection: of, status }) => of === name && (status === "parked" || status === "held"),
        ).length;
        this.#bounded(`deliveries for ${name} in memory`, waiting + inFlight - still, most);
      }
    for (const { name, callsMost } of this.scene.targets.values())
      this.#bounded(`calls of one worker to ${name} at once`, callsMost, CALLS_MAX);
  }

  #bounded(what: string, found: number, most: number): void {
    if (found > most && found > (this.#beyond.get(what)?.found ?? 0)) this.#beyond.set(what, { found, most });
  }

  #outcome(): Outcome {
    const { db, kernel, apart, targets, acts, receipts, closed, owed, fired } = this.scene;
    const books = [...targets.values()].flatMap((target) => target.books);
    const orders = new Map(
      [...db.instances.values()].map(({ key, status }): [string, string] => [key, status]),
    );
    const { wrong } = judge({
      trouble: {
        of: [...apart],
        othersEnded: apart.size === 0,
        ended: this.#troubles.ended,
      },
      acts,
      audit: db.audit,
      bounds: [...this.#beyond].map(([what, { found, most }]) => ({ what, found, most })),
      receipts,
      books,
      deliveries: [...db.deliveries.values()],
      shown: db.exceptions
        .filter(({ subjectKind, resolved }) => subjectKind === "delivery" && !resolved)
        .map(({ subject }) => subject),
      late: new Set(
        db.exceptions
          .filter(({ subject }) => subject.includes("|after the end|"))
          .map(({ subject }) => subject.split("|")[0] ?? ""),
      ),
      orders,
      healed: true,
      packMs: PACK_MS,
      accepted: [...db.events].sort((a, b) => a.at - b.at).map(({ data }) => data),
      twice: db.exceptions
        .filter(({ class: why }) => why === "duplicate or conflict")
        .map(({ subject }) => subject.split("|").at(-1) ?? ""),
      refused: db.exceptions
        .filter(({ subjectKind }) => subjectKind === "arrival")
        .map(({ subject }) => subject),
      closed,
      asked: this.scene.target("ledger").asked,
      unreachable: this.scene.onlyAnOutage
        ? [...db.deliveries.values()].flatMap(({ key, attempts }) =>
            db.givenUp.has(key) || attempts > TRIES_MAX ? [key] : [],
          )
        : [],
    });
    const violations = owed > 0 ? [...wrong, `I11 ${owed} messages never got a receipt.`] : wrong;
    return {
      seed: kernel.seed,
      hash: kernel.hash,
      violations,
      fired,
      story: kernel.story,
      befell: kernel.befell,
      virtualMs: kernel.now,
      steps: kernel.steps,
      receipts: receipts.length,
      effects: books.length,
    };
  }
}
