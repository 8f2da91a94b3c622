-- What a process takes in is counted for all its contracts at once, so they all begin at one count. An upgrade that brought one contract
-- more used to begin it at the count of its day, which then stood for all of them: what the others had taken in until then was
-- called silent for ever. The least of them is the count at which the account was last in balance.

update subscription s
   set counted_before = least.counted_before
  from (select kind, name, min(counted_before) as counted_before from subscription group by kind, name) least
 where (least.kind, least.name) = (s.kind, s.name) and s.counted_before <> least.counted_before;
