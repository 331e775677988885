-- The calls that something became known of after a moment, and when the last of it did.
create or replace macro told_since(p_since) as table
select call_key, max(first_received_at) as restated_at
from (select call_key, first_received_at from call_versions
      union all
      select call_key, first_received_at from live_events)
where first_received_at > p_since
group by call_key;

-- When the last of them came that had come by a moment.
create or replace macro last_received_by(p_moment) as
    (select max(first_received_at)
     from (select first_received_at from call_versions
           union all
           select first_received_at from live_events)
     where first_received_at <= p_moment);
