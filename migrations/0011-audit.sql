-- The audit seals itself: whoever writes a line, the database chains it, with its number and its time; and checkpoints, signed
-- with a key that is not in the database, say how many lines there were and how the last one read.

alter table audit
  add column scheme smallint not null default 1,  -- how the hash is made; 2: by the trigger below
  alter column previous set default '\x',
  alter column hash set default '\x';

-- Each field with its length before it, so that no two lines read the same: "5:maria,"; "-," is null.
create function audit_field(value text) returns text language sql immutable as $$
  select case when value is null then '-,' else octet_length(value) || ':' || value || ',' end
$$;

create function seal_audit() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7215);
  new.scheme := 2;
  new.at := clock_timestamp();
  new.previous := coalesce((select hash from audit order by id desc limit 1), '\x'::bytea);
  new.hash := sha256(new.previous || convert_to(
    audit_field(new.id::text) || audit_field(to_char(new.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || audit_field(new.actor) || audit_field(new.action) || audit_field(new.subject) || audit_field(new.reason)
    || audit_field(new.facts), 'UTF8'));
  return new;
end $$;
create trigger audit_sealed before insert on audit for each row execute function seal_audit();

create table audit_checkpoint (
  id           bigint generated always as identity primary key,
  lines        bigint not null,        -- how many there were
  last         bigint not null,        -- the number of the last one
  head         text not null,          -- its hash, hex
  at           text not null,          -- RFC 3339
  signature    text not null           -- Ed25519 over the JSON array [lines, last, head, at], base64
);
