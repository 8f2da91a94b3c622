/**
 * What people do, as statements: each act claims what it is about, tells the journal and the audit, all or none.
 *
 * The audit is a chain that the database links; the lock taken first makes writers take turns, so that none waits for another
 * while it holds what that one needs. An act whose
 * condition no longer holds writes nothing at all; so does the second carrying out of one item of a selection.
 */
import { createHash } from "node:crypto";
import { ENTRY, ENTRY_INSERT, ENTRY_SELECT } from "../journal/append.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import { storable } from "../std/storable.ts";
import { markAgain } from "../work/batches.ts";
import type { RunStep } from "./runbooks.ts";
import type { Act, BatchVerdict, SelectionStep } from "./store.ts";

const Entries = columns(ENTRY);

/** Writes down a value as a parameter of the statement and returns its place in it. */
type Put = (value: string | number | boolean | null) => string;

/** What must hold, and what else comes true with it. `more` reads `once`, which has a row when the act holds. */
interface Claim {
  /** Part of the statement's name, of which PostgreSQL keeps 63 characters: the same kind has the same text. */
  readonly kind: string;
  readonly claimed: string;
  readonly more?: string;
}

export function actStatements(act: Act): Statement[] {
  const { actor, action, subject, reason, entry, guard, item, retries } = act;
  const facts = JSON.stringify({ ...told(guard), ...(item ? { item } : {}) });
  const values: unknown[] = [actor, action, subject, reason, facts].map(written);
  const put: Put = (value) => `$${values.push(written(value))}`;
  const { kind, claimed, more = "" } = claimOf(guard, put, item);
  const asked = item ? askedItem(item, guard, put) : "";
  const again = retries ? retried(retries, put) : "";
  const first = values.length + 1;
  values.push(...Entries.values([entry]));
  return [
    {
      name: "runtime audit lock",
      text: `select pg_advisory_xact_lock(7215), set_config('crossdock.actor', $1, true),
        set_config('crossdock.reason', coalesce($2, ''), true)`,
      values: [actor, reason].map(written),
    },
    {
      name: `runtime act on ${kind}${retries ? " again" : ""}${item ? " of a selection" : ""}`,
      text: `with claimed as (${claimed}),${asked}
        once as (select from claimed${item ? ", item" : ""} limit 1),${more}${again}
        told as (
          ${ENTRY_INSERT} select ${ENTRY_SELECT} from once, ${Entries.from(first, "e")}),
        audited as (
          insert into audit (actor, action, subject, reason, facts) select $1, $2, $3, $4, $5 from once)
        select id from claimed where exists (select from once)`,
      values,
    },
    ...("batch" in guard ? [markAgain(guard.batch)] : []),
  ];
}

/** What people write may hold what PostgreSQL cannot; a name that does is found nowhere. */
const written = <Value>(value: Value): Value | string =>
  typeof value === "string" ? storable(value) : value;

/** The guard as the audit keeps it: of a corrected body its hash and what changed, never the body. */
function told(guard: Act["guard"]): object {
  if (!("delivery" in guard) || !guard.correction) return guard;
  const { data, changed, after } = guard.correction;
  const sha256 = createHash("sha256").update(data).digest("hex");
  return { ...guard, correction: { version: after + 1, sha256, changed: JSON.parse(changed) } };
}

/** Marks the item as asked, once. What is closed needs no further look; the rest is watched until it has an outcome. */
function askedItem(item: NonNullable<Act["item"]>, guard: Act["guard"], put: Put): string {
  const watched = "delivery" in guard && guard.asNew ? `, watched = ${put(guard.asNew.key)}` : "";
  const [state, ended] = "exception" in guard ? ["applied", ", ended_at = clock_timestamp()"] : ["asked", ""];
  return `
        item as (
          update selection_item set state = '${state}', asked_at = clock_timestamp()${ended}${watched}
          where selection = ${put(item.selection)}::uuid and number = ${put(item.number)} and state = 'waiting'
            and exists (select from claimed) returning number),`;
}

/** Whoever has it tried again is named in the life of its exception. */
const retried = ({ subjectKind, subject }: NonNullable<Act["retries"]>, put: Put): string => `
        retried as (
          insert into exception_change (exception, fingerprint, what, by, reason)
          select x.id, x.fingerprint, 'retried', $1, $4 from exception x, once
          where x.subject_kind = '${subjectKind}' and x.subject = ${put(subject)} and x.resolved_at is null),`;

function claimOf(guard: Act["guard"], put: Put, item: Act["item"]): Claim {
  if ("question" in guard) {
    return {
      kind: "question",
      claimed: `update question set verdict = ${put(guard.verdict)}, answered_by = $1, comment = ${put(guard.comment)},
        answered_at = clock_timestamp() where id = ${put(guard.question)} and verdict is null returning id`,
    };
  }
  if ("delivery" in guard) return deliveryClaim(guard, put, item);
  if ("backfill" in guard) return missedClaim(guard.backfill, put);
  if ("input" in guard) {
    return {
      kind: "input",
      claimed: `select id from event where position = ${put(guard.input)}::bigint and not exists (select from instance
        where process = ${put(guard.process)} and key = ${put(guard.key)} and status in ('completed', 'abandoned'))`,
    };
  }
  if ("instance" in guard) {
    const { process, instance, version } = guard;
    const fits =
      version === undefined
        ? "status = 'parked'"
        : `status in ('running', 'parked') and version = ${put(version)}`;
    return {
      kind: `instance${version === undefined ? "" : " of a version"}`,
      claimed: `select key as id from instance where process = ${put(process)} and key = ${put(instance)} and ${fits} for update`,
    };
  }
  if ("batch" in guard) {
    return {
      kind: `batch to ${guard.verdict}`,
      claimed: BATCH_CLAIMS[guard.verdict].replaceAll("$7", put(guard.batch)),
    };
  }
  if ("arrival" in guard) {
    const arrival = put(guard.arrival);
    return {
      kind: "arrival",
      claimed: `insert into arrival_wait as known (arrival, received_at, asked_by)
        select a.id, a.received_at, $1 from arrival a where a.id = ${arrival}::text::uuid and a.state = 'quarantined' and exists (
          select from exception x where x.subject_kind = 'arrival' and x.subject = ${arrival} and x.resolved_at is null)
        on conflict (arrival) do update set asked_by = excluded.asked_by, next_at = clock_timestamp(), over_at = null, said = null
        returning known.arrival::text as id`,
    };
  }
  if ("period" in guard) {
    const period = put(guard.period);
    return {
      kind: "period",
      claimed: `select ${period}::text as id where ${put(guard.status)}::text is distinct from coalesce((select readable(data)->>'periodStatus' from event
        where correlation = 'period/' || ${period} and contract = 'finance.period-status-changed' order by event.position desc limit 1), 'open')`,
    };
  }
  if ("cutover" in guard) return { kind: "cutover", claimed: `select ${put(guard.cutover)}::text as id` };
  if ("feed" in guard) {
    const feed = put(guard.feed);
    return {
      kind: "feed",
      claimed: `select ${feed}::text as id where ${put(guard.through)}::text is distinct from (select readable(data)->>'through' from event
        where correlation = 'feed/' || ${feed} and contract = 'finance.feed-delivered' order by event.position desc limit 1)`,
    };
  }
  if ("selection" in guard) return selectionClaim(guard.selection, guard.to, put);
  if ("run" in guard) return runClaim(guard.run, guard.to, put);
  if ("cause" in guard) {
    const [cause, value] = [put(guard.cause), put(guard.value ?? "")];
    return {
      kind: `cause to ${guard.tend}`,
      claimed: TEND[guard.tend].replaceAll("$7", cause).replaceAll("$8", value),
    };
  }
  if ("document" in guard) {
    const document = put(guard.document);
    return {
      kind: `document to ${guard.tend}`,
      claimed: TEND_DOCUMENT[guard.tend]
        .replaceAll("$7", document)
        .replaceAll("$8", () => put(guard.value ?? "")),
    };
  }
  if ("agreement" in guard) {
    return {
      kind: "agreement",
      claimed: `update agreement set heard = heard + 1, asked_at = null, due_at = clock_timestamp() + interval '1 second'
        where subject = ${put(guard.agreement)} returning subject as id`,
    };
  }
  if ("comparison" in guard) {
    return {
      kind: "comparison",
      claimed: `insert into comparison (id, kind, grace_ms, asked_by)
        values (${put(guard.comparison)}::uuid, ${put(guard.of)}, ${put(guard.graceMs)}::bigint, $1) returning id::text as id`,
    };
  }
  if ("connection" in guard) {
    const connection = put(guard.connection);
    if (guard.verdict === "resume")
      return {
        kind: "connection to resume",
        claimed: `delete from pause where connection = ${connection} returning connection as id`,
      };
    const how = put(guard.verdict === "pause" ? "paused" : "draining");
    return {
      kind: "connection to stop",
      claimed: `insert into pause as known (connection, how, asked_by, reason, until)
        values (${connection}, ${how}, $1, ${put(guard.reason)}, nullif(${put(guard.until ?? "")}, '')::timestamptz)
        on conflict (connection) do update set how = excluded.how, asked_by = excluded.asked_by, reason = excluded.reason,
          asked_at = clock_timestamp(), until = excluded.until
        where known.how <> excluded.how or known.until is distinct from excluded.until or known.until < clock_timestamp()
        returning connection as id`,
    };
  }
  return {
    kind: "exception",
    claimed: `update exception set resolved_at = clock_timestamp(), resolution = ${put(guard.resolution)}
      where id = ${put(guard.exception)}::bigint and resolved_at is null and subject_kind <> 'delivery' returning id::text as id`,
  };
}

function deliveryClaim(
  { delivery, attempts, settled, correction, asNew }: Extract<Act["guard"], { delivery: string }>,
  put: Put,
  item: Act["item"],
): Claim {
  const key = put(delivery);
  const states = asNew
    ? "'applied', 'superseded', 'cancelled'"
    : `'parked', 'held', 'in_doubt', 'owed'${settled ? ", 'applied', 'superseded', 'cancelled'" : ""}`;
  const carried = correction ?? (item && { after: item.corrected });
  const claimed = `select key as id from delivery where key = ${key} and attempts = ${put(attempts)} and status in (${states})
      ${carried ? `and corrected = ${put(carried.after)}` : ""}
      ${asNew ? `and not exists (select from delivery where key = ${put(asNew.key)})` : ""} for update`;
  if (correction) {
    const version = put(correction.after + 1);
    return {
      kind: `delivery with a correction`,
      claimed,
      more: `
        fixed as (
          insert into correction (delivery, version, data, contract_version, changed, by, reason)
          select ${key}, ${version}, ${put(correction.data)}, ${put(correction.contractVersion)}, ${put(correction.changed)}, $1, $4 from once),
        marked as (update delivery set corrected = ${version} from once where key = ${key}),`,
    };
  }
  if (asNew) {
    const made = put(asNew.key);
    return {
      kind: "delivery as new",
      claimed,
      more: `
        made as (
          insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, sent_as, corrected)
          select ${made}, flow, connection, contract, subject, lane, correlation, event_position, 'owed', ${put(asNew.sentAs)}, corrected
          from delivery, once where key = ${key}),
        copied as (
          insert into correction (delivery, version, data, contract_version, changed, by, reason)
          select ${made}, c.version, c.data, c.contract_version, c.changed, c.by, c.reason from once, delivery d
          join correction c on c.delivery = d.key and c.version = d.corrected where d.key = ${key}),`,
    };
  }
  return { kind: `delivery${settled ? " or settled" : ""}${carried ? " frozen" : ""}`, claimed };
}

/** The lock makes two who fill the same subscriber take turns, as all acts do: the second finds it owed. */
function missedClaim(missed: Extract<Act["guard"], { backfill: object }>["backfill"], put: Put): Claim {
  const [key, flow, connection] = [put(missed.key), put(missed.flow), put(missed.connection)];
  const [correlation, position] = [put(missed.correlation), `${put(missed.position)}::bigint`];
  return {
    kind: "missed fact",
    claimed: `select e.id from event e where e.position = ${position} and not exists (select from delivery d
        where d.key = ${key} or d.correlation = ${correlation} and d.event_position = ${position} and d.connection = ${connection}
          and d.status <> 'cancelled')`,
    more: `
        made as (
          insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status)
          select ${key}, ${flow}, ${connection}, ${put(missed.contract)}, ${put(missed.subject)}, ${put(missed.lane)}::smallint,
            ${correlation}, ${position}, 'owed' from once),
        counted as (insert into counter (scope, name, delta) select ${connection}, 'delivery owed', 1 from once),`,
  };
}

function selectionClaim(id: string, to: SelectionStep, put: Put): Claim {
  const selection = `${put(id)}::uuid`;
  const moved = "updated_at = clock_timestamp()";
  switch (to.state) {
    case "frozen":
      return {
        kind: "selection frozen",
        claimed: `update selection set state = 'frozen', items = ${put(to.items)}, digest = ${put(to.digest)}, second = ${put(to.second)}, ${moved}
          where id = ${selection} and state = 'freezing' returning id::text as id`,
      };
    case "trying one":
    case "running": {
      const agreed = to.agreed && { by: put(to.agreed.by), digest: put(to.agreed.digest) };
      const ready = `expires_at > clock_timestamp() and (second is null
        ${agreed ? `or ${agreed.by}::text not in (frozen_by, $1) and digest = ${agreed.digest}` : ""})`;
      const both = agreed ? `approved_by = ${agreed.by}, approved_at = clock_timestamp(),` : "";
      const from =
        to.state === "running"
          ? `(state = 'tried one' or state = 'frozen' and ${ready})`
          : `state = 'frozen' and ${ready}`;
      return {
        kind: `selection ${to.state}${agreed ? " agreed" : ""}`,
        claimed: `update selection set state = '${to.state}', run_by = $1, worker = null, ${both} ${moved}
          where id = ${selection} and ${from} returning id::text as id`,
      };
    }
    case "stopped":
      return {
        kind: "selection stopped",
        claimed: `update selection set state = 'stopped', worker = null, ${moved}
          where id = ${selection} and state in ('frozen', 'trying one', 'tried one', 'running') returning id::text as id`,
        more: `
        rest as (
          update selection_item set state = 'skipped', reason = 'Stopped by ' || $1 || '.', ended_at = clock_timestamp() from once
          where selection = ${selection} and state = 'waiting'),`,
      };
    // Stopped, it ends as stopped; what had begun of it is told all the same.
    case "finished":
      return {
        kind: "selection finished",
        claimed: `update selection set state = case when state = 'stopped' then 'stopped' else 'finished' end, worker = null,
            finished_at = clock_timestamp(), ${moved}
          where id = ${selection} and finished_at is null and state in ('trying one', 'running', 'stopped')
            and not exists (select from selection_item where selection = ${selection} and state in ('waiting', 'asked'))
          returning id::text as id`,
      };
  }
}

/** Counts are exact at any moment, so what a run came to is the difference of two of them. */
const COUNTS = (system: string) => `(select json_build_object(
    'open', (select count(*) from delivery where connection = ${system} and status not in ('applied', 'superseded', 'cancelled')),
    'owed', (select coalesce(sum(delta), 0) from counter where scope = ${system} and name = 'delivery owed'),
    'applied', (select coalesce(sum(delta), 0) from counter where scope = ${system} and name = 'delivery applied'))::text)`;

function runClaim(id: string, to: RunStep, put: Put): Claim {
  const run = `${put(id)}::uuid`;
  switch (to.state) {
    case "opened": {
      const system = `${put(to.system)}::text`;
      return {
        kind: "runbook opened",
        claimed: `insert into runbook_run (id, runbook, system, drill, opened_by, from_position, counts)
          select ${run}, ${put(to.runbook)}, ${system}, ${put(to.drill)}, $1,
            coalesce((select max(position) from event), 0), ${COUNTS(system)}
          on conflict do nothing returning id::text as id`,
      };
    }
    case "step":
      return {
        kind: "runbook step",
        claimed: `insert into runbook_step (run, number, state, finding, note, by)
          select ${run}, ${put(to.number)}, ${put(to.as)}, ${put(to.finding)}, ${put(to.note)}, $1
          from runbook_run where id = ${run} and closed_at is null
          on conflict (run, number) do update set state = excluded.state, finding = excluded.finding, note = excluded.note,
            by = excluded.by, at = clock_timestamp() returning run::text as id`,
      };
    case "closed":
      return {
        kind: "runbook closed",
        claimed: `update runbook_run set closed_by = $1, closed_at = clock_timestamp(), outcome = ${put(to.outcome)},
          figures = ${put(JSON.stringify(to.figures))} where id = ${run} and closed_at is null returning id::text as id`,
      };
  }
}

/** What a person does about everything open of one cause; $7 is its fingerprint, $8 the value, empty for none. */
const TEND = {
  assign: `update exception set assigned_to = nullif($8, '')
    where fingerprint = $7 and resolved_at is null returning id::text as id`,
  snooze: `update exception set snoozed_until = nullif($8, '')::timestamptz
    where fingerprint = $7 and resolved_at is null returning id::text as id`,
  note: `insert into exception_change (exception, fingerprint, what, by, detail)
    select id, fingerprint, 'noted', $1, $8 from exception where fingerprint = $7 and resolved_at is null
    order by id limit 1 returning exception::text as id`,
} as const;

const IS_KNOWN = "exists (select from event where correlation = $7)";

/** What a person says about one document; $7 is the business transaction, $8 the value, empty for none. */
const TEND_DOCUMENT = {
  note: `select $7::text as id where ${IS_KNOWN} and $8::text <> ''`,
  assign: `insert into tended_document as known (correlation, assigned_to) select $7, nullif($8, '') where ${IS_KNOWN}
    on conflict (correlation) do update set assigned_to = excluded.assigned_to
      where known.assigned_to is distinct from excluded.assigned_to returning correlation as id`,
  hold: `insert into tended_document as known (correlation, held_by, held_because, held_at)
    select $7, $1, $8, clock_timestamp() where ${IS_KNOWN}
    on conflict (correlation) do update set held_by = excluded.held_by, held_because = excluded.held_because,
      held_at = excluded.held_at where known.held_by is null returning correlation as id`,
  release: `update tended_document set held_by = null, held_because = null, held_at = null
    where correlation = $7 and held_by is not null returning correlation as id`,
} as const;

/** What a person's word does to a batch, and in which state it may be said; $7 is the batch. */
const BATCH_CLAIMS: Readonly<Record<BatchVerdict, string>> = {
  pause: `update batch set state = 'paused', updated_at = clock_timestamp()
    where id = $7::uuid and state = 'running' returning id::text as id`,
  resume: `update batch set state = 'running', updated_at = clock_timestamp()
    where id = $7::uuid and state = 'paused' returning id::text as id`,
  "read refused again": `update batch set again = true, updated_at = clock_timestamp()
    where id = $7::uuid and refused > 0 and not again returning id::text as id`,
  "give up": `update batch set state = 'failed', reason = 'Given up by ' || $1 || '.', worker = null, updated_at = clock_timestamp()
    where id = $7::uuid and state in ('waiting', 'running', 'paused') returning id::text as id`,
};
