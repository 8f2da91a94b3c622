-- A business hold has a clock: when its owner is expected to have decided, and when somebody else was told that nobody did.

alter table exception
  add column due_at       timestamptz,
  add column escalated_at timestamptz;
create index exception_due on exception (due_at) where resolved_at is null and escalated_at is null and due_at is not null;

alter table exception_change drop constraint exception_change_what_check;
alter table exception_change add constraint exception_change_what_check check (what in
  ('opened', 'came back', 'other cause', 'assigned', 'snoozed', 'noted', 'retried', 'escalated', 'closed'));

-- Both as in 0016 and 0018, with the new step.
do $$ begin
  execute replace(pg_get_functiondef('note_changed_exceptions()'::regprocedure),
    'union all select 4, ''closed''',
    'union all select 4, ''escalated'', x.owner where b.escalated_at is null and x.escalated_at is not null
       union all select 5, ''closed''');
  execute replace(replace(replace(pg_get_functiondef('tell_exception_changes()'::regprocedure),
    'when ''retried'' then ''retried''', 'when ''retried'' then ''retried'' when ''escalated'' then ''escalated'''),
    'when c.what = ''assigned'' then c.detail end', 'when c.what in (''assigned'', ''escalated'') then c.detail end'),
    '''how'', case', '''dueBy'', case when c.what = ''escalated'' then to_char(x.due_at at time zone ''utc'', ''YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'') end,
             ''how'', case');
end $$;
