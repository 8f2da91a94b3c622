/**
 * The people of a world: a clerk who answers questions and decides what was set aside, and controllers who close periods.
 *
 * Whether something was booked the clerk looks up in the system's own books. What they say is made in `clerk.ts`.
 */
import type { Act } from "../../src/runtime/store.ts";
import { answering, correcting, deciding, declaring, resuming } from "./clerk.ts";
import type { QuestionRow } from "./database.ts";
import { LedgerEntry } from "./integration.ts";
import { lastWordOn } from "./known.ts";
import type { Scene } from "./scene.ts";

/** Longer than whatever may still wait when all is well. */
const HEALED_AFTER_MS = 45 * 60_000;

export class Desk {
  readonly #scene: Scene;
  #decisions = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** The clerk looks in now and then, and at everything once it has healed; and the world ends when nothing is open. */
  work(around: { readonly looksIn: () => void; readonly mend: () => void }): void {
    const { kernel, db, apart, clerk } = this.#scene;
    kernel.later(1_000, "clerk", clerk, () => {
      around.looksIn();
      const { healedAt } = this.#scene;
      const healed = kernel.now >= healedAt;
      const { random } = kernel;
      for (const question of db.questions.values())
        if (question.verdict === null && (healed || random.chance(0.1))) this.#answer(question);
      for (const row of db.deliveries.values()) {
        if (row.status !== "parked" && row.status !== "held") continue;
        if (apart.has(row.correlation)) continue;
        // It goes by itself when what it waits for has come; nobody need do anything.
        if (row.waitsFor !== null) continue;
        // A controller lets it go by opening the period.
        if (row.status === "held" && this.#shut(row)) continue;
        if (healed || random.chance(0.1)) this.#decide(row);
      }
      for (const row of db.instances.values())
        if (row.status === "parked" && !apart.has(row.correlation)) {
          this.#decisions += 1;
          this.#act(resuming(row, String(this.#decisions)));
        }
      if (healed && apart.size > 0 && this.#atRest()) around.mend();
      if (healed && apart.size === 0 && this.#atRest()) kernel.later(6_000, "end", null, () => kernel.stop());
      else if (kernel.now > healedAt + HEALED_AFTER_MS) kernel.stop();
      else this.work(around);
    });
  }

  #atRest(): boolean {
    const { deliveries, instances, lanes, events } = this.#scene.db;
    const last = events.findLast(({ routed }) => !routed);
    return (
      this.#scene.owed === 0 &&
      (this.#scene.unread === null || this.#scene.apart.size > 0) &&
      this.#scene.db.checks.size === 0 &&
      [...deliveries.values()].every(
        ({ status, correlation }) =>
          ["applied", "cancelled"].includes(status) || this.#scene.apart.has(correlation),
      ) &&
      [...instances.values()].every(
        ({ status, correlation }) =>
          status === "completed" || status === "abandoned" || this.#scene.apart.has(correlation),
      ) &&
      (!last || lanes.every(({ xid, position }) => xid === last.xid && position === last.position)) &&
      [...this.#scene.targets.values()].every(({ pending }) => [...pending.values()].every((n) => n === 0))
    );
  }

  #answer(question: QuestionRow): void {
    this.#act(answering(question, this.#scene.kernel.random.chance(0.7) ? "approved" : "declined"));
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
    const target = this.#scene.target(row.connection);
    // Where the system knows our key, sending again is harmless, so some do not look first.
    // Whoever reads that something else stands there looks.
    const conflict = row.reason?.includes("something else") === true;
    const unseen =
      ["key", "upsert", "unique-reference"].includes(target.repeat) &&
      this.#scene.kernel.random.chance(0.5) &&
      !conflict;
    if (!unseen) {
      if ((target.pending.get(row.key) ?? 0) > 0) return;
      // Our own workers may still have the call on the wire.
      if (row.updated + 15_000 > this.#scene.kernel.now) return;
    }
    const booked = !unseen && target.booked(row.key) > 0;
    if (unseen && target.booked(row.key) > 0) this.#scene.fire("person sent again what was booked");
    this.#decisions += 1;
    if (unseen && this.#scene.kernel.random.chance(0.5)) {
      this.#correct(row);
      return;
    }
    this.#scene.fire(booked ? "person found it booked" : "person sent it again");
    const reference = booked ? `${target.name}-${row.key.slice(0, 8)}` : null;
    this.#act(deciding(row, reference, String(this.#decisions)));
  }

  /** What it carries is put right, though it may have been booked as it was: under its own key that does no harm. */
  #correct(row: { key: string; lane: number; correlation: string; attempts: number }): void {
    const open = this.#scene.db.deliveries.get(row.key);
    const event = open && this.#scene.db.byPosition.get(open.position);
    if (!event) return;
    this.#scene.fire("person corrected it");
    const { data, version, corrected } = this.#scene.db.look(open, event);
    this.#act(correcting(row, { after: corrected, data, version }, String(this.#decisions)));
  }

  #act(act: Act): void {
    this.#scene.desk.act(act).then(
      (done) => done && this.#scene.acts.push({ by: act.actor, action: act.action, subject: act.subject }),
      () => undefined,
    );
  }

  /** The controller says it until it is written down. */
  async declare(ledger: string, status: "closed" | "open"): Promise<void> {
    const closed = this.#scene.closed.find((one) => one.ledger === ledger);
    if (closed && status === "open") closed.until = this.#scene.kernel.now;
    for (let said = false; !said; ) {
      said = await this.#scene.desk
        .act(declaring(ledger, "2026-01", status, this.#scene.db.now))
        .catch(() => false);
      // It may have been written although the answer was lost; then it stands so already.
      if ((lastWordOn(this.#scene.db, `${ledger}/2026-01`) ?? "open") === status) said = true;
      if (!said) await this.#scene.kernel.sleep(500, "declare again", null);
    }
    this.#scene.kernel.tell(`the period 2026-01 of ${ledger} is ${status}`);
    if (status === "closed")
      this.#scene.closed.push({
        ledger,
        period: "2026-01",
        from: this.#scene.kernel.now,
        until: Number.POSITIVE_INFINITY,
      });
  }

  /** Dated in a period that is closed and will be opened again. */
  #shut({ contract, position }: { contract: string; position: number }): boolean {
    if (contract !== LedgerEntry.name || lastWordOn(this.#scene.db, "hold/2026-01") !== "closed")
      return false;
    const { ledger, postingDate } = JSON.parse(this.#scene.db.byPosition.get(position)?.data ?? "{}");
    return ledger === "hold" && postingDate?.startsWith("2026-01");
  }
}
