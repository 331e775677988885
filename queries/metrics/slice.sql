-- Whether a time of day is within a span, whose end is excluded. A span that ends before it begins goes over midnight.
create or replace macro is_between(p_time, p_opens, p_closes) as
    case when p_opens < p_closes then p_time >= p_opens and p_time < p_closes
         else p_time >= p_opens or p_time < p_closes end;

-- Whether a time of day is within some hours: 'business' or 'closed', by the settings, or a span of local time such as '09:00-13:30' or
-- '22:00-06:00'.
create or replace macro is_in_hours(p_time, p_in_business_hours, p_hours) as
    case p_hours
        when 'business' then p_in_business_hours
        when 'closed' then not p_in_business_hours
        else is_between(p_time, split_part(p_hours, '-', 1)::time, split_part(p_hours, '-', 2)::time)
    end;

-- Whether a call started within the hours of a filter, or within both of two: 'business and 09:00-13:30'.
create or replace macro is_within(p_started_at, p_in_business_hours, p_hours) as (
    select is_in_hours(started, p_in_business_hours, split_part(p_hours, ' and ', 1))
       and is_in_hours(started, p_in_business_hours, split_part(p_hours, ' and ', -1))
    from (select timezone(timezone, p_started_at)::time as started from settings));

-- The rows of a table of calls that are in a period and pass the filters; this is the definition of --from, --group and so on.
-- Both days are included. A filter that is NULL selects all calls; an agent has the calls in which a report names a leg of the agent.
--
-- The filters with subqueries are apart, and query_table() reads only those that are asked for: DuckDB would plan and run their joins
-- for each call even where a constant says that they do not matter.
create or replace macro slice_calls(p_calls, p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                    p_direction := null, p_campaign := null, p_source := null, p_hours := null) as table
with
found as (
    from query_table(p_calls)
    where local_day between p_from::date and p_to::date
      and (p_group is null or call_group = p_group)
      and (p_number is null or is_same_number(virtual_number, p_number))
      and (p_direction is null or direction = p_direction)
      and (p_campaign is null or campaign_id = p_campaign)
      and (p_source is null or source = p_source)
),
of_agent as (
    from found
    where agent = p_agent
       or (direction, call_key) in (select (direction, call_key) from shared_call_legs
                                    where local_day between p_from::date and p_to::date and is_reported and agent = p_agent)
),
within_hours as (
    from query_table(case when p_agent is null then 'found' else 'of_agent' end)
    where is_within(started_at, in_business_hours, p_hours)
)
from query_table(case when p_hours is not null then 'within_hours' when p_agent is not null then 'of_agent' else 'found' end);

-- The calls of a period that pass the filters.
create or replace macro period_calls(p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                     p_direction := null, p_campaign := null, p_source := null, p_hours := null) as table
from slice_calls(calls, p_from, p_to, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours);

-- The calls that pass the filters while they are in progress in a period, for peaks: each from the beginning of the period at the
-- earliest to its end at the latest. A call is in progress for 24 hours at most.
create or replace macro running_calls(p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                      p_direction := null, p_campaign := null, p_source := null, p_hours := null) as table
select * exclude (zone, begins_at, ends_at) replace (
    greatest(started_at, begins_at) as started_at,
    least(ended_at, ends_at, started_at + interval 24 hour) as ended_at,
    greatest(local_day, p_from::date) as local_day,
    case when local_day < p_from::date then hour(timezone(zone, begins_at))::tinyint else local_hour end as local_hour,
    case when local_day < p_from::date then isodow(p_from::date)::tinyint else weekday end as weekday)
from period_calls(p_from::date - 1, p_to, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours),
     (select timezone as zone, timezone(timezone, p_from::date::timestamp) as begins_at,
             timezone(timezone, (p_to::date + 1)::timestamp) as ends_at
      from settings)
where ended_at > begins_at;
