/**
 * One connection at work: its session, its breaker, its waiting room, what is on the wire, and how it has been going.
 *
 * State and what is read off it; the dispatcher moves it.
 */
import type { Connection, Session } from "../connectors/connector.ts";
import { InDoubt, Unavailable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Arranged } from "./arrangement.ts";
import { Backlog } from "./backlog.ts";
import { Breaker } from "./breaker.ts";
import { guaranteesFor } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { ConnectionState, Pause } from "./dock.ts";
import { Line, type Parcelled } from "./line.ts";
import { Pace } from "./pace.ts";
import type { Standing } from "./policy.ts";
import { Retries } from "./retries.ts";
import { Tally } from "./tally.ts";

export interface Working {
  readonly connection: Connection;
  readonly session: Session;
  readonly breaker: Breaker;
  readonly line: Line;
  /** Given to the target, and not yet recorded how it went. */
  readonly onWire: Set<Parcelled>;
  /** Those of them whose call has not ended: what the target's concurrency allows. */
  calling: number;
  /** Of those calls, how many are about parcels that were tried before. */
  retrying: number;
  /** First of their subjects, but not due yet. */
  readonly later: Map<Parcelled, number>;
  /** Of those, who met nothing but its absence and may go when it is back. */
  readonly whenBack: WeakSet<Parcelled>;
  readonly backlog: Backlog;
  loading: boolean;
  lastOkAt: Date | null;
  readonly latenciesMs: number[];
  readonly tally: Tally;
  readonly pace: Pace;
  readonly retries: Retries;
  /** A person's word that nothing is to be sent. */
  pause: Pause | null;
  /** Written by us with their first intent, and never given to the target: nobody else can have sent them either. */
  readonly unsent: WeakSet<Parcelled>;
  /** When to look again for what is said to be on the wire and is not. */
  unsentLookAt: number;
}

/** Whether more of it may be kept in memory. What is large and waits for something takes no room from what could go. */
export const roomFor = ({ line, backlog, onWire }: Working): boolean =>
  line.size < limits.deliveriesInMemoryMax &&
  (line.bytes < limits.deliveryBytesInMemoryMax || line.ready + onWire.size === 0) &&
  backlog.still < limits.keysStillMax;

/** Whether what is new goes to the table only: it is behind what waits there already, or there is no room. */
export const isFull = (working: Working): boolean => working.backlog.more || !roomFor(working);

/** What the policy decides by. `now` is the worker's clock. */
export function standingOf(
  { connection }: Working,
  { flow, message, attempts, doubts, notFound, owedAt }: Parcelled,
  { contracts }: Pick<Arranged, "contracts">,
  now: number,
): Standing {
  return {
    criticality: contracts.get(message.contract)?.criticality ?? "C2",
    guarantees: guaranteesFor(connection, flow, now - owedAt),
    attempts,
    doubts,
    notFound,
  };
}

/** Said to be on the wire, and certainly not given to the target: not by us, and not by whoever had the lane before. */
export const unsentOf = ({ line, unsent }: Working): Parcelled[] =>
  line.all().filter((parcel) => parcel.status === "attempting" && unsent.has(parcel));

/** Its latencies are told from the last calls, this many. */
const LATENCIES = 400;

export const atWork = (connection: Connection, session: Session): Working => ({
  connection,
  session,
  breaker: new Breaker(connection.concurrency),
  line: new Line(),
  onWire: new Set(),
  calling: 0,
  retrying: 0,
  later: new Map(),
  whenBack: new WeakSet(),
  backlog: new Backlog(),
  loading: false,
  lastOkAt: null,
  latenciesMs: [],
  tally: new Tally(),
  pace: new Pace(),
  retries: new Retries(),
  pause: null,
  unsent: new WeakSet(),
  unsentLookAt: 0,
});

/** How it is, for people. */
export function stateOf(working: Working, clock: Clock): Omit<ConnectionState, "allowed" | "unheard"> {
  const { connection, breaker, line, onWire, calling, backlog, lastOkAt, latenciesMs, pause } = working;
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted.length === 0 ? null : Math.round(sorted[Math.floor((sorted.length - 1) * share)] as number);
  const since = breaker.since === null ? null : clock.date().getTime() - (clock.now() - breaker.since);
  return {
    name: connection.name,
    title: connection.title,
    owner: connection.owner,
    breaker: breaker.state,
    because: breaker.because,
    since: since === null ? null : new Date(since).toISOString(),
    pause,
    inFlight: calling,
    waiting: line.size - onWire.size + backlog.still,
    lastOkAt: lastOkAt?.toISOString() ?? null,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** A call took effect. */
export function praise(working: Working, took: number, clock: Clock): void {
  const now = clock.now();
  working.breaker.succeeded(now);
  working.pace.settled(now);
  working.tally.ok(took);
  working.lastOkAt = clock.date();
  timed(working, took);
}

/** What a failed call says about the target. A plain no is an answer: the target is there. */
export function judge(working: Working, error: unknown, took: number, now: number): void {
  const { breaker, tally } = working;
  if (error instanceof Unavailable || error instanceof InDoubt) tally.failed();
  else tally.refused(took);
  if (error instanceof Unavailable && error.facts.access === true) breaker.trip(now, error.message);
  else if (error instanceof Unavailable || error instanceof InDoubt) breaker.failed(now, error.message);
  else {
    breaker.succeeded(now);
    timed(working, took);
  }
}

function timed({ latenciesMs }: Working, took: number): void {
  latenciesMs.push(took);
  if (latenciesMs.length > LATENCIES) latenciesMs.shift();
}
