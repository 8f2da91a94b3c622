-- Who took an operator's rights in an emergency: for an hour at most, for a reason everybody reads. Few rows, kept for good.
create table emergency_access (
  id          uuid primary key default gen_random_uuid(),
  person      text not null references person,
  reason      text not null,
  started_at  timestamptz not null default clock_timestamp(),
  ends_at     timestamptz not null,
  ended_at    timestamptz,
  ended_by    text
);
create index emergency_access_open on emergency_access (person, ends_at) where ended_at is null;
