-- Exceptions people work on: what is at risk, who has taken it on, until when it sleeps, and every step of its life.

alter table exception
  add column at_risk       text,         -- JSON: money by currency and units by unit, of what was stopped
  add column assigned_to   text,         -- the person who works on it
  add column snoozed_until timestamptz;  -- not shown as work before then

create index exception_cause on exception (fingerprint, opened_at);
create index exception_subject on exception (subject);

-- One row a transition, never changed.
create table exception_change (
  id           bigint generated always as identity primary key,
  exception    bigint not null,
  fingerprint  text not null,
  at           timestamptz not null default clock_timestamp(),
  what         text not null check (what in ('opened', 'came back', 'other cause', 'assigned', 'snoozed', 'noted', 'closed')),
  by           text not null,
  detail       text
);
create index exception_change_cause on exception_change (fingerprint, id);
create index exception_change_of on exception_change (exception);

-- A trigger, so that no statement, whoever writes it, can change an exception in silence. Exceptions are few; what stops
-- nothing never comes here. Acts of people name themselves in crossdock.actor for the length of their transaction.
create function note_exception() returns trigger language plpgsql as $$
declare
  who text := coalesce(nullif(current_setting('crossdock.actor', true), ''), 'crossdock');
begin
  if tg_op = 'INSERT' then
    insert into exception_change (exception, fingerprint, what, by, detail)
      values (new.id, new.fingerprint,
        case when exists (select from exception before where before.subject = new.subject
          and before.subject_kind = new.subject_kind and before.fingerprint = new.fingerprint and before.id <> new.id)
          then 'came back' else 'opened' end, who, new.reason);
    return null;
  end if;
  if new.fingerprint is distinct from old.fingerprint then
    insert into exception_change (exception, fingerprint, what, by, detail)
      values (new.id, new.fingerprint, 'other cause', who, new.reason);
  end if;
  if new.assigned_to is distinct from old.assigned_to then
    insert into exception_change (exception, fingerprint, what, by, detail)
      values (new.id, new.fingerprint, 'assigned', who, new.assigned_to);
  end if;
  if new.snoozed_until is distinct from old.snoozed_until then
    insert into exception_change (exception, fingerprint, what, by, detail)
      values (new.id, new.fingerprint, 'snoozed', who,
        to_char(new.snoozed_until at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
  end if;
  if old.resolved_at is null and new.resolved_at is not null then
    insert into exception_change (exception, fingerprint, what, by, detail)
      values (new.id, new.fingerprint, 'closed', who, new.resolution);
  end if;
  return null;
end $$;
create trigger exception_noted after insert or update on exception for each row execute function note_exception();
