-- Replaces the calls of lists by those of the new ones.
delete from vendor_calls where (source, day) in (select (source, day) from new_lists);
delete from vendor_lists where (source, day) in (select (source, day) from new_lists);

insert into vendor_lists by name
select
    source, day, fetched_at, list, rows, disk_bytes, modified_at,
    (select count(*) from staged where staged.file = new_lists.file and (reason is not null or kind <> 'call_report')) as unreadable,
    getvariable('loader') as loader
from new_lists;

insert into vendor_calls by name
select
    source, day, fetched_at, direction, call_sid, call_key, content_hash, started_at, ended_at, status, outcome, answered, call_seconds,
    talk_seconds, virtual_number, customer_number, customer_key, agent_number, agent_key, agent_name, call_group, group_basis, coins, circle,
    ivr_key, list_rows, flags, recording_url, failed_leg, leg_a_reported, leg_a_picked_at, charged_coins, list_phones, lines
from listed_calls;
