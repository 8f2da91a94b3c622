-- What people said about a document beside what its messages say: who looks after it, and that nothing of it is sent for now.
-- Notes are facts of the journal and stand only there.
create table tended_document (
  correlation   text primary key,
  assigned_to   text,
  held_by       text,                 -- null: it goes on
  held_because  text,
  held_at       timestamptz
);
create index tended_document_assigned on tended_document (assigned_to, correlation) where assigned_to is not null;
create index tended_document_held on tended_document (correlation) where held_by is not null;
