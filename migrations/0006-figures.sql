-- How things went over time: compact figures by the minute, written in batches by each worker and kept for a bounded time.
-- Nothing here is needed to move a document; it is what the pages about systems and processes draw.

-- Calls of one connection in one minute, as one worker made them. `ms` counts answers by how long they took: element i
-- those up to 2^(i/2) ms.
create table call_minute (
  connection   text not null,
  minute       timestamptz not null,
  worker       text not null,
  ok           integer not null,       -- took effect, or was answered
  refused      integer not null,       -- the target said no
  failed       integer not null,       -- no usable answer
  ms           integer[] not null,
  primary key (connection, minute, worker)
);

-- What waited for one connection at the end of a minute; one worker measures for all. Nothing waiting: no row.
create table queue_minute (
  connection   text not null,
  minute       timestamptz not null,
  waiting      integer not null,
  aside        integer not null,       -- held, parked or in doubt
  oldest_s     integer not null,
  primary key (connection, minute)
);

-- A time in which one worker had stopped calling a connection. `ended_at` is null while it lasts.
create table outage (
  id           bigint generated always as identity primary key,
  connection   text not null,
  worker       text not null,
  because      text not null,
  began_at     timestamptz not null,
  ended_at     timestamptz
);
create unique index outage_open on outage (connection, worker) where ended_at is null;
create index outage_recent on outage (began_at);

-- A person's word that nothing is to be sent to a connection. draining: what is unclear is still cleared up.
create table pause (
  connection   text primary key,
  how          text not null check (how in ('paused', 'draining')),
  asked_by     text not null,
  reason       text not null,
  asked_at     timestamptz not null default clock_timestamp(),
  until        timestamptz             -- null: until somebody resumes it
);

-- The counts of `counter` by time: what each name went up or down in a minute, later folded into hours. `counted` is how
-- far that has been written down.
create table count_minute (
  scope        text not null,
  name         text not null,
  minute       timestamptz not null,
  delta        bigint not null,
  primary key (scope, name, minute)
);
create table counted (
  scope        text not null,
  name         text not null,
  total        bigint not null,
  primary key (scope, name)
);
-- What was counted before this table existed happened at no known time.
insert into counted select scope, name, sum(delta) from counter group by scope, name;

-- Who stands where in a process: the rows behind every number on a diagram.
create index instance_here on instance (process, milestone, milestone_at) where status in ('running', 'parked');
