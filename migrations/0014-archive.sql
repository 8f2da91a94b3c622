-- What is past its retention leaves the journal into files: which files there are, what each holds, and of which document.

-- One row a file, never changed. `manifest` is what stands beside the file too; each names the hash of the one before it.
create table archive (
  number       integer primary key,
  file         text not null,
  folder       text not null,
  host         text not null,
  archived_at  timestamptz not null,
  manifest     text not null,          -- JSON
  hash         text not null           -- over the manifest and the hash before it, hex
);

-- Which file holds lines of a document: written once, read when somebody asks for its story.
create table archived_document (
  correlation  text not null,
  archive      integer not null,
  lines        integer not null,
  first_at     timestamptz not null,
  last_at      timestamptz not null,
  primary key (correlation, archive)
);

-- When a month is worth looking at again: nothing in it is past its retention before. Other rules of retention, another look.
create table month_look (
  name         text primary key,       -- of the partition
  next_at      timestamptz not null,
  rules        text not null
);

-- Months are emptied through the archive now (journal/partitions.ts).
drop function drop_partitions(text, timestamptz);
