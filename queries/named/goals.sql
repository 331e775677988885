-- The configured goals, and which group or virtual number each is for; without either, for all calls.
select metric, call_group, virtual_number, goal
from goals join metric_catalog on name = metric
where ($group is null or call_group is null or call_group = $group)
  and ($number is null or virtual_number is null or is_same_number(virtual_number, $number))
order by metric_catalog.rowid, virtual_number is not null, call_group is not null, call_group, virtual_number;
