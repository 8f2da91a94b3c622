-- Outcomes of attempts and what follows from them are written together: the transaction fails when one came too late.

create function all_current(changed bigint, wanted integer) returns void language plpgsql as $$
begin
  if changed <> wanted then
    raise exception 'an outcome came too late' using errcode = 'XD002';
  end if;
end $$;
