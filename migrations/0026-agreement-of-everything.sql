-- Agreement about more than orders: a lot or a return is watched under its own number and belongs to another transaction, by which
-- it is found, and by which it is known whose part of the business it is. Null, as in rows of before: the subject is the transaction.

alter table agreement add column correlation text;
