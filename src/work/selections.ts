/**
 * Frozen selections: which deliveries a person meant, and what became of each.
 *
 * What must stay true: a selection never grows, an item is asked at most once, and its outcome is read from the delivery
 * itself, never from the fact that somebody pressed a button. Totals add up at any moment: selected = applied + failed
 * again + skipped + waiting.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import type { BackfillCriteria } from "./backfill.ts";

export const SELECTION_ACTS = [
  "try again",
  "fix",
  "replay",
  "backfill",
  "as new",
  "cancel",
  "close",
] as const;
export type SelectionAct = (typeof SELECTION_ACTS)[number];
export type SelectionState =
  | "freezing"
  | "frozen"
  | "trying one"
  | "tried one"
  | "running"
  | "stopped"
  | "finished";

/** How a selection is chosen. Criteria of a replay are joined by "and"; at least one is given. */
export type Chosen =
  /** Everything open of one cause, by its short id or fingerprint. */
  | { readonly cause: string }
  /** Delivery keys, or `process:key` of a stopped process. */
  | { readonly subjects: readonly string[] }
  | { readonly replay: ReplayCriteria }
  /** What a flow missed. */
  | { readonly backfill: BackfillCriteria };

export interface ReplayCriteria {
  /** The position of a command or fact in the journal. */
  readonly event?: string;
  /** A business key, `order/SO-1`: everything of that business transaction, or ordered by it. */
  readonly key?: string;
  readonly flow?: string;
  /** The subscriber: a connection … */
  readonly connection?: string;
  /** … or a process: what it sent because of the facts, and those of them it never took. */
  readonly process?: string;
  readonly contract?: string;
  /** When it was owed, RFC 3339; from included, to not. */
  readonly from?: string;
  readonly to?: string;
}

/** A selection with its items, as the worker that carries it out needs it. */
export interface Selection {
  readonly id: string;
  readonly act: SelectionAct;
  readonly chosen: string;
  readonly changes: string | null;
  readonly reason: string;
  readonly state: SelectionState;
  readonly runBy: string | null;
}

export interface NewItem {
  readonly number: number;
  readonly kind: "delivery" | "event" | "input" | "instance" | "arrival" | "exception";
  readonly subject: string;
  readonly watched: string;
  readonly correlation: string | null;
  readonly connection: string | null;
  readonly contract: string | null;
  readonly atRisk: string | null;
  readonly corrected: number;
  readonly would: string;
  readonly state: "waiting" | "skipped";
  readonly reason: string | null;
}

/** A delivery a selection could hold, open or settled, with what it carries now. */
export interface Candidate {
  readonly key: string;
  readonly flow: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly correlation: string;
  readonly status: string;
  /** Milliseconds since it is owed. */
  readonly owedForMs: number;
  readonly errorCode: string | null;
  readonly corrected: number;
  readonly sentAs: number;
  readonly reference: string | null;
  readonly version: number;
  /** Null when its month was dropped from the journal. */
  readonly data: string | null;
  /** Keys of later deliveries of its subject to its connection that were applied. */
  readonly newer: readonly string[];
}

/** The delivery keys that were chosen, in the order they were owed, one more than `max` when there are too many. */
export function chosenDeliveries(chosen: Exclude<Chosen, { backfill: object }>, max: number): Statement {
  if ("cause" in chosen) {
    return {
      name: "work chosen by cause",
      text: `select d.key from exception x join delivery d on d.key = x.subject
        where x.resolved_at is null and x.fingerprint = $1 and x.subject_kind = 'delivery' order by d.id limit $2`,
      values: [chosen.cause, max + 1],
    };
  }
  if ("subjects" in chosen) {
    return {
      name: "work chosen one by one",
      text: "select key from delivery where key = any($1) order by id limit $2",
      values: [chosen.subjects, max + 1],
    };
  }
  // `process` names no deliveries: what it sent is found by its inputs (`inputs.ts`).
  const { event, key, flow, connection, contract, from, to } = chosen.replay;
  const wanted = [
    { by: "event", condition: "event_position = $::bigint", value: event },
    { by: "key", condition: "(correlation = $ or subject = $)", value: key },
    { by: "flow", condition: "flow = $", value: flow },
    { by: "connection", condition: "connection = $", value: connection },
    { by: "contract", condition: "contract = $", value: contract },
    { by: "from", condition: "created_at >= $::timestamptz", value: from },
    { by: "to", condition: "created_at < $::timestamptz", value: to },
  ];
  const given = wanted.filter(({ value }) => value !== undefined);
  const where = given.map(({ condition }, index) => condition.replaceAll("$", `$${index + 2}`));
  return {
    // PostgreSQL keeps 63 characters of a name: all of them together are 62.
    name: `work chosen by ${given.map(({ by }) => by).join(", ")}`,
    text: `select key from delivery where ${where.join(" and ")} order by id limit $1`,
    values: [max + 1, ...given.map(({ value }) => value)],
  };
}

/** Deliveries by their keys, in the order given, with what they carry and what was applied after them. */
export const candidates = (keys: readonly string[]): Statement => ({
  name: "work candidates",
  text: `select d.key, d.flow, d.connection, d.contract, d.subject, d.correlation, d.status, d.error_code as "errorCode", d.corrected, d.sent_as as "sentAs",
      d.reference, (extract(epoch from clock_timestamp() - d.created_at) * 1000)::float8 as "owedForMs",
      coalesce(c.contract_version, e.version, 1)::int as version, coalesce(c.data, e.data) as data,
      array(select n.key from delivery n where n.correlation = d.correlation and n.connection = d.connection
        and n.subject = d.subject and n.id > d.id and n.status = 'applied') as newer
    from unnest($1::text[]) with ordinality as asked(key, place) join delivery d on d.key = asked.key
    left join event e on e.position = d.event_position
    left join correction c on d.corrected > 0 and c.delivery = d.key and c.version = d.corrected
    order by asked.place`,
  values: [keys],
});

/** Open exceptions of a cause that are about no delivery. */
export const otherExceptions = (fingerprint: string, max: number): Statement => ({
  name: "work other exceptions",
  text: `select id::text as id, subject_kind as kind, subject, correlation, at_risk as "atRisk" from exception
    where resolved_at is null and fingerprint = $1 and subject_kind <> 'delivery' order by exception.id limit $2`,
  values: [fingerprint, max + 1],
});

export const newSelection = (given: {
  id: string;
  act: SelectionAct;
  chosen: Chosen;
  changes: string | null;
  reason: string;
  by: string;
}): Statement => ({
  name: "work new selection",
  text: "insert into selection (id, act, chosen, changes, reason, frozen_by) values ($1, $2, $3, $4, $5, $6)",
  values: [given.id, given.act, JSON.stringify(given.chosen), given.changes, given.reason, given.by],
});

const Items = columns({
  number: "int4",
  kind: "text",
  subject: "text",
  watched: "text",
  correlation: "text",
  connection: "text",
  contract: "text",
  atRisk: "text",
  corrected: "int2",
  would: "text",
  state: "text",
  reason: "text",
});

export const addItems = (selection: string, items: readonly NewItem[]): Statement => ({
  name: "work add items",
  text: `insert into selection_item (selection, number, kind, subject, watched, correlation, connection, contract, at_risk,
      corrected, would, state, reason, ended_at)
    select $1::uuid, number, kind, subject, watched, correlation, connection, contract, "atRisk", corrected, would, state, reason,
      case when state = 'skipped' then clock_timestamp() end
    from ${Items.from(2, "i")}`,
  values: [selection, ...Items.values(items)],
});

/** Selections under way that this worker may carry on: its own, those nobody has, and those of workers that are gone. */
export const claimSelections = (worker: string, aliveMs: number): Statement => ({
  name: "work claim selections",
  text: `update selection s set worker = $1 where s.id in (
      select id from selection where state in ('trying one', 'running', 'stopped') and finished_at is null
        and (worker is null or worker = $1 or not worker_lives(worker, $2)) order by frozen_at limit 4 for update skip locked)
    returning id, act, chosen, changes, reason, state, run_by as "runBy"`,
  values: [worker, aliveMs],
});

/** Lets go of selections, so that another worker goes on with them at once. */
export const releaseSelections = (worker: string): Statement => ({
  name: "work release selections",
  text: "update selection set worker = null where worker = $1 and state in ('trying one', 'running')",
  values: [worker],
});

/**
 * Reads the outcomes of what was asked from the deliveries, instances and exceptions themselves. An outcome counts only when
 * it came after the asking.
 */
export const settleItems = (selection: string): Statement => ({
  name: "work settle items",
  text: `update selection_item i set state = seen.state, reason = seen.reason, ended_at = clock_timestamp() from (
      select i.number,
        case
          when d.key is not null then case
            when d.status = 'applied' or (d.status = 'cancelled' and s.act = 'cancel') then 'applied'
            when d.status in ('parked', 'held') then 'failed again' else 'skipped' end
          when n.status = 'parked' or w.said is not null then 'failed again' else 'applied' end as state,
        case when d.key is not null then
            case when d.status in ('cancelled', 'superseded') and s.act <> 'cancel' then 'It was ' || d.status || ' meanwhile.'
                 when d.status = 'applied' then d.reference else d.reason end
          else w.said end as reason
      from selection_item i join selection s on s.id = i.selection
      left join delivery d on i.kind in ('delivery', 'event') and d.key = i.watched and d.updated_at > i.asked_at
        and d.status in ('applied', 'parked', 'held', 'cancelled', 'superseded')
      left join instance n on i.kind in ('instance', 'input') and n.process = split_part(i.watched, ':', 1)
        and n.key = substr(i.watched, strpos(i.watched, ':') + 1) and n.updated_at > i.asked_at
      left join arrival_wait w on w.arrival = case when i.kind = 'arrival' then i.watched::uuid end and w.asked_by is null
      where i.selection = $1 and i.state = 'asked' and coalesce(d.key, n.key, w.arrival::text) is not null) seen
    where i.selection = $1 and i.number = seen.number and i.state = 'asked'
    returning i.number`,
  values: [selection],
});

/** What is still to be asked, in order, and how many are asked already. */
export const itemsToAsk = (selection: string, max: number): Statement => ({
  name: "work items to ask",
  text: `select i.number, i.kind, i.subject, i.watched, i.corrected, i.correlation,
      (select count(*)::int from selection_item where selection = $1 and state = 'asked') as asked
    from selection_item i where i.selection = $1 and i.state = 'waiting' order by i.number limit $2`,
  values: [selection, max],
});

/** Which of these are in the selection. Reads its items. */
export const itemsAmong = (selection: string, subjects: readonly string[]): Statement => ({
  name: "work items among",
  text: "select subject from selection_item where selection = $1 and subject = any($2)",
  values: [selection, subjects],
});

/** An item that cannot be asked any more. */
export const skipItem = (selection: string, number: number, reason: string): Statement => ({
  name: "work skip item",
  text: `update selection_item set state = 'skipped', reason = $3, ended_at = clock_timestamp()
    where selection = $1 and number = $2 and state = 'waiting'`,
  values: [selection, number, reason],
});

/** Moves a selection on when nothing is left to do for now; returns its new state. */
export const moveSelection = (selection: string): Statement => ({
  name: "work move selection",
  text: `update selection s set updated_at = clock_timestamp(), worker = null,
      state = case when s.state = 'stopped' then 'stopped' when left_over.open = 0 then 'finished' else 'tried one' end,
      finished_at = case when left_over.open = 0 then clock_timestamp() end
    from (select count(*) filter (where state in ('waiting', 'asked')) as open, count(*) filter (where state = 'asked') as asked
          from selection_item where selection = $1) left_over
    where s.id = $1 and s.finished_at is null and ((s.state in ('trying one', 'running', 'stopped') and left_over.open = 0)
      or (s.state = 'trying one' and left_over.asked = 0 and exists (
        select from selection_item where selection = $1 and asked_at is not null)))
    returning s.state`,
  values: [selection],
});

/** What became of its items so far, and for whom they are: systems, or processes that are given what they missed. */
export const tallyOf = (selection: string): Statement => ({
  name: "work tally of selection",
  text: `select count(*) filter (where state in ('waiting', 'asked'))::int as open,
      count(*) filter (where state = 'applied')::int as applied, count(*) filter (where state = 'skipped')::int as "noChange",
      count(*) filter (where state = 'failed again')::int as failed,
      coalesce(array_agg(distinct coalesce(connection, split_part(watched, ':', 1))), '{}') as subscribers
    from selection_item where selection = $1`,
  values: [selection],
});

/** Selections that were never filled to their end, because the worker died. */
export const forgetUnfilled: Statement = {
  name: "work forget unfilled",
  text: `with gone as (delete from selection where state = 'freezing' and frozen_at < clock_timestamp() - interval '1 hour' returning id)
    delete from selection_item where selection in (select id from gone)`,
  values: [],
};

/** What a selection is, for whoever decides about it. */
export const aboutSelection = (selection: string): Statement => ({
  name: "work about selection",
  text: "select act, chosen, changes, items, digest from selection where id = $1 and state <> 'freezing'",
  values: [selection],
});

/** A page of what it sends: deliveries, facts that become some, and inputs, in order. */
export const deliveriesOfSelection = (selection: string, after: number, max: number): Statement => ({
  name: "work deliveries of selection",
  text: `select number, kind, subject, watched from selection_item where selection = $1 and number > $2
    and kind in ('delivery', 'event', 'input') order by number limit $3`,
  values: [selection, after, max],
});

/** What these instances are given by it up to an item, in order: each step stands on the one before. */
export const inputsOfSelection = (
  selection: string,
  watched: readonly string[],
  upTo: number,
): Statement => ({
  name: "work inputs of selection",
  text: `select number, subject from selection_item where selection = $1 and kind = 'input' and watched = any($2) and number <= $3
    order by number`,
  values: [selection, watched, upTo],
});
