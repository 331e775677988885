-- The words with which workbooks show the codes of a column. Queries return the codes.
create or replace table code_catalog (name, code, words) as
with codes (name, code, words) as (values
    ('outcome', 'no_answer', 'no answer'),
    ('outcome', 'agent_engaged', 'agent on another call'),
    ('outcome', 'agent_ringing', 'agent ringing for another call'),
    ('outcome', 'ivr_only', 'ended in the IVR'),
    ('recovery', 'callback', 'called back'),
    ('recovery', 'return', 'called again'),
    ('recovery', 'unrecovered', 'not called back'),
    ('recovery', 'open', 'still open'),
    ('waiting_since', 'today', 'Today'),
    ('waiting_since', 'yesterday', 'Yesterday'),
    ('waiting_since', 'older', 'Older'),
    ('flag', 'talk_over_call', 'talk longer than the call'),
    ('flag', 'end_before_start', 'ends before it starts'),
    ('flag', 'legs_out_of_order', 'legs out of order'),
    ('flag', 'answered_without_talk', 'answered with zero talk time'),
    ('flag', 'talk_without_answer', 'talk without an answer'),
    ('flag', 'clock_mismatch', 'clocks differ'),
    ('flag', 'derived_talk', 'talk time derived'),
    ('flag', 'unknown_talk', 'talk time unknown'),
    ('flag', 'unknown_duration', 'duration unknown'),
    ('flag', 'derived_duration', 'duration derived'),
    ('flag', 'derived_start', 'start derived'),
    ('flag', 'derived_end', 'end derived'),
    ('flag', 'derived_wait', 'wait derived'),
    ('flag', 'conflicting_versions', 'reports differ'),
    ('flag', 'no_status', 'no status'),
    ('flag', 'unknown_status', 'unrecognised status'),
    ('flag', 'conflicting_values', 'field sent twice'),
    ('flag', 'unknown_direction', 'direction unknown'),
    ('flag', 'derived_direction', 'direction derived'),
    ('flag', 'duration_mismatch', 'duration and times differ'),
    ('flag', 'dropped_fraction', 'fraction of a second dropped'),
    ('flag', 'unreadable_number', 'unreadable number'),
    ('flag', 'unreadable_value', 'unreadable value'),
    ('flag', 'unreadable_time', 'unreadable time')
)
from codes
union all
select 'flags', code, words from codes where name = 'flag';
