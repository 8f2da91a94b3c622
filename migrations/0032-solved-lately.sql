-- The inbox shows what was solved lately, newest first, however long ago it was raised.

create index exception_solved on exception (resolved_at) where resolved_at is not null;
