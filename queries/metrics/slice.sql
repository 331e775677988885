-- Those of a table of calls that are of a period and pass the filters: the one place that says what --from, --group … mean.
-- Both days are included; a filter that is NULL lets everything pass.
create or replace macro slice_calls(p_calls, p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                    p_direction := null, p_campaign := null, p_source := null) as table
from query_table(p_calls)
where local_day between p_from::date and p_to::date
  and (p_group is null or call_group = p_group)
  and (p_agent is null or agent = p_agent)
  and (p_number is null or virtual_number = p_number)
  and (p_direction is null or direction = p_direction)
  and (p_campaign is null or campaign_id = p_campaign)
  and (p_source is null or source = p_source);

create or replace macro period_calls(p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                     p_direction := null, p_campaign := null, p_source := null) as table
from slice_calls(calls, p_from, p_to, p_group, p_agent, p_number, p_direction, p_campaign, p_source);
