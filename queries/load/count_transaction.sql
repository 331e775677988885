-- Counts a transaction of a loader of a lake. The row without a name counts those of all, so that two transactions at once change the same row, and
-- DuckLake commits one of them.
merge into loaders as stored
using (from (values (''), (getvariable('loader'))) as loading (loader)) as loading
using (loader)
when matched then update set transactions = stored.transactions + 1
when not matched then insert (loader, transactions) values (loading.loader, 1);
