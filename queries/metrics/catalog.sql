-- What every metric is, in words: the Notes sheet and the query help are made from it.
-- unit: calls, episodes, seconds, minutes, coins, customers, fraction or a ratio of these.
-- format: count, decimal, rate, duration, short_duration or coins; good: higher, lower or neutral.
create or replace table metric_catalog (name, label, unit, format, formula, good) as
select name, label, unit, format, formula, good
from (values
    ('calls', 'Calls', 'calls', 'count', 'number of calls, one per call however often it was delivered', 'neutral'),
    ('incoming', 'Incoming', 'calls', 'count', 'calls with direction incoming', 'neutral'),
    ('outgoing', 'Outgoing', 'calls', 'count', 'calls with direction outgoing', 'neutral'),
    ('ivr_only', 'IVR only', 'calls', 'count', 'incoming calls that reached the IVR and were never forwarded to an agent', 'neutral'),
    ('offered', 'Offered', 'calls', 'count', 'incoming − IVR only', 'neutral'),
    ('answered', 'Answered', 'calls', 'count', 'answered calls of both directions', 'higher'),
    ('answered_in', 'Answered incoming', 'calls', 'count', 'incoming calls answered', 'higher'),
    ('missed', 'Missed', 'calls', 'count', 'offered − answered incoming', 'lower'),
    ('answer_rate', 'Answer rate', 'fraction', 'rate', 'answered incoming / offered', 'higher'),
    ('abandoned', 'Abandoned', 'calls', 'count', 'missed calls with outcome abandoned or cancelled', 'lower'),
    ('short_abandoned', 'Short abandoned', 'calls', 'count', 'abandoned calls shorter than the short-abandon limit', 'neutral'),
    ('abandon_rate', 'Abandon rate', 'fraction', 'rate', 'abandoned / offered', 'lower'),
    ('service_level', 'Service level', 'fraction', 'rate', 'incoming calls answered within the target wait / (offered − short abandoned)', 'higher'),
    ('avg_wait_seconds', 'Average wait', 'seconds', 'short_duration', 'mean of start to answer over answered incoming calls; an upper bound, the vendor gives no queue-entry time', 'lower'),
    ('p90_wait_seconds', '90 % waited at most', 'seconds', 'short_duration', '90th percentile of start to answer over answered incoming calls', 'lower'),
    ('connected', 'Connected', 'calls', 'count', 'outgoing calls answered', 'higher'),
    ('connect_rate', 'Connect rate', 'fraction', 'rate', 'connected / outgoing', 'higher'),
    ('agent_no_show', 'Agent no-show', 'calls', 'count', 'outgoing calls whose agent leg was never picked up', 'lower'),
    ('agent_no_show_rate', 'Agent no-show rate', 'fraction', 'rate', 'agent no-show / outgoing', 'lower'),
    ('customer_no_answer', 'Customer no answer', 'calls', 'count', 'outgoing calls the agent picked up and that were not connected', 'neutral'),
    ('talk_seconds', 'Talk time', 'seconds', 'duration', 'sum of talk time over answered calls', 'neutral'),
    ('avg_talk_seconds', 'Average talk', 'seconds', 'short_duration', 'mean talk time over answered calls', 'neutral'),
    ('median_talk_seconds', 'Median talk', 'seconds', 'short_duration', 'median talk time over answered calls', 'neutral'),
    ('p90_talk_seconds', '90 % talked at most', 'seconds', 'short_duration', '90th percentile of talk time over answered calls', 'neutral'),
    ('longest_talk_seconds', 'Longest talk', 'seconds', 'duration', 'longest talk time of an answered call', 'neutral'),
    ('call_seconds', 'Line time', 'seconds', 'duration', 'sum of call duration, from start to end of every call', 'neutral'),
    ('coins', 'Coins', 'coins', 'coins', 'sum of coins charged', 'lower'),
    ('coins_unanswered', 'Coins on unanswered', 'coins', 'coins', 'sum of coins charged for calls that were not answered', 'lower'),
    ('coins_per_answered', 'Coins per answered', 'coins per call', 'coins', 'coins / answered', 'lower'),
    ('coins_per_talk_minute', 'Coins per talk minute', 'coins per minute', 'coins', 'coins / (talk time in minutes)', 'lower'),
    ('missed_episodes', 'Missed callers', 'episodes', 'count', 'missed calls by customer, from the first until it was recovered or the recovery window was over; masked numbers are not counted', 'lower'),
    ('recovered_by_callback', 'Called back', 'episodes', 'count', 'missed callers who were then reached by an outgoing call within the recovery window', 'higher'),
    ('recovered_by_return', 'Called again', 'episodes', 'count', 'missed callers who then called again and were answered within the recovery window', 'neutral'),
    ('unrecovered', 'Not called back', 'episodes', 'count', 'missed callers who were neither called back nor answered within the recovery window', 'lower'),
    ('recovery_rate', 'Recovery rate', 'fraction', 'rate', '(called back + called again) / missed callers', 'higher'),
    ('median_minutes_to_recover', 'Minutes to recover', 'minutes', 'decimal', 'median minutes from the first missed call to the recovery', 'lower'),
    ('unique_customers', 'Customers', 'customers', 'count', 'distinct customer numbers by their last ten digits; masked numbers are not counted', 'neutral')
) as catalog (name, label, unit, format, formula, good);
