/**
 * Moving running processes to another version of theirs: who can go, who stays and why, and asking for it.
 *
 * The plan is made from what the database holds, by the same pure function that decides when the instance is moved; in between an
 * instance may have gone on, so what becomes of each is read afterwards and never assumed. Moving is an act on each instance: audited,
 * in the journal, carried out by whoever holds its lane between two of its steps.
 */
import type { Pool } from "pg";
import { moved } from "../processes/moving.ts";
import type { Process } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import type { InstanceBody, InstanceStatus } from "../work/instances.ts";
import type { Arranged } from "./arrangement.ts";
import type { Actor } from "./tending.ts";

/** From which version of a process to which. */
export interface Course {
  readonly process: string;
  readonly from: number;
  readonly to: number;
}

/** How one instance stands to a move. */
export interface Mover {
  readonly key: string;
  readonly version: number;
  readonly status: InstanceStatus;
  readonly milestone: string | null;
  /** moves: it can. stays: it cannot, `because` says why. moved: it is of that version. ended: it goes nowhere any more. */
  readonly verdict: "moves" | "stays" | "moved" | "ended";
  readonly because: string | null;
}

/** How many instances of a version have not ended, and whether this build still has it. */
export interface VersionCount {
  readonly version: number;
  readonly running: number;
  readonly parked: number;
  readonly isHere: boolean;
}

interface Row {
  readonly key: string;
  readonly version: number;
  readonly status: InstanceStatus;
  readonly milestone: string | null;
  readonly body: string;
}

const COLUMNS = "key, version, status, milestone, body";

export class Moves {
  readonly #pool: Pool;
  readonly #definitions: Arranged;
  readonly #move: (what: Course & { readonly key: string }, actor: Actor) => Promise<boolean>;

  constructor(given: {
    readonly pool: Pool;
    readonly definitions: Arranged;
    readonly move: (what: Course & { readonly key: string }, actor: Actor) => Promise<boolean>;
  }) {
    this.#pool = given.pool;
    this.#definitions = given.definitions;
    this.#move = given.move;
  }

  /** Versions with instances that have not ended, and those this build has; oldest first. Reads all instances of the process. */
  async versions(process: string): Promise<VersionCount[]> {
    const { rows } = await this.#pool.query<Omit<VersionCount, "isHere">>(
      `select version, count(*) filter (where status = 'running')::int as running, count(*) filter (where status = 'parked')::int as parked
         from instance where process = $1 and status in ('running', 'parked') group by version`,
      [process],
    );
    const here = [...this.#definitions.processes.values()]
      .filter(({ header }) => header.name === process)
      .map(({ header }) => header.version);
    const none = here
      .filter((version) => !rows.some((row) => row.version === version))
      .map((version) => ({ version, running: 0, parked: 0 }));
    return [...rows, ...none]
      .map((each) => ({ ...each, isHere: here.includes(each.version) }))
      .sort((a, b) => a.version - b.version);
  }

  /**
   * A page of those that began under `from` and have not ended, in the order of their keys.
   *
   * @throws {Unusable} when this build has no version `to`
   */
  async page(course: Course, after: string | null, limit: number): Promise<Mover[]> {
    const target = this.#target(course);
    // Walks the primary key; the versions of others are passed over.
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from instance where process = $1 and key > $2 and version = $3 and status in ('running', 'parked')
        order by key limit $4`,
      [course.process, after ?? "", course.from, limit],
    );
    return rows.map((row) => moverOf(row, course, target));
  }

  /** How these stand now. @throws {Unusable} when this build has no version `to` */
  async these(course: Course, keys: readonly string[]): Promise<Mover[]> {
    const target = this.#target(course);
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from instance where process = $1 and key = any($2) order by key`,
      [course.process, keys],
    );
    return rows.map((row) => moverOf(row, course, target));
  }

  /** Asks for the move of each; returns those it was asked for. The others have ended or are of another version by now. */
  async move(course: Course, keys: readonly string[], actor: Actor): Promise<string[]> {
    this.#target(course);
    const asked: string[] = [];
    for (const key of keys) if (await this.#move({ ...course, key }, actor)) asked.push(key);
    return asked;
  }

  #target({ process, from, to }: Course): Process {
    const target = this.#definitions.processes.get(`${process}@${to}`);
    if (!target)
      throw new Unusable(
        `This build has no version ${to} of ${process}. crossdock process list names what it has.`,
      );
    if (from === to) throw new Unusable(`From version ${from} to version ${to} nothing moves.`);
    return target;
  }
}

function moverOf({ body, ...row }: Row, { from, to }: Course, target: Process): Mover {
  if (row.version === to) return { ...row, verdict: "moved", because: null };
  if (row.version !== from || (row.status !== "running" && row.status !== "parked"))
    return { ...row, verdict: "ended", because: null };
  const found = moved(from, target, JSON.parse(body) as InstanceBody);
  return "stays" in found
    ? { ...row, verdict: "stays", because: found.stays }
    : { ...row, verdict: "moves", because: null };
}
