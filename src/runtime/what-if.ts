/**
 * What today's mapping would book of the documents two systems were compared by: recorded traffic, walked again, asked and not booked.
 *
 * What must stay true: nothing is sent and nothing is kept; the next system is asked what it would book, behind what is ready to be sent to
 * it, and the answer is held against what the live one did book, by the comparison of live traffic.
 */
import type { Session } from "../connectors/connector.ts";
import { ParallelPosted } from "../contracts/canon/cutover.ts";
import type { Figures, ParallelDifference } from "../contracts/cutover.ts";
import { byCause, type CutoverView } from "../trace/cutovers.ts";
import { dataOf } from "../trace/header.ts";
import type { Db } from "../trace/rows.ts";
import type { Arranged } from "./arrangement.ts";
import type { Store } from "./store.ts";
import { payloadOf } from "./would-send.ts";

export interface WhatIf {
  /** Documents that were asked about, and those of them that would be booked alike. */
  readonly replayed: number;
  readonly alike: number;
  readonly differing: CutoverView["differing"];
  /** What could not be asked about, and why: the first of them, and how many. */
  readonly unclear: readonly { readonly document: string; readonly because: string }[];
  readonly unclearCount: number;
  /** False when there were more documents than are replayed at once: the latest are. */
  readonly whole: boolean;
}

interface Around {
  readonly db: Db;
  readonly store: Pick<Store, "lookUp">;
  readonly definitions: Arranged;
  readonly sessions: ReadonlyMap<string, Pick<Session, "ask">>;
  readonly atLeisure: <Answer>(connection: string, call: () => Promise<Answer>) => Promise<Answer>;
}

const REPLAYED_MAX = 1_000;
const UNCLEAR_MAX = 20;
const ASK_WITHIN_MS = 8_000;

/** Walks the deliveries of a flow from the newest, as a replay by flow does. */
const TOLD = `
  select d.subject, d.correlation, d.connection, e.version, e.data from delivery d join event e on e.position = d.event_position
   where d.flow = $1 and d.status = 'applied' order by d.id desc limit ${REPLAYED_MAX + 1}`;

/** What the live system booked of these. Indexes: the primary key of business_key, then event_correlation. */
const BOOKED = `
  select e.version, e.data from unnest($1::text[]) as wanted (key)
    join business_key k on k.type = split_part(wanted.key, '/', 1) and k.value = substr(wanted.key, strpos(wanted.key, '/') + 1)
    join event e on e.correlation = k.correlation and e.contract = $2 and e.key = wanted.key`;

interface ToldRow {
  readonly subject: string;
  readonly correlation: string;
  readonly connection: string;
  readonly version: number;
  readonly data: string;
}

/** Replays a step; null when no process moves one of this id. */
export async function whatIf(around: Around, id: string): Promise<WhatIf | null> {
  const { db, store, definitions, sessions, atLeisure } = around;
  const moving = [...definitions.processes.values()].filter(({ header }) => header.cutover);
  const { rows: known } = await db.query<{ process: string; version: number }>(
    "select process, version from instance where process = any($1) and key = $2",
    [moving.map(({ header }) => header.name), id],
  );
  const [one] = known;
  const cutover = one && definitions.processes.get(`${one.process}@${one.version}`)?.header.cutover;
  const flow = cutover && definitions.outbound.get(cutover.whatIf.flow);
  if (!cutover || !flow) return null;

  const { rows } = await db.query<ToldRow>(TOLD, [flow.name]);
  const told = rows.slice(0, REPLAYED_MAX).map((row) => ({
    ...row,
    message: flow.on.of(dataOf(definitions, flow.on.name, row.version, row.data)),
  }));
  const live = await bookedLive(
    around,
    id,
    told.map(({ message }) => message.key),
  );
  const found: (ParallelDifference & { document: string })[] = [];
  const unclear: WhatIf["unclear"][number][] = [];
  let replayed = 0;
  for (const { subject, correlation, connection, message } of told) {
    const document = message.key.slice(message.key.indexOf("/") + 1);
    const booked = live.get(document);
    if (booked === undefined) {
      unclear.push({ document, because: "The system that is live has not said what it booked of it." });
      continue;
    }
    try {
      const written = await payloadOf({ subject, correlation }, message.data, flow, flow.on, store);
      const question = cutover.whatIf.question(JSON.parse(written));
      const answer = await atLeisure(connection, async () =>
        sessions.get(connection)?.ask?.(question, ASK_WITHIN_MS),
      );
      const would = cutover.whatIf.figures(answer);
      if (would === null) throw new Error(`${connection} does not say what it would book.`);
      replayed += 1;
      const difference = cutover.compare(booked, would);
      if (difference) found.push({ document, ...difference });
    } catch (error) {
      unclear.push({ document, because: error instanceof Error ? error.message : String(error) });
    }
  }
  return {
    replayed,
    alike: replayed - found.length,
    differing: byCause(found),
    unclear: unclear.slice(0, UNCLEAR_MAX),
    unclearCount: unclear.length,
    whole: rows.length <= REPLAYED_MAX,
  };
}

async function bookedLive(
  { db, definitions }: Around,
  id: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Figures>> {
  const { rows } = await db.query<{ version: number; data: string }>(BOOKED, [keys, ParallelPosted.name]);
  const live = new Map<string, Figures>();
  for (const { version, data } of rows) {
    const { cutoverId, document, side, figures } = dataOf(
      definitions,
      ParallelPosted.name,
      version,
      data,
    ) as (typeof ParallelPosted)["sample"];
    if (side === "live" && cutoverId === id) live.set(document, figures);
  }
  return live;
}
