-- The values that a filter can have, by the calls and the configuration; is_given is that of $value. Virtual numbers are compared by their
-- last ten digits.
select distinct value, coalesce(value = $value or $filter = 'number' and is_same_number(value, $value), false) as is_given
from (
    select case $filter when 'group' then call_group when 'agent' then agent when 'number' then virtual_number
                                 when 'campaign' then campaign_id when 'source' then source end as value
    from calls
    union
    select agent from shared_call_legs where $filter = 'agent' and is_reported
    union
    select agent_name from agent_directory where $filter = 'agent'
    union
    select case $filter when 'group' then call_group when 'number' then virtual_number end from number_groups
    union
    select source from sources where $filter = 'source'
)
where value is not null
order by value;
