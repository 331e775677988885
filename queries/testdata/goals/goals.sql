-- The goal for all calls is before those of groups, then numbers.
select metric, call_group, virtual_number, goal from goals();
