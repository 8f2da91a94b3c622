-- Arrivals that were set aside are read again when a person asks, by the road of those that wait for what is not known yet.

alter table arrival_wait
  add column asked_by text,   -- who wants it read again; null: it waits by itself
  add column said     text;   -- why it still cannot be read, when it was asked for and read in vain

-- arrival: what arrived, read again.
alter table selection_item drop constraint selection_item_kind_check;
alter table selection_item add constraint selection_item_kind_check
  check (kind in ('delivery', 'event', 'input', 'instance', 'arrival', 'exception'));
