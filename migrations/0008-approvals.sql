-- What waits for a second person: the exact request, the state it was asked about, and what became of it.

create table approval_request (
  id             uuid primary key default gen_random_uuid(),
  what           text not null,        -- the sentence both people read
  permission     text not null,        -- what the second person must hold
  correlation    text,                 -- the business transaction it is about
  path           text not null,
  body           text not null,        -- JSON, as it was sent
  state          text not null,        -- JSON: what it is about, as it was when asked
  hash           bytea not null,       -- over asker, sentence, path, body and state; any change voids the request
  asked_by       text not null,
  asked_via      text not null check (asked_via in ('session', 'command line')),
  because        text,
  asked_at       timestamptz not null default clock_timestamp(),
  ends_at        timestamptz not null,
  verdict        text check (verdict in ('approved', 'declined', 'withdrawn', 'void')),
  decided_by     text,
  decided_at     timestamptz,
  comment        text,
  outcome        text                  -- what executing it answered
);
create index approval_request_open on approval_request (asked_at) where verdict is null;
create index approval_request_recent on approval_request (asked_at);
