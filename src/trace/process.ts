/**
 * One process as it really runs: who stands where now, which steps were taken, how long each milestone was stood at.
 *
 * Steps and times are mined from what happened (counts the engine keeps with every step), never drawn by hand. Times are
 * known to half an octave.
 */
import type { Process } from "../processes/process.ts";
import { counts, type Stay, staysOf } from "./counted.ts";
import { type Funnel, funnel, type HeldUp, heldUp } from "./funnel.ts";
import { type Known, newestProcesses, sentence } from "./known.ts";
import { type Areas, within } from "./places.ts";
import type { Db } from "./rows.ts";

export interface ProcessLine {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  readonly owner: string;
  readonly funnel: Funnel;
}

export interface ProcessStep {
  /** A milestone, or `start`. */
  readonly from: string;
  /** A milestone, `start` when the first was taken back, `completed` or `abandoned`. */
  readonly to: string;
  readonly count: number;
}

export interface ProcessView extends ProcessLine {
  readonly milestones: readonly { readonly name: string; readonly due: string | null }[];
  /** Steps taken in the time looked at, most taken first. */
  readonly steps: readonly ProcessStep[];
  readonly stays: readonly Stay[];
  /** Open questions by approval. */
  readonly questions: readonly { readonly approval: string; readonly open: number }[];
  readonly approvals: readonly { readonly name: string; readonly by: string; readonly within: string }[];
  readonly timers: readonly { readonly name: string; readonly span: string }[];
}

/** Index: question_open (partial). */
export const questionsOpenWhere = (mine: string): string => `
  select approval, count(*)::int as open from question where verdict is null and process = $1 and ${mine} group by approval order by approval`;

interface Options {
  /** Only documents in these parts of the business. */
  readonly areas?: Areas;
  readonly down?: ReadonlySet<string>;
  /** Count what happened since then; null: since the beginning. */
  readonly since?: Date | null;
  readonly now?: Date;
}

/** Every process in its newest version, with its funnel. */
export async function processes(db: Db, known: Known, options: Options = {}): Promise<ProcessLine[]> {
  const all = newestProcesses(known);
  const held = await heldUp(
    db,
    all.map(({ header }) => header),
    options,
  );
  return Promise.all(all.map((process) => line(db, process, held, options)));
}

async function line(db: Db, { header }: Process, held: HeldUp, options: Options): Promise<ProcessLine> {
  const { name, version, summary, owner } = header;
  return {
    name,
    version,
    title: sentence(name),
    summary,
    owner,
    funnel: await funnel(db, header, held, options),
  };
}

/** One process; null when there is none of that name. */
export async function processView(
  db: Db,
  known: Known,
  name: string,
  options: Options = {},
): Promise<ProcessView | null> {
  const process = newestProcesses(known).find(({ header }) => header.name === name);
  if (!process) return null;
  const { header } = process;
  const areas = options.areas ?? null;
  const mine = within(areas, "question.correlation", 2);
  const [top, counted, questions] = await Promise.all([
    heldUp(db, [header], options).then((held) => line(db, process, held, options)),
    counts(db, name, { areas, since: options.since ?? new Date(0) }),
    db.query<{ approval: string; open: number }>(questionsOpenWhere(mine.sql), [name, ...mine.values]),
  ]);
  return {
    ...top,
    milestones: Object.entries(header.milestones).map(([milestone, { due }]) => ({
      name: milestone,
      due: due ?? null,
    })),
    steps: stepsOf(counted),
    stays: staysOf(counted, Object.keys(header.milestones)),
    questions: questions.rows,
    approvals: Object.entries(header.approvals ?? {}).map(([approval, { by, within }]) => ({
      name: approval,
      by,
      within,
    })),
    timers: Object.entries(header.timers ?? {}).map(([timer, span]) => ({ name: timer, span })),
  };
}

/** `from accepted to allocated`, as `runtime/milestones.ts` counts it. */
const STEP = /^from (.+?) to (.+)$/;

function stepsOf(counts: ReadonlyMap<string, number>): ProcessStep[] {
  return [...counts]
    .flatMap(([name, count]) => {
      const [, from, to] = STEP.exec(name) ?? [];
      return from && to && count > 0 ? [{ from, to, count }] : [];
    })
    .toSorted((a, b) => b.count - a.count || a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
}
