-- Every step in the life of an exception is an event of the journal too, with who did it and why, in the same commit.
-- Noted and told a statement at a time: ten thousand exceptions raised together are one insert here and one there.

alter table exception_change drop constraint exception_change_what_check;
alter table exception_change add constraint exception_change_what_check check (what in
  ('opened', 'came back', 'other cause', 'assigned', 'snoozed', 'noted', 'retried', 'closed'));
-- Why, in the words of whoever did it; `detail` says what.
alter table exception_change add column reason text;

drop trigger exception_noted on exception;
drop function note_exception();

-- Acts of people name themselves, and their reason, for the length of their transaction.
create function acting(what text) returns text language sql stable as $$
  select nullif(current_setting('crossdock.' || what, true), '')
$$;

create function note_raised_exceptions() returns trigger language plpgsql as $$
begin
  insert into exception_change (exception, fingerprint, what, by, detail, reason)
    select x.id, x.fingerprint,
           case when exists (select from exception before where before.subject = x.subject
             and before.subject_kind = x.subject_kind and before.fingerprint = x.fingerprint and before.id < x.id)
             then 'came back' else 'opened' end,
           coalesce(acting('actor'), 'crossdock'), x.reason, acting('reason')
      from raised x order by x.id;
  return null;
end $$;
create trigger exception_raised after insert on exception referencing new table as raised
  for each statement execute function note_raised_exceptions();

create function note_changed_exceptions() returns trigger language plpgsql as $$
begin
  insert into exception_change (exception, fingerprint, what, by, detail, reason)
    select x.id, x.fingerprint, step.what, coalesce(acting('actor'), 'crossdock'), step.detail, acting('reason')
      from after x join before b on b.id = x.id
     cross join lateral (
       select 1, 'other cause', x.reason where x.fingerprint is distinct from b.fingerprint
       union all select 2, 'assigned', x.assigned_to where x.assigned_to is distinct from b.assigned_to
       union all select 3, 'snoozed', to_char(x.snoozed_until at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
         where x.snoozed_until is distinct from b.snoozed_until
       union all select 4, 'closed', x.resolution where b.resolved_at is null and x.resolved_at is not null
     ) step (place, what, detail) order by x.id, step.place;
  return null;
end $$;
create trigger exception_changed after update on exception referencing old table as before new table as after
  for each statement execute function note_changed_exceptions();

-- What a process said itself (a document needs a person, or no longer) and what closes by a person's word is in the journal
-- already: that event brought it here. A note is told by the act that left it.
create function tell_exception_changes() returns trigger language plpgsql as $$
begin
  insert into event (kind, id, contract, version, key, source, correlation, causation, occurred_at, routed, data)
    select 'event', 'exception:' || x.id || ':' || c.id,
           'operations.exception-' || case c.what when 'assigned' then 'assigned' when 'snoozed' then 'snoozed'
             when 'retried' then 'retried' when 'closed' then 'resolved' else 'raised' end,
           1, 'subject/' || about.subject, case c.by when 'crossdock' then 'crossdock' else 'person:' || c.by end,
           coalesce(x.correlation, 'exception/' || x.id), 'exception:' || x.id, c.at, false,
           json_strip_nulls(json_build_object(
             'exception', x.id::text, 'subject', about.subject, 'fingerprint', c.fingerprint,
             'salesOrderId', case when x.correlation like 'order/%' then substr(x.correlation, 7) end,
             'by', c.by, 'reason', case when told.raised then coalesce(nullif(x.reason, ''), x.title) else coalesce(c.reason, case c.what when 'closed' then c.detail end) end,
             'class', case when told.raised then x.class end,
             'state', case when told.raised then case when x.subject_kind = 'arrival' then 'quarantined'
               when x.class = 'business hold' then 'held' when x.class = 'unclear outcome' then 'in doubt' else 'parked' end end,
             'title', case when told.raised then x.title end,
             'owner', case when told.raised then x.owner when c.what = 'assigned' then c.detail end,
             'again', case when c.what = 'came back' then true end,
             'valueAtRisk', case when told.raised and json_array_length(x.at_risk::json->'money') = 1 then x.at_risk::json->'money'->0 end,
             'assignedAt', case c.what when 'assigned' then to_char(c.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
             'until', case c.what when 'snoozed' then c.detail end,
             'how', case when c.what = 'closed' then case
               when exists (select from exception_change r where r.exception = x.id and r.what = 'retried') then 'by replay'
               when c.by = 'crossdock' then 'by itself' else 'by person' end end,
             'minutes', case c.what when 'closed' then greatest(0, floor(extract(epoch from x.resolved_at - x.opened_at) / 60))::int end
           ))::text
      from added c join exception x on x.id = c.exception
     cross join lateral (select coalesce(x.correlation, x.subject_kind || ':' || x.subject) as subject) about
     cross join lateral (select c.what in ('opened', 'came back', 'other cause') as raised) told
     where c.what <> 'noted'
       and not (x.subject_kind = 'document' and (told.raised or c.what = 'closed'))
       and not (c.what = 'closed' and c.by <> 'crossdock' and x.subject_kind <> 'delivery')
     order by c.id;
  return null;
end $$;
create trigger exception_change_told after insert on exception_change referencing new table as added
  for each statement execute function tell_exception_changes();
