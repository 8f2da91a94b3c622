/**
 * Leases of lanes: who may act for which ordering keys, until when, under which fencing epoch.
 *
 * The database clock decides. Taking a lane over raises its epoch, which fails every commit of the worker that held it,
 * and turns whatever was on the wire into doubt, because nobody alive knows how those calls ended.
 */
import { before, type Cursor } from "../journal/read.ts";
import type { Statement } from "../std/statement.ts";

export interface Lane extends Cursor {
  readonly id: number;
  readonly epoch: string;
}

const noted = (gone: string): string => `noted as (
      insert into lost_worker (id) select id from ${gone} on conflict (id) do update set at = clock_timestamp() returning id)`;

/** Creates the lanes of a new database; keeps the number an old one has. Workers that start together make them once. */
export const createLanes = (count: number): Statement => ({
  name: "work create lanes",
  text: `insert into lane (id) select n from generate_series(0, $1::int - 1) as n where not exists (select from lane)
    on conflict do nothing`,
  values: [count],
});

/**
 * Says that a worker lives, forgets the dead, and returns how many live and how many were lost lately. Who was taken for dead and speaks
 * again was not ended by anything: it was away from the database, and nobody need be careful for it.
 */
export const heartbeat = (worker: string, place: string, leaseMs: number, latelyMs: number): Statement => ({
  name: "work heartbeat",
  text: `with alive as (
      insert into worker (id, host) values ($1, $2)
      on conflict (id) do update set heartbeat = clock_timestamp() returning id),
    buried as (
      delete from worker where id <> $1 and heartbeat < clock_timestamp() - $3::int * interval '1 ms' returning id),
    ${noted("buried")},
    back as (delete from lost_worker where id = $1)
    select (select count(*) from lane)::int as lanes,
      1 + (select count(*) from worker where id <> $1 and heartbeat >= clock_timestamp() - $3::int * interval '1 ms')::int as workers,
      (select count(*) from noted)::int
        + (select count(*) from lost_worker where id <> $1 and at >= clock_timestamp() - $4::int * interval '1 ms')::int as lost`,
  values: [worker, place, leaseMs, latelyMs],
});

/** The other workers, with the place each says it runs in. */
export const neighbours = (worker: string): Statement => ({
  name: "work neighbours",
  text: "select id, host as place from worker where id <> $1",
  values: [worker],
});

/** Forgets workers that are certainly gone, and frees their lanes at once instead of when the leases run out. */
export const bury = (workers: readonly string[]): Statement => ({
  name: "work bury",
  text: `with gone as (delete from worker where id = any($1) returning id),
    ${noted("gone")}
    update lane set lease_until = '-infinity' where owner in (select id from gone)`,
  values: [workers],
});

/** Renews what is held and returns it; a lane missing from the answer was taken over. */
export const renew = (worker: string, leaseMs: number): Statement => ({
  name: "work renew",
  text: `update lane set lease_until = clock_timestamp() + $2::int * interval '1 ms' where owner = $1
    returning id, epoch::text as epoch, xid::text as xid, position::text as position`,
  values: [worker, leaseMs],
});

/**
 * Takes free or expired lanes, at most `max`. What was on the wire in them is in doubt from now on; it, and what its target
 * was being asked about, may be what ended the worker.
 */
export const takeLanes = (worker: string, leaseMs: number, max: number): Statement => ({
  name: "work take lanes",
  text: `with free as (
      select id from lane where owner is null or lease_until < clock_timestamp() order by id limit $3 for update skip locked),
    taken as (
      update lane set owner = $1, epoch = epoch + 1, lease_until = clock_timestamp() + $2::int * interval '1 ms'
      from free where lane.id = free.id returning lane.id, lane.epoch, lane.xid, lane.position),
    doubted as (
      update delivery d set status = 'in_doubt', crashes = crashes + 1, looking = false, updated_at = clock_timestamp(),
        doubts = case d.status when 'attempting' then doubts + 1 else doubts end,
        not_found = case d.status when 'attempting' then 0 else not_found end,
        reason = case d.status when 'attempting' then 'The worker that was sending it stopped; it may have taken effect.'
          else 'The worker that was asking about it stopped.' end, error_code = 'XD_IN_DOUBT'
      from taken where d.lane = taken.id and d.status in ('attempting', 'in_doubt') and (d.status = 'attempting' or d.looking)
      returning d.key)
    select id, epoch::text as epoch, xid::text as xid, position::text as position, (select count(*) from doubted)::int as doubted
    from taken order by id`,
  values: [worker, leaseMs, max],
});

/** Gives lanes back at once, for a stop or for a new worker. */
export const giveLanes = (worker: string, lanes: readonly number[]): Statement => ({
  name: "work give lanes",
  text: `update lane set owner = null, lease_until = '-infinity' where owner = $1 and id = any($2::smallint[])`,
  values: [worker, lanes],
});

export const leave = (worker: string): Statement => ({
  name: "work leave",
  text: "delete from worker where id = $1",
  values: [worker],
});

/**
 * Moves the cursors of the lanes held up to `to`, or fails the transaction when one was taken over (SQLSTATE XD001). A lane
 * that has read further already stays: moved back, it would be handed what it has decided about a second time.
 */
export function moveLanes(worker: string, lanes: readonly Lane[], to: Cursor): Statement[] {
  const groups = new Map<string, { at: Cursor; lanes: Lane[] }>();
  for (const lane of lanes) {
    const at = furthest(lane, to);
    const id = `${at.xid}/${at.position}`;
    const group = groups.get(id) ?? { at, lanes: [] };
    group.lanes.push(lane);
    groups.set(id, group);
  }
  return [...groups.values()].map(({ at, lanes: moved }) => ({
    name: "work move lanes",
    text: "select move_lanes($1, $2::smallint[], $3::bigint[], $4::xid8, $5::bigint)",
    values: [worker, moved.map(({ id }) => id), moved.map(({ epoch }) => epoch), at.xid, at.position],
  }));
}

/** The cursor that has read more. */
export const furthest = (a: Cursor, b: Cursor): Cursor =>
  before(a, b) ? { xid: b.xid, position: b.position } : { xid: a.xid, position: a.position };

/** SQLSTATE raised by `move_lanes`: the worker is stale. */
export const TAKEN_OVER = "XD001";

/** The lane of an ordering key: FNV-1a over its UTF-16 units, modulo the number of lanes. Never changes once released. */
export function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

export const countLanes: Statement = {
  name: "work count lanes",
  text: "select count(*)::int as lanes from lane",
  values: [],
};
