-- Removes all calls, to compute them again from the stored reports and live events.
delete from calls;
delete from shared_call_legs;
delete from agent_name_days;
delete from agent_name_changes;
delete from virtual_number_days;
delete from delivery_days;
delete from customer_episodes;
delete from repeated_calls;
delete from last_conversations;
delete from hour_peaks;
-- The lists are read again after this.
delete from vendor_calls;
delete from vendor_lists;

create or replace temp table renewed_days (local_day date);
create or replace temp table renewed_customers (customer bigint, started_at timestamptz);

create or replace temp view refreshed_versions as from call_versions;
create or replace temp view refreshed_live as from live_events;
