-- Questions of processes whose last answer stands in while the system asked is silent (a flow's `orPromise`).

-- The delivery that goes on asking; its answer makes the promise true. Null: a caller's inquiry, which is asked again.
alter table promise add column delivery text;

-- What a system last said to questions that are alike, as the fact its flow made of it.
create table last_answer (
  flow     text not null,
  alike    text not null,              -- the flow's own words for what makes questions alike
  said_at  timestamptz not null,
  fact     text not null,              -- JSON, in the shape of the contract the flow answers with
  primary key (flow, alike)
);
