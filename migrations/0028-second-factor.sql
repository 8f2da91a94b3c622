-- The second factor of people who sign in with a password: codes of an authenticator app (RFC 6238). Both tables are small.

create table second_factor (
  person         text primary key references person,
  sealed         text,                        -- what the codes are made of, sealed with the console's key; null: none confirmed yet
  confirmed_at   timestamptz,
  begun          text,                        -- the next one, sealed, until its first code was typed in
  begun_at       timestamptz,
  last_step      bigint,                      -- the half minute of the last code taken; none of it or of one before is taken again
  wrong          integer not null default 0,  -- wrong codes since the last right one
  wrong_at       timestamptz
);

-- Codes for whoever lost the app, each good once. 80 random bits, so their SHA-256 opens nothing.
create table recovery_code (
  person         text not null references person,
  code_hash      bytea not null,
  made_at        timestamptz not null default clock_timestamp(),
  used_at        timestamptz,
  primary key (person, code_hash)
);
