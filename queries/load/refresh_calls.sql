-- Removes the calls of the staged lines, to compute them again. A call that the database does not have yet is computed from these
-- lines alone.
create or replace temp table removed_calls as
select local_day, customer_number_of(customer_key) as customer, started_at from calls semi join existing_calls using (call_key);
create or replace temp table renewed_days as select distinct local_day from removed_calls;
create or replace temp table renewed_customers as select customer, started_at from removed_calls where customer is not null;

delete from calls using existing_calls where calls.call_key = existing_calls.call_key;
delete from shared_call_legs using existing_calls where shared_call_legs.call_key = existing_calls.call_key;

create or replace temp view refreshed_versions as
select * exclude (kind) from versions anti join existing_calls using (call_key) where kind = 'call_report'
union all by name
from call_versions semi join existing_calls using (call_key);

create or replace temp view refreshed_live as
select * exclude (kind) from versions anti join existing_calls using (call_key) where kind = 'live_call'
union all by name
from live_events semi join existing_calls using (call_key);
