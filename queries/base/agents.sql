-- Who an agent is: the phone of a call's agent, and the name it goes by.

-- The text of the agent's number, as sent: on outgoing calls the vendor calls the agent first, unless the source has it the other way.
create or replace macro agent_number_text(p_source, p_direction, p_source_number, p_dial_whom_number) as
    case when p_direction = 'outgoing'
          and not coalesce(list_contains((select list(source order by source) from sources where outgoing_caller <> 'agent'), p_source), false)
         then p_source_number else p_dial_whom_number end;

-- A name with single spaces, in place of tabs, line ends and no-break spaces too.
create or replace macro single_spaced(p_name) as
    case when contains(p_name, '  ') or contains(p_name, chr(9)) or contains(p_name, chr(10)) or strlen(p_name) <> length(p_name)
         then regexp_replace(p_name, '[\s\pZ]+', ' ', 'g') else p_name end;

-- Any rows with the phone, number and reported name of an agent, with the name that counts, as merged_calls() begins: the reported one; else that of the
-- configuration for the day; else that of the directory of the source's vendor; else that of the last report of the source before the call that names the phone's agent, else of the first after it.
-- A phone's names that differ only in case are one. agent is the name, else the number as first seen.
create or replace macro with_agents(p_rows) as table
select
    rows.* replace (
        coalesce(spelled.shown, reported_agent_name, configured.agent_name, listed.agent_name, learned.agent_name) as agent_name,
        coalesce(spelled.shown, reported_agent_name, configured.agent_name, listed.agent_name, learned.agent_name, numbered.shown,
                 case when rows.agent_key is not null then rows.agent_number end) as agent)
from query_table(p_rows) as rows
left join (from agent_directory where source is null) as configured
    on configured.agent_key = rows.agent_key
    and rows.local_day between coalesce(configured.valid_from, '-infinity') and coalesce(configured.valid_to, 'infinity')
left join (from agent_directory where source is not null) as listed
    on listed.source = rows.source and listed.agent_key = rows.agent_key
    and rows.local_day between coalesce(listed.valid_from, '-infinity') and coalesce(listed.valid_to, 'infinity')
asof left join agent_names as learned
    on learned.source = rows.source and learned.agent_key = rows.agent_key and learned.since <= rows.started_at
left join agent_spellings as spelled
    on spelled.agent_key = rows.agent_key
    and spelled.name_key = lower(coalesce(reported_agent_name, configured.agent_name, listed.agent_name, learned.agent_name))
left join agent_spellings as numbered on numbered.agent_key = rows.agent_key and numbered.name_key = '';
