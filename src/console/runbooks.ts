/**
 * Runbooks at work: what their checks find now, and the runs people open, follow and close.
 *
 * Looks through the trace and acts through the dock, which audits; used by the routes of `runbooks-api.ts` and by drills.
 */
import type { Actor, Dock } from "../runtime/dock.ts";
import type { Drill, Runbook } from "../runtime/runbooks.ts";
import { milliseconds } from "../std/span.ts";
import { agreementOf, comparisons, contradictions } from "../trace/agreement.ts";
import { type Balance, partOfBalance } from "../trace/balance.ts";
import { examine, type Finding, type Occasion } from "../trace/checks.ts";
import type { Areas } from "../trace/places.ts";
import { type CauseRunbook, runbooks } from "../trace/runbooks.ts";
import { figuresOf, type RunFigures, type RunView, run, runs } from "../trace/runs.ts";

/** A runbook in a list. */
export interface RunbookLine {
  readonly id: string;
  readonly title: string;
  readonly effect: string;
  readonly when: string;
  readonly systems: readonly string[];
  /** Systems it is called for now, and why. */
  readonly calledFor: readonly { readonly system: string; readonly because: string }[];
  readonly canRehearse: boolean;
}

export interface StepView {
  /** Counted from 1. */
  readonly number: number;
  readonly do: string;
  /** What its check finds now, or found when the step was done. */
  readonly finding: Finding;
  readonly state: "open" | "done" | "skipped";
  readonly by: string | null;
  readonly at: string | null;
  readonly note: string | null;
}

export interface RunbookView extends Omit<RunbookLine, "calledFor"> {
  readonly steps: readonly StepView[];
  /** What must hold for it to be over. */
  readonly exit: readonly Finding[];
}

export type FollowedRun = Omit<RunView, "steps" | "fromPosition"> &
  Pick<RunbookView, "title" | "effect" | "when" | "steps" | "exit">;

export interface RunbookList {
  readonly runbooks: readonly RunbookLine[];
  /** Those of causes of exceptions; they come with the cause. */
  readonly causes: readonly CauseRunbook[];
  /** The latest, the newest first. */
  readonly runs: readonly (Omit<RunView, "fromPosition"> & { readonly title: string })[];
}

export class Runbooks {
  readonly #dock: Dock;
  readonly #account: () => Promise<Balance>;
  readonly #all: readonly Runbook[];
  readonly #canRehearse: boolean;

  constructor(dock: Dock, all: readonly Runbook[], canRehearse: boolean, account: () => Promise<Balance>) {
    this.#dock = dock;
    this.#account = account;
    this.#all = all;
    this.#canRehearse = canRehearse;
  }

  find(id: string): Runbook | undefined {
    return this.#all.find((one) => one.id === id);
  }

  async list(areas: Areas = null): Promise<RunbookList> {
    const wanted = this.#all.flatMap((runbook) =>
      runbook.systems.flatMap((system) =>
        runbook.trigger.map((check) => ({ runbook, system, check: { at: system, ...check } })),
      ),
    );
    const [findings, latest] = await Promise.all([
      this.examine(
        wanted.map(({ check }) => check),
        null,
        areas,
      ),
      runs(this.#dock.pool),
    ]);
    const called = wanted.flatMap(({ runbook, system }, index) =>
      findings[index]?.ok === false ? [{ runbook, system, because: findings[index].says }] : [],
    );
    return {
      runbooks: this.#all.map((runbook) => ({
        ...this.#line(runbook),
        calledFor: called
          .filter((one) => one.runbook === runbook)
          .map(({ system, because }) => ({ system, because })),
      })),
      causes: runbooks(),
      runs: latest.map(({ fromPosition: _, ...one }) => ({
        ...(areas === null ? one : inPart(one)),
        title: this.find(one.runbook)?.title ?? one.runbook,
      })),
    };
  }

  /** A runbook with what its checks find now; null when there is none. */
  async look(id: string, system: string | null, areas: Areas = null): Promise<RunbookView | null> {
    const runbook = this.find(id);
    if (!runbook) return null;
    return { ...this.#line(runbook), ...(await this.#stand(runbook, system, null, areas)) };
  }

  async run(id: string, areas: Areas = null): Promise<FollowedRun | null> {
    const found = await run(this.#dock.pool, id);
    const runbook = found && this.find(found.runbook);
    if (!found || !runbook) return null;
    const shown = areas === null ? found : { ...found, ...inPart(found) };
    const { steps: _, fromPosition: __, ...view } = shown;
    const { title, effect, when } = runbook;
    return { ...view, title, effect, when, ...(await this.#stand(runbook, found.system, shown, areas)) };
  }

  open({ id }: Runbook, system: string | null, actor: Actor, drill = false): Promise<string | null> {
    return this.#dock.followRunbook(null, { state: "opened", runbook: id, system, drill }, actor);
  }

  async note(
    id: string,
    number: number,
    as: "done" | "skipped",
    finding: string,
    note: string | null,
    actor: Actor,
  ): Promise<boolean> {
    return (await this.#dock.followRunbook(id, { state: "step", number, as, finding, note }, actor)) !== null;
  }

  /** Closes a run with what it came to; `measured` replaces what cannot be told to the second afterwards. */
  async close(
    id: string,
    outcome: string,
    measured: Partial<RunFigures>,
    actor: Actor,
  ): Promise<RunFigures | null> {
    const counted = await figuresOf(this.#dock.pool, id);
    if (!counted) return null;
    const figures = { ...counted, ...measured };
    const done = await this.#dock.followRunbook(id, { state: "closed", outcome, figures }, actor);
    return done === null ? null : figures;
  }

  /** Tries again what is set aside at a system, one selection for each cause. */
  async tryAgain(system: string, actor: Actor): Promise<void> {
    const { pool, selections } = this.#dock;
    const { rows } = await pool.query<{ fingerprint: string }>(SET_ASIDE_AT, [system]);
    for (const { fingerprint } of rows) {
      const frozen = await selections.freeze({ cause: fingerprint }, "try again", { reason: RUNBOOK }, actor);
      await selections.decide(frozen, "run", { ...actor, reason: RUNBOOK });
    }
  }

  /** Compares all documents of an agreement, and waits for what comes of it. */
  async compare({ agreement, grace }: NonNullable<Drill["compares"]>, actor: Actor): Promise<void> {
    const { pool } = this.#dock;
    const id = await this.#dock.compare(agreement, { ...actor, reason: RUNBOOK }, milliseconds(grace));
    await come(async () => (await comparisons(pool)).some((one) => one.id === id && one.endedAt !== null));
  }

  /** Has every contradiction of a kind at a system mended as it is shown; the rest when the first of them agrees. */
  async mend(agreement: string, system: string, actor: Actor, mended: Set<string>): Promise<void> {
    const { pool, definitions } = this.#dock;
    const { contradictions: found } = await contradictions(pool, definitions, agreement, { limit: 200 });
    const all = found.flatMap(({ subject, findings }) =>
      findings.flatMap(({ milestone, stand, remedy }) =>
        stand === "differ" && remedy?.system === system && remedy.act === "send again"
          ? [{ subject, milestone, how: remedy.act }]
          : [],
      ),
    );
    for (const { subject, milestone, how } of all) {
      const one = `${subject} ${milestone}`;
      if (mended.has(one)) continue;
      await this.#dock.mend(subject, milestone, how, { ...actor, reason: RUNBOOK });
      mended.add(one);
      if (mended.size === 1)
        await come(async () => (await agreementOf(pool, definitions, subject))?.stand === "agree");
    }
  }

  /** What these checks find now; `about` null: each names its system. */
  examine(checks: Runbook["exit"], about: Occasion | null, areas: Areas = null): Promise<Finding[]> {
    const { pool, definitions } = this.#dock;
    const occasion = about ?? { system: null, since: null };
    const account = areas === null ? this.#account : () => partOfBalance(pool, areas);
    return examine(pool, definitions, this.#dock.connections(), checks, occasion, account, areas);
  }

  async #stand(
    { steps, exit }: Runbook,
    system: string | null,
    followed: RunView | null,
    areas: Areas,
  ): Promise<Pick<RunbookView, "steps" | "exit">> {
    const checks = [...steps.map(({ check = { check: "a person says" } as const }) => check), ...exit];
    const findings = await this.examine(checks, { system, since: followed?.fromPosition ?? null }, areas);
    return {
      steps: steps.map((step, index): StepView => {
        const number = index + 1;
        const taken = followed?.steps.find((one) => one.number === number);
        const now = findings[index]!;
        return {
          number,
          do: step.do,
          finding: taken ? { ok: now.ok, says: taken.finding } : now,
          state: taken?.state ?? "open",
          by: taken?.by ?? null,
          at: taken?.at ?? null,
          note: taken?.note ?? null,
        };
      }),
      exit: findings.slice(steps.length),
    };
  }

  #line({ id, title, effect, when, systems, drill }: Runbook): Omit<RunbookLine, "calledFor"> {
    return { id, title, effect, when, systems, canRehearse: this.#canRehearse && drill !== undefined };
  }
}

/** In place of a finding, for somebody who sees a part of what was looked at. */
export const OVER_ALL = "Found over all of the business.";

/** A run as somebody sees it who may see a part of the business: what it counted was counted over all of it. */
const inPart = <Run extends Pick<RunView, "figures" | "steps">>(run: Run): Run => ({
  ...run,
  figures: null,
  steps: run.steps.map((step) => ({ ...step, finding: OVER_ALL })),
});

const COME_MS = 60_000;
/** Waits until something has come, and no longer than a drill has patience. */
async function come(look: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + COME_MS;
  while (!(await look()) && performance.now() < until) await new Promise((go) => setTimeout(go, 200));
}

/** Why something is tried again by a drill, for the audit. */
const RUNBOOK = "A drill of its runbook.";
const SET_ASIDE_AT = `select distinct fingerprint from exception
  where resolved_at is null and subject_kind = 'delivery' and connection = $1`;
