-- A subscriber that is new is owed what happened before it: a selection may hold facts that were never owed to it.

alter table selection drop constraint selection_act_check;
alter table selection add constraint selection_act_check
  check (act in ('try again', 'fix', 'replay', 'backfill', 'as new', 'cancel', 'close'));
-- event: the position of a fact; its delivery is made when its turn comes.
alter table selection_item drop constraint selection_item_kind_check;
alter table selection_item add constraint selection_item_kind_check
  check (kind in ('delivery', 'event', 'instance', 'exception'));
