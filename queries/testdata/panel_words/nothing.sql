-- Nothing is no name, number, time or coins, and not unreadable either.
select distinct agent_number, agent_name, call_group, campaign_id, error_code, recording_url, coins, leg_b_picked_at, flags
from calls where call_sid like 'v%' order by all;
