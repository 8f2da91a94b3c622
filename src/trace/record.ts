/**
 * What the trace remembers while the dock works: business keys, opinions of systems, counts, exceptions.
 *
 * Everything is written in the transaction of the change it describes, so what people read is never ahead of or behind
 * what happened. Reading is in the other files of this room.
 */
import type { BusinessKey } from "../contracts/keys.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import { indexable } from "../std/storable.ts";
import type { AtRisk } from "./at-risk.ts";

export interface KnownKey extends BusinessKey {
  readonly correlation: string;
}

const Keys = columns({ value: "text", type: "text", correlation: "text", system: "text" });

/** Indexes business keys; those already known are left alone. Relies on the primary key of business_key. */
export const rememberKeys = (keys: readonly KnownKey[]): Statement => ({
  name: "trace keys",
  text: `insert into business_key (value, type, correlation, system)
    select distinct on (value, type, correlation) value, type, correlation, system
    from ${Keys.from(1, "k")}
    order by value, type, correlation on conflict do nothing`,
  values: Keys.values(keys.map(({ system = null, ...key }) => ({ ...key, system }))),
});

/** What one system holds about one milestone of one business thing. */
export interface Opinion {
  readonly subject: string;
  readonly milestone: string;
  readonly system: string;
  readonly reached: boolean;
  /** RFC 3339: when it says it happened. */
  readonly saidAt: string;
}

const Opinions = columns({
  subject: "text",
  milestone: "text",
  system: "text",
  reached: "bool",
  saidAt: "timestamptz",
});

/** Keeps the last word of each system. A word older than the one we have is late, and does not replace it. */
export const recordOpinions = (opinions: readonly Opinion[]): Statement => ({
  name: "trace opinions",
  text: `insert into opinion as known (subject, milestone, system, reached, said_at)
    select subject, milestone, system, reached, "saidAt"
    from ${Opinions.from(1, "o")}
    order by subject, milestone, system
    on conflict (subject, milestone, system) do update set reached = excluded.reached, said_at = excluded.said_at
    where known.said_at <= excluded.said_at`,
  values: Opinions.values(opinions),
});

const Deltas = columns({ scope: "text", name: "text", delta: "int8" });

/** Adds to counts, as rows of differences: no shared row for workers to queue at. */
export const count = (deltas: readonly { scope: string; name: string; delta: number }[]): Statement => ({
  name: "trace count",
  text: `insert into counter (scope, name, delta)
    select scope, name, delta from ${Deltas.from(1, "c")}`,
  values: Deltas.values(deltas),
});

/** Gathers differences before they are written, so a batch adds one row a name. */
export class Counts {
  readonly #deltas = new Map<string, { scope: string; name: string; delta: number }>();

  add(scope: string, name: string, delta = 1): void {
    const id = `${scope}\n${name}`;
    const known = this.#deltas.get(id);
    if (known) known.delta += delta;
    else this.#deltas.set(id, { scope, name, delta });
  }

  get all(): { scope: string; name: string; delta: number }[] {
    return [...this.#deltas.values()].filter(({ delta }) => delta !== 0);
  }
}

/** Folds the differences of each name into one row. Run by one worker at a time. */
export const foldCounts: Statement = {
  name: "trace fold counts",
  text: `with folded as (delete from counter returning scope, name, delta)
    insert into counter (scope, name, delta) select scope, name, sum(delta) from folded group by scope, name having sum(delta) <> 0`,
  values: [],
};

/** An open item for a person. */
export interface Raised {
  readonly fingerprint: string;
  readonly class: string;
  readonly subjectKind: "delivery" | "arrival" | "instance" | "document";
  readonly subject: string;
  readonly connection: string | null;
  readonly correlation: string | null;
  readonly title: string;
  readonly reason: string;
  readonly owner: string;
  /** What stands still with it, where the message says so. */
  readonly atRisk?: AtRisk | null;
}

const Exceptions = columns({
  fingerprint: "text",
  class: "text",
  subjectKind: "text",
  subject: "text",
  connection: "text",
  correlation: "text",
  title: "prose",
  reason: "prose",
  owner: "prose",
  atRisk: "text",
});

/**
 * Opens exceptions; one that is open already keeps its age and takes the latest reason, and with another cause its owner, and no clock
 * of the one before; a new one of a cause somebody works on is theirs too. Every step is noted by a trigger. Relies on exception_open and exception_cause.
 */
export const raise = (exceptions: readonly Raised[]): Statement => ({
  name: "trace raise",
  text: `insert into exception (fingerprint, class, subject_kind, subject, connection, correlation, title, reason, owner, at_risk, assigned_to)
    select distinct on ("subjectKind", subject) fingerprint, class, "subjectKind", subject, connection, correlation, title, reason, owner,
      "atRisk", (select assigned_to from exception same where same.fingerprint = x.fingerprint and same.resolved_at is null
        and same.assigned_to is not null limit 1)
    from ${Exceptions.from(1, "x")}
    order by "subjectKind", subject
    on conflict (subject_kind, subject) where resolved_at is null
    do update set fingerprint = excluded.fingerprint, class = excluded.class, reason = excluded.reason, title = excluded.title,
      owner = case when exception.fingerprint = excluded.fingerprint then exception.owner else excluded.owner end,
      due_at = case when exception.fingerprint = excluded.fingerprint then exception.due_at end,
      escalated_at = case when exception.fingerprint = excluded.fingerprint then exception.escalated_at end,
      at_risk = coalesce(excluded.at_risk, exception.at_risk)`,
  values: Exceptions.values(
    exceptions.map((one) => ({
      ...one,
      fingerprint: indexable(one.fingerprint),
      subject: indexable(one.subject),
      atRisk: one.atRisk ? JSON.stringify(one.atRisk) : null,
    })),
  ),
});

const Subjects = columns({ subjectKind: "text", subject: "text", resolution: "prose" });

/** Closes whatever is open about these subjects. Relies on exception_open. */
export const resolve = (
  subjects: readonly { subjectKind: string; subject: string; resolution: string }[],
): Statement => ({
  name: "trace resolve",
  text: `update exception x set resolved_at = clock_timestamp(), resolution = r.resolution
    from ${Subjects.from(1, "r")}
    where x.subject_kind = r."subjectKind" and x.subject = r.subject and x.resolved_at is null`,
  values: Subjects.values(subjects.map((one) => ({ ...one, subject: indexable(one.subject) }))),
});
