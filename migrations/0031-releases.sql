-- Releases this dock has run, and who developed what each changed: for a day none of them is the second person for a correction of
-- what it maps. Written by workers as they start.

create table release (
  name       text primary key,
  developers text[] not null,
  first_at   timestamptz not null default clock_timestamp()
);
