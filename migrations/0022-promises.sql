-- Answers given on an old value while a system was silent: promises, limited, and made true when it speaks again.

create table promise (
  id           uuid primary key,
  inquiry      text not null,
  question     text not null,          -- JSON
  answer       text not null,          -- JSON: what was promised
  said_at      timestamptz not null,   -- when the system had said so
  given_to     text not null,          -- the client
  asked        text not null,          -- SHA-256 over question and answer, hex: the same is one promise
  given_at     timestamptz not null default clock_timestamp(),
  amount       numeric,                -- what hangs on it; null: nothing in money
  currency     text,
  state        text not null default 'open' check (state in ('open', 'kept', 'differs')),
  settled_at   timestamptz,
  actual       text,                   -- JSON: what the system says now; null when it refuses to answer
  difference   numeric,                -- what it is now, less what was promised
  reason       text,                   -- why it is still open, or does not hold
  tries        integer not null default 0,
  next_at      timestamptz not null default clock_timestamp() + interval '1 second'
);
-- The limits are sums over what is open; the same promise to the same client counts once.
create unique index promise_open on promise (inquiry, given_to, asked) where state = 'open';
create index promise_recent on promise (given_at);
