/**
 * Process instances as documents show them: milestones with their parts and clocks, timers, notes, undo.
 *
 * The JSON in `instance.body` is the engine's; this file is the only reader of it on this side and survives what it
 * does not know.
 */
import { milliseconds } from "../std/span.ts";
import { type Known, messageTitle, plain, processOf } from "./known.ts";
import {
  type Db,
  field,
  type InstanceBody,
  type InstanceRow,
  iso,
  json,
  type MilestoneMark,
  text,
} from "./rows.ts";

/** One milestone as shown: in the order of the process, reached or not. */
export interface MilestoneView {
  readonly name: string;
  readonly state: "reached" | "partly" | "open" | "late" | "withdrawn";
  readonly at: string | null;
  /** Parts reached and parts in all, where it is reached in parts. */
  readonly part: number | null;
  readonly of: number | null;
  /** When it is due (start plus the declared span), RFC 3339; null when it has no clock or is reached. */
  readonly due: string | null;
}

/** A running or ended process of a document. */
export interface InstanceView {
  readonly process: string;
  readonly version: number;
  readonly key: string;
  readonly status: InstanceRow["status"];
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly milestones: readonly MilestoneView[];
  readonly timers: readonly { readonly name: string; readonly due: string }[];
  readonly notes: readonly { readonly at: string | null; readonly text: string }[];
  readonly undo: readonly string[];
}

const COLUMNS = `i.process, i.key, i.version, i.status, i.milestone, i.milestone_at, i.next_due, i.correlation,
  i.started_at, i.updated_at, i.body`;

/**
 * Instances of any process under any of these keys. Index: the primary key (process, key). Process names are found by
 * hopping along that index from one name to the next, so no table is scanned and no list has to be handed in;
 * the offset keeps the planner from believing in a hundred names and reading the whole table instead.
 */
export const INSTANCES_BY_KEYS = `
  with recursive names as (
    (select process from instance order by process limit 1)
    union all
    select (select i.process from instance i where i.process > n.process order by i.process limit 1)
      from names n where n.process is not null
  )
  select ${COLUMNS}
    from names n cross join lateral (
      select * from instance where process = n.process and key = any($1) offset 0) i
   order by i.started_at, i.process
   limit 500`;

/** Instances whose key is one of `keys`, given as bare values; those stored as `type/value` are found too. */
export async function instancesOf(
  db: Db,
  keys: readonly { type: string; value: string }[],
): Promise<InstanceRow[]> {
  if (keys.length === 0) return [];
  const values = [
    ...new Set(keys.flatMap(({ type, value }) => (type === "" ? [value] : [value, `${type}/${value}`]))),
  ];
  const { rows } = await db.query(INSTANCES_BY_KEYS, [values]);
  return rows.map((row) => ({ ...row, body: instanceBody(row.body) }));
}

/** Reads the engine's JSON. Milestones come as a record by name or as a list; both are understood. */
export function instanceBody(stored: string): InstanceBody {
  const body = json(stored);
  return {
    state: field(body, "state") ?? null,
    milestones: merged(entries(field(body, "milestones")).map(mark)),
    timers: entries(field(body, "timers"))
      .map(([name, value]) => ({
        name,
        due: instant(value) ?? instant(field(value, "due")) ?? instant(field(value, "at")),
      }))
      .filter((timer): timer is { name: string; due: string } => timer.due !== null)
      .toSorted((a, b) => a.due.localeCompare(b.due)),
    notes: list(field(body, "notes")).map((note) => ({
      at: text(field(note, "at")),
      text: text(note) ?? text(field(note, "text")) ?? text(field(note, "note")) ?? "",
    })),
    undo: list(field(body, "undo"))
      .map(
        (undo) =>
          text(undo) ?? text(field(undo, "contract")) ?? text(field(field(undo, "message"), "contract")),
      )
      .filter((contract): contract is string => contract !== null),
  };
}

function mark([name, value]: [string, unknown]): MilestoneMark {
  const part = field(value, "part") ?? field(value, "parts");
  const of = field(value, "of");
  const parts = Array.isArray(part) ? part.length : typeof part === "number" ? part : null;
  return {
    name,
    at: instant(value) ?? instant(field(value, "at")),
    part: typeof of === "number" ? parts : null,
    of: typeof of === "number" ? of : null,
    withdrawn: Boolean(field(value, "withdrawn")),
  };
}

/** One mark a milestone: the last word about it, with the most parts counted so far. */
function merged(marks: readonly MilestoneMark[]): MilestoneMark[] {
  const byName = new Map<string, MilestoneMark>();
  for (const mark of marks) {
    const before = byName.get(mark.name);
    const counts = before && !before.withdrawn && mark.part !== null && before.part !== null;
    byName.set(mark.name, counts ? { ...mark, part: Math.max(mark.part, before.part) } : mark);
  }
  return [...byName.values()];
}

/** A record's entries, or those of a list whose items carry a `name`, `milestone` or `timer`. */
function entries(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((item): [string, unknown][] => {
      const name = text(field(item, "name")) ?? text(field(item, "milestone")) ?? text(field(item, "timer"));
      return name === null ? [] : [[name, item]];
    });
  }
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const instant = (value: unknown): string | null => {
  if (typeof value === "number") return new Date(value).toISOString();
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : null;
};

/** Every milestone of the instance's process, in the order the business tells the story. */
export function milestonesOf(known: Known, instance: InstanceRow, now: Date): MilestoneView[] {
  const declared = processOf(known, instance.process, instance.version)?.header.milestones;
  const marks = new Map(instance.body.milestones.map((one) => [one.name, one]));
  const names = declared ? Object.keys(declared) : [...marks.keys()];
  const ended = instance.status === "completed" || instance.status === "abandoned";
  return names.map((name) => {
    const mark = marks.get(name);
    const whole =
      mark !== undefined &&
      mark.at !== null &&
      !mark.withdrawn &&
      (mark.of === null || (mark.part ?? 0) >= mark.of);
    const span = declared?.[name]?.due;
    const due =
      span && !whole && !ended ? new Date(Date.parse(instance.started_at) + milliseconds(span)) : null;
    const overdue = due !== null && due.getTime() < now.getTime();
    const partly = mark !== undefined && mark.at !== null && !mark.withdrawn;
    return {
      name,
      state: whole
        ? "reached"
        : mark?.withdrawn
          ? "withdrawn"
          : overdue
            ? "late"
            : partly
              ? "partly"
              : "open",
      at: mark?.withdrawn ? null : (mark?.at ?? null),
      part: mark?.part ?? null,
      of: mark?.of ?? null,
      due: due?.toISOString() ?? null,
    };
  });
}

export function instanceView(known: Known, instance: InstanceRow, now: Date): InstanceView {
  const { process, version, key, status, body } = instance;
  return {
    process,
    version,
    key,
    status,
    startedAt: iso(instance.started_at),
    updatedAt: iso(instance.updated_at),
    milestones: milestonesOf(known, instance, now),
    timers: body.timers,
    notes: body.notes.map((note) => ({ ...note, text: plain(known, note.text) })),
    undo: status === "running" ? body.undo.map(messageTitle) : [],
  };
}

/** The next milestone not wholly reached, and its clock. */
export function nextMilestone(milestones: readonly MilestoneView[]): {
  awaits: string | null;
  nextDue: { milestone: string; at: Date } | null;
} {
  const open = milestones.filter(({ state }) => state !== "reached");
  const clocked = open.find(({ due }) => due !== null);
  return {
    awaits: open[0]?.name ?? null,
    nextDue: clocked?.due ? { milestone: clocked.name, at: new Date(clocked.due) } : null,
  };
}

/**
 * The instance that tells a document's story when several processes ran for it: one of its own correlation, and of
 * those the one with most milestones.
 */
export function mainInstance(
  instances: readonly InstanceRow[],
  correlation: string,
  milestones: (instance: InstanceRow) => number,
): InstanceRow | undefined {
  return instances
    .filter((one) => one.correlation === correlation && one.status !== "expected")
    .toSorted((a, b) => milestones(b) - milestones(a))[0];
}
