/**
 * "Is the business in step?", answered in one sentence from fixed templates.
 *
 * Four answers: in step, mostly, out of step, cannot tell. Cannot tell is an answer too: when no worker has shown signs
 * of life for CANNOT_TELL_MS, what the tables say may be old. Pure, except for the one look at the workers.
 */
import { span } from "./lasting.ts";
import type { Needs } from "./needs.ts";
import type { Db } from "./rows.ts";
import type { SystemView } from "./systems.ts";

export interface InStep {
  readonly answer: "in step" | "mostly" | "out of step" | "cannot tell";
  /** The whole sentence, ready to be read aloud. */
  readonly sentence: string;
  /** How old our own knowledge is, in milliseconds; null when no worker ever ran. */
  readonly ageMs: number | null;
}

const CANNOT_TELL_MS = 60_000;
/** More documents in trouble than one in twenty, or a system away for longer than an hour, is no longer "mostly". */
const MOSTLY_SHARE = 0.05;
const AWAY_MS = 3_600_000;

/** A dozen rows; no index needed. */
export const WORKERS = `
  select count(*)::int as workers,
         (extract(epoch from clock_timestamp() - max(heartbeat)) * 1000)::float8 as age
    from worker`;

/** The age of the youngest sign of life of any worker, in milliseconds, by the database clock. */
export async function knowledgeAge(db: Db): Promise<number | null> {
  const { rows } = await db.query<{ workers: number; age: number | null }>(WORKERS, []);
  return rows[0]?.age ?? null;
}

export function inStep(facts: {
  readonly needs: Needs;
  readonly systems: readonly SystemView[];
  /** Documents that are running, over all processes. */
  readonly running: number;
  readonly ageMs: number | null;
  readonly now: Date;
}): InStep {
  const { needs, systems, running, ageMs, now } = facts;
  if (ageMs === null) {
    return {
      answer: "cannot tell",
      ageMs,
      sentence: "Cannot tell: no worker has started yet. Start one with crossdock start.",
    };
  }
  if (ageMs > CANNOT_TELL_MS) {
    return {
      answer: "cannot tell",
      ageMs,
      sentence: `Cannot tell: no worker has reported for ${span(ageMs)}. What arrived before is kept.`,
    };
  }
  const away = systems.filter(({ state }) => state === "down" || state === "trying" || state === "paused");
  const waiting = away.map((system) => awaySentence(system, now)).join(" ");
  if (needs.documents === 0 && away.length === 0) {
    return {
      answer: "in step",
      ageMs,
      sentence:
        running === 0
          ? "In step. Nothing is under way."
          : `In step. ${documents(running)} under way, none needs anyone.`,
    };
  }
  const someone =
    needs.documents === 0
      ? "Nothing needs a person."
      : `${documents(needs.documents)} ${needs.documents === 1 ? "needs" : "need"} someone${
          needs.overdue > 0
            ? `, ${needs.overdue} of them past ${needs.overdue === 1 ? "its" : "their"} time`
            : ""
        }.`;
  const share = needs.documents / Math.max(running, 1);
  const longAway = away.some(
    ({ since, pause }) => pause === null && since !== null && now.getTime() - Date.parse(since) > AWAY_MS,
  );
  const out = (needs.documents > 3 && share > MOSTLY_SHARE) || longAway;
  return {
    answer: out ? "out of step" : "mostly",
    ageMs,
    sentence: [out ? "Out of step." : "Mostly in step.", someone, waiting].filter(Boolean).join(" "),
  };
}

function awaySentence(
  { title, since, waiting, exact, pause, isUnheard, because }: SystemView,
  now: Date,
): string {
  const awayMs = since === null ? 0 : now.getTime() - Date.parse(since);
  const long = awayMs < 1_000 ? "" : ` for ${span(awayMs)}`;
  const safe =
    waiting === 0
      ? "nothing waits for it."
      : `${exact ? "" : "at least "}${waiting} ${waiting === 1 ? "document waits" : "documents wait"} safely; nothing is lost.`;
  if (pause) {
    const how = pause.how === "paused" ? "is paused" : "is being drained";
    return `${title} ${how} by ${pause.by} since ${span(now.getTime() - Date.parse(pause.at))}: ${safe}`;
  }
  if (isUnheard) return `Nothing can come in from ${title}${long}: ${because}`;
  return `${title} has not answered${long}: ${safe}`;
}

const documents = (count: number): string => `${count} ${count === 1 ? "document" : "documents"}`;
