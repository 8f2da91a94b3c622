-- Runs of runbooks: who follows which one about which system, what each step found, and what it came to in the end. What a
-- run says of queued and recovered deliveries is the difference of exact counts, so the counts at its beginning are kept.

create table runbook_run (
  id            uuid primary key,
  runbook       text not null,
  system        text,
  drill         boolean not null,
  opened_by     text not null,
  opened_at     timestamptz not null default clock_timestamp(),
  from_position bigint not null,       -- the journal's last position then
  counts        text not null,         -- JSON: open, owed and settled deliveries of the system then
  closed_by     text,
  closed_at     timestamptz,
  outcome       text,                  -- what it came to, in a sentence
  figures       text                   -- JSON: queued, recovered, left, lost; milliseconds until noticed, back and drained
);
create unique index runbook_run_open on runbook_run (runbook, coalesce(system, '')) where closed_at is null;
create index runbook_run_recent on runbook_run (opened_at);

create table runbook_step (
  run           uuid not null references runbook_run,
  number        smallint not null,     -- counted from 1
  state         text not null check (state in ('done', 'skipped')),
  finding       text not null,         -- what its check found then
  note          text,
  by            text not null,
  at            timestamptz not null default clock_timestamp(),
  primary key (run, number)
);
