/**
 * Tells the journal of milestones that were due and not reached by then: what pages show as late, told once to whoever listens.
 *
 * What must stay true: each milestone of an instance is told at most once, whichever worker sees it; one that was reached in time never.
 * What is due by whom is declared with the process; nothing else is a service level.
 */
import type { Pool } from "pg";
import { ServiceLevelBreached } from "../contracts/canon/watching.ts";
import { OURSELVES } from "../contracts/judgement.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { milliseconds } from "../std/span.ts";
import { transaction } from "../std/sql.ts";
import { appendAndOwe } from "../work/deliveries.ts";
import type { InstanceBody } from "../work/instances.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";

interface Level {
  readonly process: string;
  readonly version: number;
  readonly milestone: string;
  readonly dueMs: number;
  /** It and those after it in the story: who stands at one of them in time has kept the promise, unless there are parts. */
  readonly kept: readonly string[];
}

interface Candidate {
  readonly process: string;
  readonly key: string;
  readonly version: number;
  readonly correlation: string;
  readonly milestone: string;
  readonly due: string;
  readonly body: string;
}

/** Each look goes back a little beyond the last one; the first, and the first after due times were moved, some days. */
const BEYOND_MS = 10_000;
const AFTER_A_GAP_MS = 3 * 86_400_000;
const PAGE = 500;
/** Looking takes at most a hundredth of the time, however many instances run. */
const REST = 100;

/** One worker looks at a time; others find that it was told. */
const LOCK = "select pg_try_advisory_xact_lock(7219) as mine";

/**
 * Milestones of running instances that fell due within the time, were not passed in time as far as columns tell, and of which nothing
 * was told; in the order in which they fell due. Walks instance_here, and event_correlation for each that is late.
 */
const FALLEN_DUE = `select * from (
    select i.process, i.key, i.version, i.correlation, i.body, l.milestone,
      to_char((i.started_at + l."dueMs" * interval '1 ms') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as due
    from json_to_recordset($1::json) as l (process text, version int, milestone text, "dueMs" float8, kept text[])
    join instance i on i.process = l.process and i.version = l.version and i.status in ('running', 'parked')
      and i.started_at + l."dueMs" * interval '1 ms' between clock_timestamp() - $2 * interval '1 ms' and clock_timestamp()
    where not (i.milestone = any(l.kept) and i.milestone_at <= i.started_at + l."dueMs" * interval '1 ms'
        and strpos(i.body, '"of":') = 0 and strpos(i.body, '"withdrawn":') = 0)
      and not exists (select from event e where e.correlation = i.correlation
        and e.id = 'service-level:' || i.process || ':' || i.key || ':' || l.milestone)
  ) late where (due, process, key, milestone) > ($3, $4, $5, $6) order by due, process, key, milestone limit ${PAGE}`;

export class ServiceLevels {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #definitions: Arranged;
  readonly #levels: readonly Level[];
  /** Up to when it was looked; null: nobody knows. */
  #until: number | null = null;
  #next = 0;

  constructor({ pool, clock, definitions }: { pool: Pool; clock: Clock; definitions: Arranged }) {
    this.#pool = pool;
    this.#clock = clock;
    this.#definitions = definitions;
    this.#levels = [...definitions.processes.values()].flatMap(({ header }) =>
      Object.entries(header.milestones).flatMap(([milestone, { due }], at, all) =>
        due === undefined
          ? []
          : [
              {
                process: header.name,
                version: header.version,
                milestone,
                dueMs: milliseconds(due),
                kept: all.slice(at).map(([name]) => name),
              },
            ],
      ),
    );
  }

  /** Due times have moved: the next look goes back further. */
  anew(): void {
    this.#until = null;
    this.#next = 0;
  }

  async look(): Promise<void> {
    const began = this.#clock.date().getTime();
    if (this.#levels.length === 0 || began < this.#next) return;
    const back = this.#until === null ? AFTER_A_GAP_MS : began - this.#until + BEYOND_MS;
    let last: Candidate | undefined;
    for (let more = true; more; ) {
      const page = await this.#page(back, last);
      // Another worker looks; should it be gone before it has told, what it saw is looked at here.
      if (page === null) return;
      more = page.length === PAGE;
      last = page.at(-1);
    }
    this.#until = began;
    this.#next = began + REST * (this.#clock.date().getTime() - began);
  }

  /** Null: another worker looks. */
  #page(back: number, after: Candidate | undefined): Promise<readonly Candidate[] | null> {
    const { due = "", process = "", key = "", milestone = "" } = after ?? {};
    return transaction(this.#pool, async (tx) => {
      const { rows: lock } = await tx.query<{ mine: boolean }>(LOCK);
      if (!lock[0]?.mine) return null;
      const { rows } = await tx.query<Candidate>(FALLEN_DUE, [
        JSON.stringify(this.#levels),
        back,
        due,
        process,
        key,
        milestone,
      ]);
      const told = rows.flatMap((one) => this.#breach(one) ?? []);
      if (told.length > 0) {
        const { text, values } = appendAndOwe(told, []);
        await tx.query(text, [...values]);
      }
      return rows;
    });
  }

  #breach({ process, key, version, correlation, milestone, due, body }: Candidate): Entry | undefined {
    const header = this.#definitions.processes.get(`${process}@${version}`)?.header;
    if (header === undefined || reachedBy(JSON.parse(body), milestone, due)) return undefined;
    const fact = ServiceLevelBreached.of({
      subject: `${header.keyType}/${key}`,
      process,
      milestone,
      due,
      owner: header.owner,
    });
    return entryOf(fact, {
      id: `service-level:${process}:${key}:${milestone}`,
      source: OURSELVES,
      correlation,
      causation: null,
      routed: false,
      occurredAt: due,
    });
  }
}

/** Wholly reached, and in time. */
const reachedBy = ({ milestones }: InstanceBody, milestone: string, due: string): boolean =>
  milestones.some(
    ({ name, at, part = 1, of = 1, withdrawn }) =>
      name === milestone && withdrawn === undefined && part >= of && Date.parse(at) <= Date.parse(due),
  );
