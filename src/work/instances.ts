/**
 * Process instances: one row each, read when something is due for them, written once a step.
 *
 * Everything a step needs travels in `body`: state, milestones, timers, open questions, the undo list and the inputs so
 * far. A parked or expected instance costs no memory and is not looked at until an input or a due time names it.
 */
import type { Message } from "../contracts/contract.ts";
import type { Input } from "../processes/process.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

export type InstanceStatus = "expected" | "running" | "parked" | "completed" | "abandoned";

export interface ReachedMilestone {
  readonly name: string;
  /** RFC 3339, when the input that reached it happened. */
  readonly at: string;
  readonly part?: number;
  readonly of?: number;
  readonly withdrawn?: string;
}

export interface OpenQuestion {
  readonly id: string;
  readonly approval: string;
  readonly due: string;
}

/** How to take a step back, and the delivery that step was. */
export interface Undo extends Message {
  readonly of?: { readonly key: string; readonly connection: string };
  /** No other undo waits for this one. */
  readonly apart?: boolean;
  /** RFC 3339, when the step was sent: the order in which processes of one key take back what they did. */
  readonly sentAt?: string;
}

export interface InstanceBody {
  state: unknown;
  milestones: ReachedMilestone[];
  timers: { name: string; due: string }[];
  questions: OpenQuestion[];
  /** How to take back what was sent so far, oldest first. */
  undo: Undo[];
  /** The inputs taken, in order: journal positions, `elapsed:<timer>@<at>` and so on. Their number names commands. */
  inputs: string[];
  /** Inputs that wait: for the start (expected) or for a repair (parked). */
  kept: { input: Input; cause: string }[];
  notes: { at: string; text: string }[];
  /** Parked because its version is not part of the build: when that is looked at again. */
  lookAt?: string;
  /** Questions asked so far; makes their ids unique. */
  asked: number;
}

export interface Instance {
  readonly process: string;
  readonly key: string;
  version: number;
  readonly lane: number;
  status: InstanceStatus;
  milestone: string | null;
  milestoneAt: string | null;
  correlation: string;
  body: InstanceBody;
}

export const instanceId = ({ process, key }: { process: string; key: string }): string => `${process}:${key}`;

/** The earliest moment something is due for it, or null. */
export const nextDue = ({ status, body }: Instance): string | null => {
  if (status === "parked") return body.lookAt ?? null;
  if (status !== "running") return null;
  const due = [...body.timers.map((timer) => timer.due), ...body.questions.map((question) => question.due)];
  return due.length === 0 ? null : due.reduce((a, b) => (a < b ? a : b));
};

const COLUMNS = `process, key, version, lane, status, milestone, milestone_at as "milestoneAt", correlation, body`;

const Ids = columns({ process: "text", key: "text" });

/** By their ids; missing ones are missing in the answer. Relies on the primary key. */
export const loadInstances = (ids: readonly { process: string; key: string }[]): Statement => ({
  name: "work load instances",
  text: `select ${COLUMNS} from ${Ids.from(1, "i")} join instance using (process, key)`,
  values: Ids.values(ids),
});

/** Those of the lanes for which something is due by the database clock, most overdue first. Walks instance_due. */
export const dueInstances = (lanes: readonly number[], max: number): Statement => ({
  name: "work due instances",
  text: `select ${COLUMNS} from instance where next_due <= clock_timestamp() and lane = any($1::smallint[])
    order by next_due limit $2`,
  values: [lanes, max],
});

const Instances = columns({
  process: "text",
  key: "text",
  version: "int2",
  lane: "int2",
  status: "text",
  milestone: "text",
  milestoneAt: "timestamptz",
  nextDue: "timestamptz",
  correlation: "text",
  body: "text",
});

export const saveInstances = (instances: readonly Instance[]): Statement => ({
  name: "work save instances",
  text: `insert into instance as known (process, key, version, lane, status, milestone, milestone_at, next_due, correlation, body)
    select process, key, version, lane, status, milestone, "milestoneAt", "nextDue", correlation, body
    from ${Instances.from(1, "i")}
    on conflict (process, key) do update set version = excluded.version, status = excluded.status, milestone = excluded.milestone,
      milestone_at = excluded.milestone_at, next_due = excluded.next_due, correlation = excluded.correlation, body = excluded.body,
      updated_at = clock_timestamp()`,
  values: Instances.values(
    instances.map((instance) => ({
      ...instance,
      body: JSON.stringify(instance.body),
      nextDue: nextDue(instance),
    })),
  ),
});

/** A question as people see it. */
export interface AskedQuestion {
  readonly id: string;
  readonly process: string;
  readonly key: string;
  readonly lane: number;
  readonly approval: string;
  readonly askedOf: string;
  readonly because: string | null;
  readonly correlation: string;
  readonly due: string;
}

const Questions = columns({
  id: "text",
  process: "text",
  key: "text",
  lane: "int2",
  approval: "text",
  askedOf: "text",
  because: "prose",
  correlation: "text",
  due: "timestamptz",
});

export const askQuestions = (questions: readonly AskedQuestion[]): Statement => ({
  name: "work ask",
  text: `insert into question (id, process, key, lane, approval, asked_of, because, correlation, due_at)
    select id, process, key, lane, approval, "askedOf", because, correlation, due
    from ${Questions.from(1, "q")} on conflict do nothing`,
  values: Questions.values(questions),
});

/** Questions nobody needs to answer any more. */
export const withdrawQuestions = (ids: readonly string[]): Statement => ({
  name: "work withdraw questions",
  text: `update question set verdict = 'withdrawn', answered_at = clock_timestamp() where id = any($1::text[]) and verdict is null`,
  values: [ids],
});
