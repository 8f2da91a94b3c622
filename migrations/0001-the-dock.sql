-- The first shape of the memory: what arrived, what happened (journal), what is owed (work), what systems say (trace).
--
-- Hot tables are narrow and carry few indexes; bodies are text, parsed where they are read. Journal and arrivals are
-- partitioned by month, so retention drops a partition instead of deleting rows. Nothing here uses features beyond
-- PostgreSQL 14.

-- Workers and lanes -------------------------------------------------------------------------------------------------

-- One row a running worker. The heartbeat is compared with the database clock only.
create table worker (
  id          text primary key,
  host        text not null,
  heartbeat   timestamptz not null default clock_timestamp(),
  started_at  timestamptz not null default clock_timestamp()
);

-- lane = hash(ordering key) mod N. A worker leases lanes; `epoch` is the fencing token checked in every commit, and the
-- cursor (xid, position) moves in the same statement, so a stale worker can neither write nor advance.
create table lane (
  id          smallint primary key,
  owner       text,
  epoch       bigint not null default 0,
  lease_until timestamptz not null default '-infinity',
  xid         xid8 not null default '0',
  position    bigint not null default 0
) with (fillfactor = 50);

-- Moves the cursor of the lanes a worker holds, or raises when one of them was taken over since: the whole transaction
-- then fails, and nothing a stale worker decided becomes true.
create function move_lanes(worker text, lanes smallint[], epochs bigint[], to_xid xid8, to_position bigint)
returns void language plpgsql as $$
declare moved integer;
begin
  update lane set xid = to_xid, position = to_position
    from unnest(lanes, epochs) as held (lane_id, held_epoch)
   where lane.id = held.lane_id and lane.owner = worker and lane.epoch = held.held_epoch;
  get diagnostics moved = row_count;
  if moved <> cardinality(lanes) then
    raise exception 'a lane was taken over' using errcode = 'XD001';
  end if;
end $$;

-- Arrivals ----------------------------------------------------------------------------------------------------------

-- Raw bytes as they came, kept before parsing. conflict: the same id was accepted before with other content.
create table arrival (
  id            uuid not null,
  flow          text not null,
  source        text not null,
  message_id    text not null,
  received_at   timestamptz not null default clock_timestamp(),
  state         text not null default 'accepted' check (state in ('accepted', 'quarantined', 'conflict')),
  media_type    text,
  body          bytea not null,
  notes         text,                  -- JSON: why it was quarantined; parts refused or passed over; what was looked up
  primary key (id, received_at)
) partition by range (received_at);
create index arrival_set_aside on arrival (received_at) where state <> 'accepted';

-- The permanent memory of what was accepted: one row a (source, message id), for ever.
create table receipt (
  source       text not null,
  message_id   text not null,
  content_hash bytea not null,
  arrival      uuid not null,
  received_at  timestamptz not null default clock_timestamp(),
  primary key (source, message_id)
);

-- Journal -----------------------------------------------------------------------------------------------------------

create sequence event_position;

-- What happened. Read in (xid, position) order below pg_snapshot_xmin, never by position alone: positions are handed
-- out before commit. `routed`: what it causes was written in the same transaction, so no reader needs to look at it.
create table event (
  position     bigint not null default nextval('event_position'),
  xid          xid8 not null default pg_current_xact_id(),
  recorded_at  timestamptz not null default clock_timestamp(),
  occurred_at  timestamptz not null,
  kind         text not null check (kind in ('event', 'command')),
  id           text not null,          -- derived from the fact: source + message id, or process + key + input + index
  contract     text not null,
  version      smallint not null,
  key          text not null,          -- ordering key, type/value
  source       text not null,          -- the connection, client or process that says so
  correlation  text not null,          -- the business transaction, type/value
  causation    text,                   -- "arrival:<id>", "event:<position>" or "person:<name>"
  routed       boolean not null default false,
  data         text not null,          -- JSON in the shape of contract and version
  extra        text                    -- JSON: the receipt of the delivery it answers, look-ups, the actor
) partition by range (recorded_at);
create index event_order on event (xid, position) where not routed;
create index event_correlation on event (correlation, position);
create index event_at on event (position);

-- Creates the monthly partitions of journal and arrivals for this and the coming months, where they are missing. The lock
-- lets two workers start at once.
create function make_partitions(months integer) returns void language plpgsql as $$
declare
  parent text;
  first timestamptz;
  name text;
begin
  perform pg_advisory_xact_lock(7213);
  foreach parent in array array['event', 'arrival'] loop
    for ahead in 0 .. months - 1 loop
      first := date_trunc('month', clock_timestamp() at time zone 'utc') at time zone 'utc' + ahead * interval '1 month';
      name := format('%s_%s', parent, to_char(first at time zone 'utc', 'YYYY_MM'));
      if to_regclass(name) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent, first,
          (date_trunc('month', first at time zone 'utc') + interval '1 month') at time zone 'utc');
      end if;
    end loop;
  end loop;
end $$;

-- Drops the partitions of a table that end before `keep_from`, and returns their names. Nothing that is still owed may live
-- there: the caller keeps at least what the oldest open delivery and the oldest cursor need.
create function drop_partitions(parent text, keep_from timestamptz) returns setof text language plpgsql as $$
declare
  month text;
begin
  perform pg_advisory_xact_lock(7213);
  for month in
    select child.relname from pg_inherits
      join pg_class child on child.oid = inhrelid
      join pg_class mother on mother.oid = inhparent
      join pg_namespace room on room.oid = mother.relnamespace
     where mother.relname = parent and room.nspname = current_schema()
       and to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month' <= keep_from at time zone 'utc'
     order by child.relname
  loop
    execute format('drop table %I', month);
    return next month;
  end loop;
end $$;

-- "Type any number, see everything": every business key ever seen, with the business transaction it belongs to. `value`
-- is collated "C" in every database, so that the beginning of a number is a range of the primary key.
create table business_key (
  value        text collate "C" not null,
  type         text not null,
  correlation  text not null,
  system       text,
  first_seen   timestamptz not null default clock_timestamp(),
  primary key (value, type, correlation)
);
create index business_key_correlation on business_key (correlation);

-- Codes, units and ids of other systems. `canonical` is ours, `external` theirs.
create table cross_reference (
  entity       text not null,
  system       text not null,
  external     text not null,
  canonical    text not null,
  confirmed_by text,
  valid_from   timestamptz not null default clock_timestamp(),
  primary key (entity, system, external)
);

-- Work --------------------------------------------------------------------------------------------------------------

-- A running process. Timers, open questions and the undo list live in `body`, so a step writes one row; `next_due` is
-- the earliest of them. expected: inputs came before the start; parked: a step failed. Both keep what comes, in order.
create table instance (
  process      text not null,
  key          text not null,
  version      smallint not null,
  lane         smallint not null,
  status       text not null check (status in ('expected', 'running', 'parked', 'completed', 'abandoned')),
  milestone    text,                   -- the last one reached
  milestone_at timestamptz,
  next_due     timestamptz,
  correlation  text not null,
  started_at   timestamptz not null default clock_timestamp(),
  updated_at   timestamptz not null default clock_timestamp(),
  body         text not null,          -- JSON: state, milestones, timers, questions, undo, inputs, notes
  primary key (process, key)
) with (fillfactor = 70);
create index instance_due on instance (next_due) where next_due is not null;

-- A question put to people. `verdict` is null while it is open.
create table question (
  id           text primary key,       -- process:key:approval:number
  process      text not null,
  key          text not null,
  lane         smallint not null,
  approval     text not null,
  asked_of     text not null,
  because      text,
  correlation  text not null,
  asked_at     timestamptz not null default clock_timestamp(),
  due_at       timestamptz not null,
  verdict      text check (verdict in ('approved', 'declined', 'withdrawn')),
  answered_by  text,
  comment      text,
  answered_at  timestamptz
);
create index question_open on question (asked_at) where verdict is null;
create index question_correlation on question (correlation);

-- One command or fact owed to one connection. `key` is deterministic and never changes; it is what the target sees.
--   owed       not being tried now: waits for its turn, its next try, or its connection
--   attempting an attempt may be on the wire: the intent
--   in_doubt   it may have taken effect; verified before anything is sent again
--   parked     refused, or out of tries: a person decides            held  a business rule says not now
--   applied    confirmed at the target         superseded         cancelled
create table delivery (
  key            text primary key,
  id             bigint generated always as identity,
  flow           text not null,
  connection     text not null,
  contract       text not null,
  subject        text not null,        -- the ordering key: one at a time per connection and subject
  lane           smallint not null,
  correlation    text not null,
  event_position bigint not null,      -- the command or fact it carries
  after_key      text,                 -- another delivery that is settled first (undo in reverse order)
  status         text not null check (status in ('owed', 'attempting', 'in_doubt', 'parked', 'held', 'applied', 'superseded', 'cancelled')),
  attempts       smallint not null default 0,
  doubts         smallint not null default 0,
  not_found      smallint not null default 0,  -- times verify said "never heard of it" since the last doubt
  next_try_at    timestamptz,
  created_at     timestamptz not null default clock_timestamp(),
  updated_at     timestamptz not null default clock_timestamp(),
  reference      text,                 -- what the target called it
  reason         text,                 -- why it is not applied, in a sentence
  error_code     text
) with (fillfactor = 60);
create index delivery_open on delivery (lane, id) where status not in ('applied', 'superseded', 'cancelled');
create index delivery_correlation on delivery (correlation);

-- Attempts that did not simply succeed at once: what was tried and what came back.
create table attempt (
  delivery     text not null,
  number       smallint not null,
  at           timestamptz not null default clock_timestamp(),
  outcome      text not null,          -- sent | unavailable | in doubt | refused | found | not found | by person
  reason       text
);
create index attempt_delivery on attempt (delivery);

-- Trace -------------------------------------------------------------------------------------------------------------

-- Every system's last word on every milestone of every business thing.
create table opinion (
  subject      text not null,          -- type/value
  milestone    text not null,
  system       text not null,
  reached      boolean not null,
  said_at      timestamptz not null,
  primary key (subject, milestone, system)
) with (fillfactor = 80);

-- Counting without scanning: each commit adds what it changed; housekeeping folds the rows together.
create table counter (
  scope        text not null,          -- process, connection or flow name
  name         text not null,          -- "reached accepted", "at accepted", "delivery applied", "arrival accepted" …
  delta        bigint not null
);
create index counter_name on counter (scope, name);

-- An open item shown to a person.
create table exception (
  id           bigint generated always as identity primary key,
  fingerprint  text not null,          -- the cause: class, system, contract, code
  class        text not null check (class in ('temporary', 'data', 'business hold', 'unclear outcome', 'contract change', 'access', 'duplicate or conflict', 'defect')),
  subject_kind text not null check (subject_kind in ('delivery', 'arrival', 'instance', 'document')),
  subject      text not null,          -- delivery key, arrival id, "process:key", "transaction|cause"
  connection   text,
  correlation  text,
  title        text not null,
  reason       text not null,
  owner        text not null,
  opened_at    timestamptz not null default clock_timestamp(),
  resolved_at  timestamptz,
  resolution   text
);
create unique index exception_open on exception (subject_kind, subject) where resolved_at is null;
create index exception_recent on exception (opened_at);
create index exception_correlation on exception (correlation);

-- Governance --------------------------------------------------------------------------------------------------------

create table api_client (
  id           text primary key,       -- the public part of the key
  name         text not null,
  secret_hash  bytea not null,
  scopes       text[] not null,
  per_minute   integer not null default 600,
  created_at   timestamptz not null default clock_timestamp(),
  expires_at   timestamptz not null,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

-- Who did what, and why. Each row's hash covers the row before it.
create table audit (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default clock_timestamp(),
  actor        text not null,
  action       text not null,
  subject      text not null,
  reason       text,
  facts        text,
  previous     bytea not null,
  hash         bytea not null
);

create table setting (
  name         text primary key,
  value        text not null,
  updated_at   timestamptz not null default clock_timestamp()
);
