-- Counts the balances in the database `old` that the rebuilt one lacks.
select count(*) as balances
from old.balances anti join balances using (source, fetched_at);
