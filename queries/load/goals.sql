-- Puts the goals into the settings.
update settings set goals = (
    select map(list(scope order by scope), list(goals order by scope))
    from (
        select
            coalesce('number ' || number_id(virtual_number), 'group ' || trimmed(call_group), 'all') as scope,
            map(list(metric order by metric), list(goal order by metric)) as goals
        from goals
        group by scope
    )
);
