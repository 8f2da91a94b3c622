-- A replay reaches processes: a selection may hold inputs that a process never took.

-- input: the position of a fact, and the instance it is given to.
alter table selection_item drop constraint selection_item_kind_check;
alter table selection_item add constraint selection_item_kind_check
  check (kind in ('delivery', 'event', 'input', 'instance', 'exception'));
