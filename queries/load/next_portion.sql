-- Begins with the next portion of all calls, those with a call_sid after the variable after_sid through the variable through_sid. Most begin with the
-- time of the call, so a portion has the calls of some days.
create or replace temp table renewed_days (local_day date);
create or replace temp table renewed_customers (customer bigint, started_at timestamptz);
