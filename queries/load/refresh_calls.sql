-- Removes the calls of the staged lines, to compute them again: of those that the database had before, from the stored reports and live events as
-- well.
create or replace temp table removed_rows as select rowid as row from calls semi join existing_calls using (call_key, call_sid);
create or replace temp table removed_calls as
select local_day, customer_number_of(customer_key) as customer, started_at from calls where rowid in (select row from removed_rows);
create or replace temp table renewed_days as select distinct local_day from removed_calls;
create or replace temp table renewed_customers as select customer, started_at from removed_calls where customer is not null;

delete from calls where rowid in (select row from removed_rows);
delete from shared_call_legs as legs using existing_calls as existing where legs.call_key = existing.call_key and legs.call_sid = existing.call_sid;

create or replace temp table existing_versions as
from call_versions where rowid in (select row from existing_rows where kind = 'call_report');
create or replace temp table existing_live as
from live_events where rowid in (select row from existing_rows where kind = 'live_call');

create or replace temp view refreshed_versions as
select * exclude (kind) from new_versions where kind = 'call_report'
union all by name
from existing_versions;

create or replace temp view refreshed_live as
select * exclude (kind) from new_versions where kind = 'live_call'
union all by name
from existing_live;
