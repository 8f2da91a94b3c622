/**
 * One step in three columns: what arrived, what it became, what is sent of it, and the rule that carried each field.
 *
 * Both documents are made again from what is kept (the bytes of the arrival, the message of the journal) by the flows of today;
 * nothing is sent. How a field is matched, and what stays hidden, is said in `field-rows.ts`.
 */
import { walkIn, walkOut } from "../flows/walk.ts";
import type { Carrying } from "../mappings/witness.ts";
import { dataOf } from "../trace/header.ts";
import { type Known, messageTitle, systemTitle } from "../trace/known.ts";
import { mask, type Reveal } from "../trace/mask.ts";
import type { Db } from "../trace/rows.ts";
import type { Arranged } from "./arrangement.ts";
import { placed, rowsOf, type Side, type SideDocument, type SideRow, watchedWalk } from "./field-rows.ts";
import type { Store } from "./store.ts";

export interface SideBySide {
  readonly contract: string;
  readonly title: string;
  readonly arrived: SideDocument | null;
  readonly sent: SideDocument | null;
  readonly rows: readonly SideRow[];
  /** False when there were more fields than are shown. */
  readonly whole: boolean;
}

/** Larger arrivals are not taken apart for a look. */
const BYTES_MAX = 1_000_000;
/** Fields of one message that are shown. */
export const ROWS_MAX = 2_000;

interface StepRow {
  readonly contract: string;
  readonly version: number;
  readonly kind: "event" | "command";
  readonly key: string;
  readonly data: string | null;
  readonly arrival: string | null;
}

/** The step, and the arrival at the beginning of what caused it. Indexes: event_correlation, event_at. */
const STEP = `
  with recursive back as (
    select e.contract, e.version, e.kind, e.key, e.data, e.causation, 0 as steps from event e where e.correlation = $1 and e.position = $2
    union all
    select b.contract, b.version, b.kind, b.key, b.data, e.causation, b.steps + 1
      from back b join event e on e.position = (case when b.causation like 'event:%' then substr(b.causation, 7)::bigint end)
     where b.steps < 20)
  select contract, version, kind, key, data,
         case when causation like 'arrival:%' then substr(causation, 9) end as arrival from back order by steps desc limit 1`;

const ARRIVAL = `
  select flow, source, case when octet_length(body) <= $2 then body end as body from arrival where id = $1::uuid limit 1`;

/** The first delivery that carries the step. Index: delivery_correlation. */
const DELIVERY = `
  select flow, connection from delivery where correlation = $1 and event_position = $2 order by id limit 1`;

export async function sideBySide(
  around: { readonly db: Db; readonly store: Pick<Store, "lookUp">; readonly definitions: Arranged },
  correlation: string,
  position: string,
  reveal?: Reveal,
): Promise<SideBySide | null> {
  if (!/^\d{1,18}$/.test(position)) return null;
  const { db, definitions } = around;
  const step = (await db.query<StepRow>(STEP, [correlation, position])).rows[0];
  if (!step || step.data === null) return null;
  const contract = definitions.contracts.get(step.contract);
  const data = dataOf(definitions, step.contract, step.version, step.data);
  const shown = mask(contract?.schema, data, reveal);
  const [arrived, sent] = await Promise.all([
    step.arrival === null ? null : arrivedAs(around, step.arrival),
    sentAs(around, correlation, position, step, data),
  ]);
  const rows = rowsOf(data, shown, arrived, sent, reveal);
  return {
    contract: step.contract,
    title: messageTitle(step.contract),
    arrived: arrived?.about ?? null,
    sent: sent?.about ?? null,
    rows: rows.slice(0, ROWS_MAX),
    whole: rows.length <= ROWS_MAX,
  };
}

async function arrivedAs(
  { db, store, definitions }: Parameters<typeof sideBySide>[0],
  id: string,
): Promise<Side | null> {
  const row = (
    await db.query<{ flow: string; source: string; body: Buffer | null }>(ARRIVAL, [id, BYTES_MAX])
  ).rows[0];
  if (!row) return null;
  const flow = definitions.inbound.get(row.flow);
  const codec = flow?.stages.find((stage) => stage.verb === "decode")?.codec;
  const about = {
    systemTitle: systemTitle(definitions as Known, row.source),
    flow: row.flow,
    format: codec?.name ?? "",
  };
  const none = (problem: string): Side => ({ about: { ...about, problem }, leaves: [], carried: [] });
  if (row.body === null) return none("It is too large to be taken apart here.");
  if (!flow || !codec) return none("Its flow is gone, or reads a file record by record.");
  try {
    const leaves = placed(codec.decode(row.body));
    const carried: Carrying[] = [];
    await watchedWalk(walkIn(flow, row.body), store, carried);
    return { about: { ...about, problem: null }, leaves, carried };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

async function sentAs(
  { db, store, definitions }: Parameters<typeof sideBySide>[0],
  correlation: string,
  position: string,
  { contract, kind, key }: StepRow,
  data: unknown,
): Promise<Side | null> {
  const row = (await db.query<{ flow: string; connection: string }>(DELIVERY, [correlation, position]))
    .rows[0];
  if (!row) return null;
  const flow = definitions.outbound.get(row.flow);
  const format = flow?.hand.as === "document" ? flow.hand.codec.name : "";
  const about = { systemTitle: systemTitle(definitions as Known, row.connection), flow: row.flow, format };
  const none = (problem: string): Side => ({ about: { ...about, problem }, leaves: [], carried: [] });
  if (!flow) return none("Its flow is gone.");
  try {
    const carried: Carrying[] = [];
    const version = definitions.contracts.get(contract)?.version ?? 1;
    const message = { kind, contract, version, key, correlation, keys: [], data };
    const walked = await watchedWalk(walkOut(flow, message), store, carried);
    if (!("cargo" in walked)) return none(`It is passed over: ${walked.passedOver}.`);
    return { about: { ...about, problem: null }, leaves: placed(walked.cargo), carried };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}
