-- Who is owed what: which flows and processes take which contracts, and since when. Written by workers as they start; read
-- beside the journal to prove that nothing accepted was lost in silence.

create table subscription (
  kind           text not null check (kind in ('flow', 'process')),
  name           text not null,
  contract       text not null,
  version        smallint not null,    -- of the contract; what was written in another shape is not held against a process
  key_field      text,                 -- of a process: the field that names its instance
  since_xid      xid8 not null,
  since_position bigint not null,
  until_xid      xid8,                 -- no build has it any more
  until_position bigint,
  counted_before bigint not null,      -- what was counted as passed over, or taken in, before
  -- What was found in balance is added up here, and the beginning moves on, so that looking costs what is new.
  owed_before      bigint not null default 0,
  delivered_before bigint not null default 0,
  taken_before     bigint not null default 0,
  primary key (kind, name, contract)
);
