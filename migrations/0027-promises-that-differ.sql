-- The corrections are listed first, every three seconds while somebody looks: they are few among all that was promised.
create index promise_differs on promise (given_at) where state = 'differs';
