/**
 * What a mapping would book of the documents two systems were compared by: recorded traffic, walked again, asked and not booked.
 *
 * What must stay true: nothing is sent and nothing is kept; the next system is asked what it would book, behind what is ready to be sent to
 * it, and the answer is held against what the live one did book, by the comparison of live traffic. Which build walks and compares does
 * not matter: the one that runs, or one that is to run; only the one that runs asks.
 */
import type { Session } from "../connectors/connector.ts";
import { ParallelPosted } from "../contracts/canon/cutover.ts";
import type { Cutover, Figures, ParallelDifference } from "../contracts/cutover.ts";
import { byCause, type CutoverView } from "../trace/cutovers.ts";
import { dataOf } from "../trace/header.ts";
import type { Db } from "../trace/rows.ts";
import type { Definitions } from "./arrangement.ts";
import { numberOf } from "./look.ts";
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

/** A document (`goodsReceipt/GR-1`) as a build would tell the next system of it; `payload` is JSON. */
export interface Retold {
  readonly document: string;
  readonly connection: string;
  readonly payload: string;
}

/** What the next system says it would book of a document, and what the live one did book; or why nobody can tell. */
export type Asked = { readonly document: string } & (
  | { readonly booked: Figures; readonly answer: unknown }
  | { readonly because: string }
);

/** Everything a build makes of what was told so far: the latest first. */
export interface Replay {
  readonly cutover: Cutover;
  readonly retold: readonly Retold[];
  readonly unclear: WhatIf["unclear"];
  readonly whole: boolean;
}

interface Walking {
  readonly db: Db;
  readonly store: Pick<Store, "lookUp">;
  readonly definitions: Definitions;
}

interface Around extends Walking {
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

/** Replays a step as the build that runs would book it; null when no process moves one of this id. */
export async function whatIf(around: Around, id: string): Promise<WhatIf | null> {
  const replay = await replayed(around, id);
  if (replay === null) return null;
  return judged(replay, (await askedAbout(around, id, replay.retold)) ?? []);
}

/** What a build would tell the next system of what it was told so far; null when it moves no step of this id. Asks nobody. */
export async function replayed(around: Walking, id: string): Promise<Replay | null> {
  const { db, definitions, store } = around;
  const moved = await movedBy(around, id);
  if (!moved) return null;
  const { cutover, flow } = moved;
  const { rows } = await db.query<ToldRow>(TOLD, [flow.name]);
  const retold: Retold[] = [];
  const unclear: WhatIf["unclear"][number][] = [];
  for (const { subject, correlation, connection, version, data } of rows.slice(0, REPLAYED_MAX)) {
    const { key: document, data: message } = flow.on.of(dataOf(definitions, flow.on.name, version, data));
    try {
      const payload = await payloadOf({ subject, correlation }, message, flow, flow.on, store);
      retold.push({ document, connection, payload });
    } catch (error) {
      unclear.push({ document: numberOf(document), because: reasonOf(error) });
    }
  }
  return { cutover, retold, unclear, whole: rows.length <= REPLAYED_MAX };
}

/** Asks the next system what it would book of these, as the build that runs puts the question; null when no such step moves. */
export async function askedAbout(
  around: Around,
  id: string,
  retold: readonly Retold[],
): Promise<readonly Asked[] | null> {
  const { sessions, atLeisure } = around;
  const moved = await movedBy(around, id);
  if (!moved) return null;
  const { cutover, flow } = moved;
  const live = await bookedLive(
    around,
    id,
    retold.map(({ document }) => document),
  );
  const asked: Asked[] = [];
  for (const { document, connection, payload } of retold) {
    const booked = live.get(numberOf(document));
    if (booked === undefined) {
      asked.push({ document, because: "The system that is live has not said what it booked of it." });
      continue;
    }
    try {
      if (!flow.connections.some(({ name }) => name === connection))
        throw new Error(`${connection} is not told of it by the build that runs.`);
      const question = cutover.whatIf.question(JSON.parse(payload));
      const answer = await atLeisure(connection, async () =>
        sessions.get(connection)?.ask?.(question, ASK_WITHIN_MS),
      );
      asked.push({ document, booked, answer });
    } catch (error) {
      asked.push({ document, because: reasonOf(error) });
    }
  }
  return asked;
}

/** Holds what would be booked against what was, as the build that walked reads and compares both. Pure. */
export function judged({ cutover, unclear: lost, whole }: Replay, all: readonly Asked[]): WhatIf {
  const found: (ParallelDifference & { document: string })[] = [];
  const unclear = [...lost];
  for (const asked of all) {
    const document = numberOf(asked.document);
    const would = "because" in asked ? null : cutover.whatIf.figures(asked.answer);
    if ("because" in asked || would === null) {
      const because = "because" in asked ? asked.because : "The next system does not say what it would book.";
      unclear.push({ document, because });
      continue;
    }
    const difference = cutover.compare(asked.booked, would);
    if (difference) found.push({ document, ...difference });
  }
  const replayed = all.length + lost.length - unclear.length;
  return {
    replayed,
    alike: replayed - found.length,
    differing: byCause(found),
    unclear: unclear.slice(0, UNCLEAR_MAX),
    unclearCount: unclear.length,
    whole,
  };
}

/** What moves the step, and the flow by which the next system is told while both are compared; undefined when nothing moves it. */
async function movedBy({ db, definitions }: Walking, id: string) {
  const moving = [...definitions.processes.values()].filter(({ header }) => header.cutover);
  const { rows: known } = await db.query<{ process: string; version: number }>(
    "select process, version from instance where process = any($1) and key = $2",
    [moving.map(({ header }) => header.name), id],
  );
  const [one] = known;
  // A build that is to run may have a later version only.
  const process =
    one &&
    (definitions.processes.get(`${one.process}@${one.version}`) ??
      moving.findLast(({ header }) => header.name === one.process));
  const cutover = process?.header.cutover;
  const flow = cutover && definitions.flows.get(cutover.whatIf.flow);
  return cutover && flow?.direction === "out" ? { cutover, flow } : undefined;
}

async function bookedLive(
  { db, definitions }: Walking,
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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
