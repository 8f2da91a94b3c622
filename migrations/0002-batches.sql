-- Large files as batches: read record by record, committed chunk by chunk, gone on with where a crash left them.
--
-- Everything a chunk came to (bytes, facts, refused records, last known digests) commits together with the checkpoint, so
-- a restart neither loses nor doubles a record. Outcomes add up: records = published + no_change + passed_over + refused;
-- what became of the published ones follows from the deliveries they caused.

create table batch (
  id           uuid primary key,
  flow         text not null,
  source       text not null,          -- the connection the file came from
  file         text not null,
  identity     text not null,          -- what makes it this file: name, content or both, as the connection says
  hash         text not null,          -- SHA-256 of the whole content, hex
  bytes        bigint not null,
  -- waiting: seen, its turn comes; running; paused by a person; finished: read to its end; failed: it cannot be read on
  state        text not null default 'waiting' check (state in ('waiting', 'running', 'paused', 'finished', 'failed')),
  reason       text,                   -- why it failed or waits, in a sentence
  worker       text,                   -- who reads it
  chunk        integer not null default 0,  -- the last chunk committed: the checkpoint
  place        text not null,          -- JSON: where the next record begins, and what must be known to read it
  bytes_read   bigint not null default 0,
  records      bigint not null default 0,
  published    bigint not null default 0,
  no_change    bigint not null default 0,
  passed_over  bigint not null default 0,
  refused      bigint not null default 0,
  again        boolean not null default false,  -- refused records wait to be read again
  opened_at    timestamptz not null default clock_timestamp(),
  started_at   timestamptz,
  updated_at   timestamptz not null default clock_timestamp(),
  finished_at  timestamptz,
  unique (flow, identity)
) with (fillfactor = 50);
create index batch_recent on batch (opened_at);
create index batch_again on batch (flow) where again;

-- What was committed together. A number below zero is a second reading of refused records.
create table batch_chunk (
  batch        uuid not null,
  number       integer not null,
  arrival      uuid not null,          -- keeps the bytes
  xid          xid8 not null default pg_current_xact_id(),
  published    integer not null,
  committed_at timestamptz not null default clock_timestamp(),
  primary key (batch, number)
);
create index batch_chunk_arrival on batch_chunk (arrival);

-- A record that was set aside, with its place in the file and in the kept bytes.
create table batch_refused (
  batch        uuid not null,
  record       bigint not null,        -- counted from 1
  line         bigint not null,
  arrival      uuid not null,
  received_at  timestamptz not null default clock_timestamp(),
  start        integer not null,       -- its first byte in the body of the arrival
  bytes        integer not null,
  head         text,                   -- what must be known to read it, e.g. the header of the file
  cause        text not null,
  reason       text not null,
  again        boolean not null default false,
  primary key (batch, record)
);
create index batch_refused_again on batch_refused (batch, record) where again;

-- What we last knew of each thing a flow keeps in line, as a digest: an equal record changes nothing.
create table batch_known (
  flow         text not null,
  key          text not null,
  digest       bytea not null,
  primary key (flow, key)
);

-- Deliveries given up by a person; few, and asked for by the fact they carried.
create index delivery_given_up on delivery (event_position) where status = 'cancelled';

-- Whether the worker's heart has beaten lately, by the database clock.
create function worker_lives(worker_id text, alive_ms integer) returns boolean language sql stable as $$
  select exists (select from worker where id = worker_id and heartbeat > clock_timestamp() - alive_ms * interval '1 millisecond')
$$;

-- Finds or makes the batch of a file, and takes it when it is free. Outcomes: mine; done (read to its end before);
-- behind (an earlier file of the flow is not finished); busy (another living worker reads it); changed (other content stood
-- under this name, and was not finished).
create function open_batch(new_id uuid, of_flow text, from_source text, file_name text, file_identity text, content text,
  size bigint, start text, by_worker text, alive_ms integer) returns table (outcome text, batch_id uuid) language plpgsql as $$
declare
  mine batch;
  other batch;
begin
  perform pg_advisory_xact_lock(7216, hashtext(of_flow));
  select * into mine from batch where flow = of_flow and identity = file_identity for update;
  if mine.id is null then
    select * into other from batch where flow = of_flow and file = file_name and state in ('running', 'paused') for update;
  elsif mine.hash <> content then
    other := mine;
  end if;
  if other.id is not null then
    if other.state in ('waiting', 'running', 'paused') then
      update batch set state = 'failed', worker = null, updated_at = clock_timestamp(),
        reason = format('The file was replaced by other content after %s records were read.', records) where id = other.id;
    end if;
    return query select 'changed', other.id;
    return;
  end if;
  if mine.id is null then
    insert into batch (id, flow, source, file, identity, hash, bytes, place)
      values (new_id, of_flow, from_source, file_name, file_identity, content, size, start) returning * into mine;
  end if;
  if mine.state = 'finished' then
    return query select 'done', mine.id;
  elsif exists (select from batch b where b.flow = of_flow and b.id <> mine.id and b.state in ('running', 'paused')) then
    return query select 'behind', mine.id;
  elsif mine.worker <> by_worker and worker_lives(mine.worker, alive_ms) then
    return query select 'busy', mine.id;
  else
    update batch set worker = by_worker, reason = null, updated_at = clock_timestamp(),
      started_at = coalesce(started_at, clock_timestamp()),
      state = case state when 'paused' then 'paused' else 'running' end
      where id = mine.id;
    return query select 'mine', mine.id;
  end if;
end $$;

-- Holds the checkpoint, or raises when it was moved, paused or taken over since: nothing of the chunk then becomes true.
create function hold_batch(of_batch uuid, by_worker text, at_chunk integer) returns void language plpgsql as $$
begin
  perform from batch where id = of_batch and worker = by_worker and chunk = at_chunk and state = 'running' for update;
  if not found then
    raise exception 'the batch moved on without us' using errcode = 'XD002';
  end if;
end $$;

-- Holds refused records that are to be read again, or raises when somebody else has read one of them since.
create function hold_refused(of_batch uuid, these bigint[]) returns void language plpgsql as $$
declare held integer;
begin
  perform from batch where id = of_batch for update;
  select count(*) into held from batch_refused where batch = of_batch and record = any (these) and again;
  if held <> cardinality(these) then
    raise exception 'the records were read again by somebody else' using errcode = 'XD002';
  end if;
end $$;
