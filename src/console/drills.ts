/**
 * Drills: a runbook rehearsed on the simulated systems, from the moment something breaks until everything has gone through.
 *
 * A drill is a run like any other, marked as one: it breaks what the runbook is about, sends traffic, waits until the trouble is
 * seen, takes the steps with what their checks find, mends, and waits until the exit holds. It touches simulated systems
 * through their control plane alone; where none run there are no drills.
 */
import type { Actor } from "../runtime/dock.ts";
import type { Deed, Drill, Runbook } from "../runtime/runbooks.ts";
import { Unavailable } from "../std/errors.ts";
import type { Finding } from "../trace/checks.ts";
import type { RunFigures } from "../trace/runs.ts";
import type { Runbooks } from "./runbooks.ts";

/** How long the trouble may take to be seen, and everything to go through afterwards. */
const SEEN_MS = 60_000;
const OVER_MS = 120_000;
const LOOK_MS = 300;

export type ControlPlane = (deed: Deed) => Promise<Readonly<Record<string, unknown>>>;

/** Opens the run of a drill and carries it out in the background; `over` resolves when it has ended. */
export async function rehearse(
  runbook: Runbook & { readonly drill: Drill },
  runbooks: Runbooks,
  control: ControlPlane,
  actor: Actor,
): Promise<{ readonly run: string; readonly over: Promise<RunFigures | null> } | null> {
  const run = await runbooks.open(runbook, runbook.drill.system, actor, true);
  return run === null ? null : { run, over: carryOut(run, runbook, runbooks, control, actor) };
}

async function carryOut(
  run: string,
  { drill, trigger, exit }: Runbook & { readonly drill: Drill },
  runbooks: Runbooks,
  control: ControlPlane,
  actor: Actor,
): Promise<RunFigures | null> {
  const about = { system: drill.system, since: null };
  const holds = async (checks: Runbook["exit"]) => {
    const findings = await runbooks.examine(checks, about);
    return findings.every(({ ok }) => ok !== false);
  };
  /** Takes the steps that are open still and whose check says so. */
  const take = async (which: (finding: Finding) => boolean) => {
    for (const { number, state, finding } of (await runbooks.run(run))?.steps ?? []) {
      if (state === "open" && which(finding))
        await runbooks.note(
          run,
          number,
          "done",
          finding.ok === null ? "Rehearsed." : finding.says,
          null,
          actor,
        );
    }
  };
  const compare = async () => drill.compares && runbooks.compare(drill.compares, actor);
  const broken = performance.now();
  let outcome: string;
  let measured: Partial<RunFigures> = {};
  try {
    let mended = false;
    try {
      if (drill.contradicts) {
        for (const deed of drill.traffic) await control(deed);
        for (const deed of drill.breaks) await patiently(() => control(deed));
      } else for (const deed of [...drill.breaks, ...drill.traffic]) await control(deed);
      const noticed = await until(async () => {
        if (drill.contradicts) await compare();
        return !(await holds(drill.noticedBy ?? trigger));
      }, SEEN_MS);
      if (noticed === null) throw new Unavailable(`Nobody noticed within ${SEEN_MS / 1_000} s.`);
      measured = { noticedMs: Math.round(noticed) };
      await take(({ ok }) => ok !== false);
    } finally {
      // Whatever became of the drill, the simulated systems are whole again.
      for (const deed of drill.mends) await control(deed);
      mended = true;
    }
    const awayMs = performance.now() - broken;
    if (drill.tryAgain) await runbooks.tryAgain(drill.system, actor);
    const resent = new Set<string>();
    // One contradiction calls; others of the same outage may be seen only later.
    const mendWhatIsSeen = async () => {
      if (drill.contradicts && drill.compares)
        await runbooks.mend(drill.compares.agreement, drill.system, actor, resent);
    };
    await mendWhatIsSeen();
    const over = async () => {
      if (!(await holds(exit))) {
        await mendWhatIsSeen();
        return false;
      }
      if (!drill.compares) return true;
      await compare();
      return holds(exit);
    };
    const drained = mended ? await until(over, OVER_MS) : null;
    if (drained !== null) await take(() => true);
    measured = {
      ...measured,
      awayMs: Math.round(awayMs),
      drainMs: drained === null ? null : Math.round(drained),
    };
    outcome =
      drained === null
        ? `Rehearsed: not over ${OVER_MS / 1_000} s after it was mended.`
        : "Rehearsed: everything went through.";
  } catch (error) {
    outcome = `Broken off: ${error instanceof Error ? error.message : String(error)}`;
  }
  return runbooks.close(run, outcome, measured, actor);
}

/** Does it as soon as the simulated system has what it is about. */
async function patiently(act: () => Promise<unknown>): Promise<void> {
  let refused: unknown;
  const done = await until(async () => {
    try {
      await act();
      return true;
    } catch (error) {
      refused = error;
      return false;
    }
  }, SEEN_MS);
  if (done === null) throw refused;
}

/** Milliseconds until it came true; null when it did not in time. */
async function until(come: () => Promise<boolean>, withinMs: number): Promise<number | null> {
  const began = performance.now();
  for (;;) {
    if (await come()) return performance.now() - began;
    if (performance.now() - began > withinMs) return null;
    await new Promise((go) => setTimeout(go, LOOK_MS));
  }
}
