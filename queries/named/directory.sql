-- The agents, groups and virtual numbers, with where each comes from: the configuration (config), the directory of a source's vendor
-- (vendor:main), or, if neither has it, the reports of calls (calls:main). valid_from is empty for ever before, valid_to for ever after.
-- state says whether calls without a name or group of their own get it.
select kind, name, number, call_group, origin, state, valid_from, valid_to, fetched_at, entry_id
from directory_listing()
order by kind, lower(name), name, number, call_group, origin, valid_from, valid_to, entry_id, state, fetched_at;
