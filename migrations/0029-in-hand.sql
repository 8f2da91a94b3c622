-- What workers have in their hands, so that what ends them is told from what only died beside it.

-- Workers that ended without a word. While one was lost lately, whatever is begun is written down first.
create table lost_worker (
  id  text primary key,
  at  timestamptz not null default clock_timestamp()
);

-- Begun and not ended: an input of a process, a flow or a document, by the worker that began it. `lost` is with how many workers
-- before this one it was lost; if this one is gone too, it is one more. Empty as long as nobody is lost.
create table in_hand (
  worker  text not null,
  what    text not null,
  lost    smallint not null default 0,
  primary key (worker, what)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Deliveries have their attempts on record anyway, and count in their own rows; so does a look at the target from now on.
alter table delivery add column looking boolean not null default false;
