-- Do the systems agree? One row a document under watch, and how far the journal was heeded for them. Nothing here is written by
-- the hot path: a reader of its own follows the journal, in batches.

create table agreement (
  subject    text primary key,         -- type/value: the business transaction
  kind       text not null,            -- the agreement it is held to: orders, production-orders …
  stand      text not null default 'new' check (stand in ('new', 'agree', 'settling', 'cannot tell', 'differ')),
  heard      bigint not null default 1, -- raised by every fact about it: what was judged meanwhile is judged again
  due_at     timestamptz not null,     -- when it is looked at next
  asked_at   timestamptz,              -- when the systems were last asked what they hold
  looked_at  timestamptz,
  comparison uuid,                     -- the comparison it still has to be part of
  judged     text                      -- JSON: by milestone who says what since when, and what mends it; null while all agree
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index agreement_due on agreement (due_at);
create index agreement_stand on agreement (kind, stand);
create index agreement_comparison on agreement (comparison) where comparison is not null;

-- How far the journal was heeded; one row.
create table agreement_reader (
  id         boolean primary key default true check (id),
  xid        xid8 not null,
  position   bigint not null
);

-- A comparison somebody asked for: every open document of a kind, every system.
create table comparison (
  id         uuid primary key,
  kind       text not null,
  grace_ms   bigint,                   -- null: the grace of each milestone
  asked_by   text not null,
  started_at timestamptz not null default clock_timestamp(),
  ended_at   timestamptz,
  documents  integer,                  -- chosen when the journal was heeded up to here; null until then
  agreed     integer not null default 0,
  settling   integer not null default 0,
  untold     integer not null default 0,
  differing  integer not null default 0
);
create index comparison_recent on comparison (started_at);
