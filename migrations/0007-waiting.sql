-- Why a delivery that is set aside may go again by itself, and how often sending it ended the worker.

-- `type/value` of a business key the target does not know yet (`customer/C-1`); or what this build lacks: `flow/<name>`,
-- `connection/<name>`, `contract/<name>`. Null: a person decides.
alter table delivery add column waits_for text;
-- What came to pass after this moment may have ended the wait.
alter table delivery add column waits_since timestamptz;
-- How often a worker was lost while an attempt at it was on record.
alter table delivery add column crashes smallint not null default 0;
create index delivery_waits on delivery (lane) where waits_for is not null and status = 'parked';
