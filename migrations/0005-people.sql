-- The people who use the console: who they are, what they may do, and where they are signed in. Every table here is small.

-- `id` is what they sign in with, in lower case. A person is never deleted, because audits name them; they are disabled.
create table person (
  id             text primary key,
  name           text not null,
  email          text,
  password       text,                 -- PHC string ($argon2id$…, $scrypt$…); null: none, so signs in elsewhere or by a link
  issuer         text,                 -- OpenID Connect: who vouches for them, and their name there
  subject        text,
  demonstration  boolean not null default false,
  created_at     timestamptz not null default clock_timestamp(),
  disabled_at    timestamptz,
  last_seen_at   timestamptz,
  unique (issuer, subject)
);

-- A role for a part of the business. Null means all of them. `source`: 'given' by an administrator, or by the 'claims' of a
-- single sign-on, which replaces its own at every sign-in and never touches the others.
create table role_grant (
  id             bigint generated always as identity primary key,
  person         text not null references person,
  role           text not null,
  domains        text[],
  plants         text[],
  entities       text[],
  source         text not null default 'given' check (source in ('given', 'claims')),
  granted_by     text not null,
  granted_at     timestamptz not null default clock_timestamp()
);
create index role_grant_person on role_grant (person);

-- Only the SHA-256 of a session's token is kept, so a copy of the database opens nothing.
create table console_session (
  token_hash     bytea primary key,
  id             uuid not null default gen_random_uuid() unique,
  person         text not null references person,
  via            text not null check (via in ('password', 'link', 'demonstration', 'single sign-on')),
  started_at     timestamptz not null default clock_timestamp(),
  seen_at        timestamptz not null default clock_timestamp(),
  proven_at      timestamptz not null default clock_timestamp(),  -- when the person last proved who they are
  ends_at        timestamptz not null,
  ended_at       timestamptz,
  seeing_as      text references person,
  address        text,
  agent          text
);
create index console_session_person on console_session (person, started_at);

-- Links that let somebody in without a password. setup: makes the first administrator. invitation: the person chooses a
-- password. demonstration: any demonstration person, as often as one likes, while the demonstration runs.
create table sign_in_link (
  token_hash     bytea primary key,
  kind           text not null check (kind in ('setup', 'invitation', 'demonstration')),
  person         text references person,
  made_by        text not null,
  made_at        timestamptz not null default clock_timestamp(),
  ends_at        timestamptz not null,
  used_at        timestamptz
);
