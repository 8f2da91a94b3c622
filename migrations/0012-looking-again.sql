-- Undo steps wait for what they take back; what was sent twice to a system that would book twice is looked at again.

-- The delivery this one takes back, where another connection carries it: it must have ended first.
alter table delivery add column undoes text;

-- A look at the target after a delivery was sent a second time and taken: the first sending may have arrived after all.
create table post_check (
  delivery text primary key,
  lane     smallint not null,
  round    smallint not null default 1,
  due_at   timestamptz not null
);
create index post_check_due on post_check (due_at);
