-- Describes every metric; the Notes sheet and the help of `query` show it.
-- unit: calls, episodes, seconds, minutes, coins, customers, fraction or a ratio of these.
-- format: count, decimal, rate, duration, short_duration or coins; good: higher, lower or neutral. base is the metric that counts the calls
-- that a figure is about, or is a share or mean of; direction is that of these calls, NULL if both.
create or replace table metric_catalog (name, label, unit, format, formula, good, base, direction) as
select
    name, label, unit, format, formula, good,
    case when name in ('incoming', 'ivr_only', 'ivr_only_rate', 'repeat_customers', 'coins_unanswered_in') then 'incoming'
         when name in ('offered', 'answered_in', 'missed', 'missed_out_of_hours', 'missed_masked', 'answer_rate', 'abandoned', 'short_abandoned',
                       'abandon_rate', 'net_answer_rate', 'net_abandon_rate', 'service_level', 'missed_episodes', 'open_episodes',
                       'recovered_by_callback', 'recovered_by_return', 'unrecovered', 'recovery_rate', 'median_minutes_to_recover',
                       'missed_customers', 'callers_lost') then 'offered'
         when name in ('avg_wait_seconds', 'p90_wait_seconds', 'avg_ring_seconds', 'p90_ring_seconds', 'transfer_rate', 'repeat_24h_rate')
         then 'answered_in'
         when name = 'avg_abandon_seconds' then 'abandoned'
         when name in ('outgoing', 'connected', 'connect_rate', 'agent_no_show', 'agent_no_show_rate', 'customer_no_answer',
                       'coins_failed_agent', 'coins_failed_customer') then 'outgoing'
         when name in ('avg_talk_seconds', 'median_talk_seconds', 'p90_talk_seconds', 'longest_talk_seconds', 'coins_per_answered',
                       'coins_per_talk_minute') then 'answered'
         else 'calls' end as base,
    case when base in ('incoming', 'offered', 'answered_in', 'abandoned') then 'incoming' when base = 'outgoing' then 'outgoing' end as direction
from (values
    ('calls', 'Calls', 'calls', 'count', 'number of calls, one per call however often it was delivered', 'neutral'),
    ('incoming', 'Incoming', 'calls', 'count', 'calls with direction incoming', 'neutral'),
    ('outgoing', 'Outgoing', 'calls', 'count', 'calls with direction outgoing', 'neutral'),
    ('ivr_only', 'IVR only', 'calls', 'count', 'incoming calls that reached the IVR and were never forwarded to an agent', 'neutral'),
    ('ivr_only_rate', 'IVR-only rate', 'fraction', 'rate', 'IVR only / incoming', 'neutral'),
    ('offered', 'Offered', 'calls', 'count', 'incoming − IVR only', 'neutral'),
    ('answered', 'Answered', 'calls', 'count', 'answered calls of both directions', 'higher'),
    ('answered_in', 'Answered incoming', 'calls', 'count', 'incoming calls answered', 'higher'),
    ('missed', 'Missed', 'calls', 'count', 'offered − answered incoming', 'lower'),
    ('missed_out_of_hours', 'Missed out of hours', 'calls', 'count', 'missed calls outside business hours; unknown if no hours are configured', 'lower'),
    ('missed_masked', 'Missed, number hidden', 'calls', 'count', 'missed calls whose customer number is masked or too short to call back', 'lower'),
    ('answer_rate', 'Answer rate', 'fraction', 'rate', 'answered incoming / offered; a setting leaves out calls out of hours, here and in the other rates of offered calls', 'higher'),
    ('abandoned', 'Abandoned', 'calls', 'count', 'missed calls with outcome abandoned or cancelled', 'lower'),
    ('short_abandoned', 'Short abandoned', 'calls', 'count', 'abandoned calls shorter than the short-abandon limit', 'neutral'),
    ('abandon_rate', 'Abandon rate', 'fraction', 'rate', 'abandoned / offered', 'lower'),
    ('net_answer_rate', 'Net answer rate', 'fraction', 'rate', 'answered incoming / (offered − short abandoned)', 'higher'),
    ('net_abandon_rate', 'Net abandon rate', 'fraction', 'rate', '(abandoned − short abandoned) / (offered − short abandoned)', 'lower'),
    ('service_level', 'Service level', 'fraction', 'rate', 'incoming calls answered within the target wait / (offered − short abandoned − answered with unknown wait); the wait counts from the start of the call, IVR included', 'higher'),
    ('avg_wait_seconds', 'Average wait', 'seconds', 'short_duration', 'mean of start to answer over answered incoming calls whose wait is known; an upper bound, the vendor gives no queue-entry time', 'lower'),
    ('p90_wait_seconds', '90 % answered within', 'seconds', 'short_duration', '90th percentile of start to answer over answered incoming calls whose wait is known', 'lower'),
    ('avg_ring_seconds', 'Average ring', 'seconds', 'short_duration', 'mean ringing of the agent''s phone over answered incoming calls in which it is known', 'lower'),
    ('p90_ring_seconds', '90 % picked up within', 'seconds', 'short_duration', '90th percentile of the ringing of the agent''s phone over answered incoming calls in which it is known', 'lower'),
    ('avg_abandon_seconds', 'Average time to abandon', 'seconds', 'short_duration', 'mean duration of abandoned calls', 'neutral'),
    ('transfer_rate', 'Transfer rate', 'fraction', 'rate', 'calls that two or more agents took / answered incoming calls whose agent is known', 'neutral'),
    ('repeat_24h_rate', 'Called again in 24 h', 'fraction', 'rate', 'answered incoming calls that the same customer followed with another incoming call within 24 hours / answered incoming; the rest may have been resolved by the first call', 'lower'),
    ('connected', 'Connected', 'calls', 'count', 'outgoing calls answered', 'higher'),
    ('connect_rate', 'Connect rate', 'fraction', 'rate', 'connected / outgoing', 'higher'),
    ('agent_no_show', 'Outgoing calls the agent did not pick up', 'calls', 'count', 'outgoing calls, not answered, whose agent never picked up and whose customer''s leg did not fail; without those of which no report says whether the agent picked up', 'lower'),
    ('agent_no_show_rate', 'Share the agent did not pick up', 'fraction', 'rate', 'outgoing calls the agent did not pick up / outgoing', 'lower'),
    ('customer_no_answer', 'Customer no answer', 'calls', 'count', 'outgoing − connected − those the agent did not pick up: also the calls of which it is not known whose leg failed', 'neutral'),
    ('talk_seconds', 'Talk time', 'seconds', 'duration', 'sum of the known talk times of answered calls', 'neutral'),
    ('avg_talk_seconds', 'Average talk', 'seconds', 'short_duration', 'mean talk time over answered calls', 'neutral'),
    ('median_talk_seconds', 'Median talk', 'seconds', 'short_duration', 'median talk time over answered calls', 'neutral'),
    ('p90_talk_seconds', '90 % talked at most', 'seconds', 'short_duration', '90th percentile of talk time over answered calls', 'neutral'),
    ('longest_talk_seconds', 'Longest talk', 'seconds', 'duration', 'longest talk time of an answered call', 'neutral'),
    ('call_seconds', 'Line time', 'seconds', 'duration', 'sum of the known durations of calls, from start to end', 'neutral'),
    ('coins', 'Coins', 'coins', 'coins', 'sum of the coins charged, where they are known; those of an unanswered incoming call count for no agent', 'neutral'),
    ('coins_unanswered', 'Coins on unanswered', 'coins', 'coins', 'sum of coins charged for calls that were not answered', 'neutral'),
    ('coins_unanswered_share', 'Unanswered share of coins', 'fraction', 'rate', 'coins on unanswered / coins', 'lower'),
    ('coins_failed_agent', 'Coins lost: agent side', 'coins', 'coins', 'coins charged for unanswered outgoing calls whose agent leg failed', 'neutral'),
    ('coins_failed_customer', 'Coins lost: customer side', 'coins', 'coins', 'coins charged for unanswered outgoing calls whose customer leg failed', 'neutral'),
    ('coins_failed_unknown', 'Coins lost: side unknown', 'coins', 'coins', 'coins charged for other unanswered calls that are not incoming: the report does not say whose leg failed', 'neutral'),
    ('coins_unanswered_in', 'Coins lost: incoming', 'coins', 'coins', 'coins charged for unanswered incoming calls, those that ended in the IVR too; coins on unanswered = agent side + customer side + side unknown + incoming', 'neutral'),
    ('coins_per_answered', 'Coins per answered', 'coins per call', 'coins', 'coins / answered', 'neutral'),
    ('coins_per_talk_minute', 'Coins per talk minute', 'coins per minute', 'coins', 'coins / (talk time in minutes)', 'lower'),
    ('missed_episodes', 'Callbacks due', 'episodes', 'count', 'missed calls by customer, from the first until the customer was recovered or the recovery window, counted from the last one, was over; an episode belongs to the call that opened it; masked numbers are not counted', 'lower'),
    ('open_episodes', 'Still open', 'episodes', 'count', 'callbacks due that were not made yet and whose recovery window, counted from the last missed call, is not over', 'neutral'),
    ('recovered_by_callback', 'Called back', 'episodes', 'count', 'callbacks due whose customer was then reached by an outgoing call within the recovery window', 'higher'),
    ('recovered_by_return', 'Called again', 'episodes', 'count', 'callbacks due whose customer then called again and was answered within the recovery window', 'neutral'),
    ('unrecovered', 'Not called back', 'episodes', 'count', 'callbacks due whose customer was neither called back nor answered until the recovery window was over', 'lower'),
    ('recovery_rate', 'Recovery rate', 'fraction', 'rate', '(called back + called again) / (callbacks due − still open)', 'higher'),
    ('median_minutes_to_recover', 'Minutes to recover', 'minutes', 'decimal', 'median minutes from the first missed call to the recovery', 'lower'),
    ('missed_customers', 'Missed callers', 'customers', 'count', 'distinct customers with a missed call; masked numbers are not counted', 'lower'),
    ('callers_lost', 'Callers still waiting', 'customers', 'count', 'customers with a missed call and no conversation after it, in any group or direction, up to the newest data; masked numbers are not counted', 'lower'),
    ('peak_concurrent', 'Peak concurrency', 'calls', 'count', 'most calls at one moment of the period; a call is there from its start until just before its end, and by day and hour in those in which it runs', 'neutral'),
    ('rang', 'Calls offered to agent', 'calls', 'count', 'calls that rang the agent''s phone, by the report or by live events', 'neutral'),
    ('agent_answer_rate', 'Picked up', 'fraction', 'rate', 'calls the agent picked up (incoming: answered by them, outgoing: leg A picked) / calls offered to the agent', 'higher'),
    ('busy_seconds', 'Busy', 'seconds', 'duration', 'time in which the agent''s phone rang or was talked on, overlaps once, summed over days', 'neutral'),
    ('busy_share', 'Busy share', 'fraction', 'rate', 'busy / (from the first to the last such moment of each of the agent''s days); not occupancy, since there is no login data', 'neutral'),
    ('unique_customers', 'Customers', 'customers', 'count', 'distinct customer numbers by their last ten digits; masked numbers are not counted', 'neutral'),
    ('repeat_customers', 'Repeat customers', 'customers', 'count', 'customers with two or more incoming calls', 'neutral')
) as catalog (name, label, unit, format, formula, good);
