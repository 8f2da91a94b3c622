-- Arrivals that name what is not known yet, in flows that wait for it: read again until it is, or somebody gives them up.

create table arrival_wait (
  arrival      uuid primary key,
  received_at  timestamptz not null,
  tries        integer not null default 0,
  next_at      timestamptz not null default clock_timestamp(),
  over_at      timestamptz             -- it went, came again, or was given up
);
create index arrival_wait_open on arrival_wait (next_at) where over_at is null;
