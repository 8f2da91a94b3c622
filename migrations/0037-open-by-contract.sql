-- What is open of a few contracts (postings into a ledger) is found without reading all that is open: a million that wait for one system
-- stand beside it. And the few facts that opened or closed a period are found without reading the journal.
create index delivery_open_contract on delivery (contract) where status not in ('applied', 'superseded', 'cancelled');
create index event_period_said on event (position) where contract = 'finance.period-status-changed';
