-- What people do to many deliveries at once: corrections of single ones, and frozen selections with an outcome an item.

alter table delivery
  add column corrected smallint not null default 0,  -- the version of the correction it carries; 0: as the journal has it
  add column sent_as   smallint not null default 1;  -- above 1: sent again as new, under a key of its own

-- What a delivery carries instead of what the journal says. Never changed; a further correction is a further version. The
-- key of the delivery stays, so the target still recognises it.
create table correction (
  delivery     text not null,
  version      smallint not null,
  data         text not null,          -- JSON in the shape of contract and version
  contract_version smallint not null,
  changed      text not null,          -- JSON: [{path, before, after}]
  by           text not null,
  reason       text,
  at           timestamptz not null default clock_timestamp(),
  primary key (delivery, version)
);

-- freezing: being filled; frozen: nothing done yet; trying one; tried one: waits for a word; running; stopped; finished.
create table selection (
  id           uuid primary key,
  act          text not null check (act in ('try again', 'fix', 'replay', 'as new', 'cancel', 'close')),
  chosen       text not null,          -- JSON: how it was chosen
  changes      text,                   -- JSON: what fix changes
  reason       text not null,
  state        text not null default 'freezing'
    check (state in ('freezing', 'frozen', 'trying one', 'tried one', 'running', 'stopped', 'finished')),
  items        integer not null default 0,
  digest       text,                   -- SHA-256 over act, items and what they carry: what is approved
  second       text,                   -- why a second person is needed; null when none is
  frozen_by    text not null,
  frozen_at    timestamptz not null default clock_timestamp(),
  expires_at   timestamptz not null default clock_timestamp() + interval '4 hours',
  approved_by  text,
  approved_at  timestamptz,
  run_by       text,
  worker       text,
  updated_at   timestamptz not null default clock_timestamp(),
  finished_at  timestamptz
);
create index selection_under_way on selection (frozen_at) where state in ('trying one', 'running', 'stopped') and finished_at is null;
create index selection_recent on selection (frozen_at);

-- selected = applied + failed again + skipped + waiting + asked.
create table selection_item (
  selection    uuid not null,
  number       integer not null,
  kind         text not null check (kind in ('delivery', 'instance', 'exception')),
  subject      text not null,          -- delivery key, "process:key", exception number
  watched      text not null,          -- what tells the outcome: the subject, or the delivery that was made of it
  correlation  text,
  connection   text,
  contract     text,
  at_risk      text,                   -- JSON, as exceptions have it
  corrected    smallint not null default 0,  -- what it carried when it was frozen
  would        text not null,          -- what would happen, in a sentence
  state        text not null default 'waiting' check (state in ('waiting', 'asked', 'applied', 'failed again', 'skipped')),
  reason       text,
  asked_at     timestamptz,
  ended_at     timestamptz,
  primary key (selection, number)
) with (fillfactor = 70);
create index selection_item_open on selection_item (selection, number) where state in ('waiting', 'asked');
