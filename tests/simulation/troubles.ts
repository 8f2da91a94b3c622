/**
 * What goes wrong in a world: workers that are killed and stopped, systems and a database that misbehave, orders that end
 * whoever touches them; and how all of it heals.
 */
import { InDoubt } from "../../src/std/errors.ts";
import { limits } from "../../src/std/limits.ts";
import { soundLine } from "./access.ts";
import { TARGETS, type Touch } from "./integration.ts";
import type { Program } from "./kernel.ts";
import type { Given, Scene } from "./scene.ts";
import type { Target } from "./targets.ts";

/** An order that ends whoever touches it at this point, until it is mended. */
interface Poison {
  readonly at: Parameters<Touch>[0] | "sending" | "asking";
  readonly order: string;
  kills: number;
}

export class Troubles {
  readonly #scene: Scene;
  /** Starts a worker anew, perhaps under the name it had. */
  readonly #restart: (slot: number, sameName?: string) => void;
  #chaos = false;
  #killAtCall = 0;
  #pauseAtCall = 0;
  #poison: Poison | null = null;
  #mended = false;

  constructor(scene: Scene, restart: (slot: number, sameName?: string) => void) {
    this.#scene = scene;
    this.#restart = restart;
  }

  /** What ended workers, and after how many of them it must have been set aside. */
  get ended(): (Poison & { readonly most: number })[] {
    return this.#poison ? [{ ...this.#poison, most: this.#mostEnded(this.#poison) }] : [];
  }

  /** A worker may be killed or stopped at every call it makes and every answer it gets. */
  watch(slot: number, program: Program, point: string): void {
    if (!this.#chaos || !program.alive) return;
    if (this.#scene.kernel.strikes("worker killed at a call", this.#killAtCall)) {
      this.#scene.fire(`killed at ${point}`);
      this.kill(slot, program, point);
    } else if (this.#scene.kernel.strikes("worker stopped at a call", this.#pauseAtCall))
      this.#pause(program, point);
  }

  /** In some worlds an order ends whoever touches it, or is refused whenever it comes. */
  draw(): void {
    const random = this.#scene.kernel.chanceOf("troubles");
    if (this.#scene.onlyAnOutage) return;
    const erp = this.#scene.target("erp");
    if (random.chance(0.25)) {
      const at = random.pick(["reading", "step", "timer", "carrying", "sending", "asking"] as const);
      const order = `SO-${random.between(1, 2)}`;
      this.#poison = { at: at === "asking" && erp.repeat !== "searchable" ? "sending" : at, order, kills: 0 };
      this.#scene.apart.add(`order/${order}`);
    }
    if (!random.chance(0.25)) return;
    for (let n = random.between(1, 3); n > 0; n -= 1) {
      erp.never.add(`order/SO-${n}`);
      this.#scene.apart.add(`order/SO-${n}`);
    }
  }

  touched(at: Poison["at"], order: string, program: Program | null): void {
    const poison = this.#poison;
    if (this.#mended || poison?.at !== at || poison.order !== order || !program?.alive) return;
    const slot = this.#scene.slots.findIndex((one) => one?.program === program);
    if (slot < 0 || !this.#scene.kernel.befalls(`${order} ends a worker`)) return;
    // Nobody can count a loss that nobody knows of yet.
    if (poison.kills === 0 || this.#scene.db.lost.size > 0) poison.kills += 1;
    this.#scene.fire(`worker ended by what it had in its hands: ${at}`);
    this.kill(slot, program, `${at} ${order}`, "never the same");
    throw new Error("It was killed.");
  }

  touching(session: ReturnType<Target["session"]>, program: Program): ReturnType<Target["session"]> {
    const posts = (of: { contract: string; subject: string }) =>
      of.contract === "erp.post-order" ? of.subject.replace("order/", "") : "";
    return {
      ...session,
      deliver: async (parcel) => {
        this.touched("sending", posts(parcel), program);
        // Nobody knows what became of it, so it is asked about.
        const { at, order } = this.#poison ?? {};
        if (at === "asking" && order === posts(parcel) && !this.#mended) throw new InDoubt("No answer.");
        return session.deliver!(parcel);
      },
      verify: async (parcel) => {
        this.touched("asking", posts(parcel), program);
        return session.verify!(parcel);
      },
    };
  }

  /** Everything else has ended; now these are looked after as well. */
  mend(post: (given: Given) => void): void {
    this.#scene.kernel.tell(`${[...this.#scene.apart].join(", ")} are mended`);
    if (this.#poison && this.#poison.kills > 0) this.#scene.fire("the others ended before what ends workers");
    if (this.#scene.target("erp").never.size > 0) this.#scene.fire("the others ended before what is refused");
    this.#mended = true;
    this.#scene.target("erp").never.clear();
    this.#scene.apart.clear();
    const unread = this.#scene.unread;
    const again = () => {
      if (this.#scene.unread === null) return;
      this.#scene.unread = null;
      post(unread as Given);
      this.#scene.kernel.later(30_000, "client again", this.#scene.client, again);
    };
    again();
  }

  kill(
    slot: number,
    program: Program,
    point: string,
    name: "perhaps the same" | "never the same" = "perhaps the same",
  ): void {
    if (!program.alive) return;
    program.alive = false;
    this.#scene.fire("worker killed");
    this.#scene.kernel.tell(`${program.name} is killed at ${point}`);
    const { random } = this.#scene.kernel;
    const same = random.chance(0.2) && name === "perhaps the same" ? program.name : undefined;
    this.#scene.kernel.later(random.between(200, 20_000), "restart", null, () => {
      if (this.#scene.slots[slot]?.program === program) this.#restart(slot, same);
    });
  }

  #pause(program: Program, point: string): void {
    const ms = this.#scene.kernel.random.between(1_000, 40_000);
    program.pausedUntil = this.#scene.kernel.now + ms;
    this.#scene.fire("worker stopped");
    this.#scene.kernel.tell(`${program.name} is stopped for ${ms} ms at ${point}`);
  }

  /** Draws which faults this seed has, and how strong: all, one, none. */
  break(chaosMs: number): void {
    const { random } = this.#scene.kernel;
    this.#chaos = true;
    if (this.#scene.onlyAnOutage) {
      const away = this.#scene.targets.get(random.chance(0.5) ? "shop" : random.pick(TARGETS))!;
      if (!this.#scene.kernel.befalls(`${away.name} is away for minutes`)) return;
      this.#scene.fire("long outage");
      away.mood.away = true;
      return;
    }
    const some = (share: number) => (random.chance(0.3) ? random.next() * share : 0);
    Object.assign(this.#scene.line, {
      latencyMs: random.pick([1, 1.5, 5, 40]),
      refused: some(0.05),
      lostBeforeCommit: some(0.05),
      lostAfterCommit: some(0.05),
      stalled: some(0.03),
    });
    this.#killAtCall = some(0.004);
    this.#pauseAtCall = some(0.004);
    for (const target of this.#scene.targets.values()) {
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
        this.#scene.kernel.later(random.between(0, chaosMs - 1_000), "fault", null, () => {
          if (this.#scene.kernel.befalls(what)) happens();
        });
    };
    event(0.4, "worker killed", () => {
      const slot = random.between(0, this.#scene.slots.length - 1);
      const at = this.#scene.slots[slot];
      if (at) this.kill(slot, at.program, "no particular point");
    });
    event(0.3, "worker stopped", () => {
      const at = random.pick(this.#scene.slots);
      if (at?.program.alive) this.#pause(at.program, "no particular point");
    });
    this.#breakLines(chaosMs);
    event(0.2, "database restarts", () => {
      const ms = random.between(200, 8_000);
      this.#scene.db.crash(ms);
      this.#scene.fire("database restarted");
      this.#scene.kernel.tell(`the database restarts and is away for ${ms} ms`);
    });
  }

  /** In some worlds lines to the database break again and again for a while, and some only fall silent. */
  #breakLines(chaosMs: number): void {
    const { kernel, line } = this.#scene;
    const random = kernel.chanceOf("broken lines");
    if (!random.chance(0.15)) return;
    const ms = random.between(2_000, 15_000);
    const broken = { lostBeforeCommit: 0.3, lostAfterCommit: 0.3, halfOpen: 0.1 };
    kernel.later(random.between(0, chaosMs - 2_000), "fault", null, () => {
      if (!this.#chaos || !kernel.befalls(`lines break for ${ms} ms`)) return;
      this.#scene.fire("lines broke again and again");
      const { lostBeforeCommit, lostAfterCommit, halfOpen } = line;
      Object.assign(line, broken);
      kernel.later(ms, "lines hold", null, () => {
        if (this.#chaos) Object.assign(line, { lostBeforeCommit, lostAfterCommit, halfOpen });
      });
    });
  }

  #away(target: Target, chaosMs: number): void {
    const { random } = this.#scene.kernel;
    const from = random.between(0, chaosMs - 2_000);
    this.#scene.kernel.later(from, "away", null, () => {
      if (!this.#chaos || !this.#scene.kernel.befalls(`${target.name} is away`)) return;
      target.mood.away = true;
    });
    this.#scene.kernel.later(from + random.between(1_000, 40_000), "back", null, () => {
      target.mood.away = false;
    });
  }

  heal(): void {
    this.#chaos = false;
    this.#scene.healedAt = this.#scene.kernel.now;
    this.#scene.kernel.tell("everything heals");
    Object.assign(this.#scene.line, soundLine());
    this.#killAtCall = 0;
    this.#pauseAtCall = 0;
    for (const { mood } of this.#scene.targets.values()) {
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
    for (const { program } of this.#scene.slots)
      program.pausedUntil = Math.min(program.pausedUntil, this.#scene.kernel.now);
  }

  /**
   * Each of the workers may be ended by it before it hears of the others. Documents come again by themselves, to any worker, and two
   * different ones may tell of one order.
   */
  #mostEnded({ at }: Poison): number {
    const { length } = this.#scene.slots;
    return at === "reading" ? 2 * length * limits.crashesMax : limits.crashesMax + length - 1;
  }
}
