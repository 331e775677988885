-- The newest balance of each account, with the days of which the use of coins is known: the last 28 before it was fetched, as far as there
-- is data. The day of the first delivery may have begun in the middle, so it is left out.
create or replace macro newest_balances(p_source) as table
select
    source, balance, fetched_at, timezone(timezone, fetched_at)::date as fetched_on,
    least(fetched_on, timezone(timezone, through)::date, period_to + 1) as known_before,
    case when first_at is not null then greatest(known_before - 28, timezone(timezone, first_at)::date + 1, period_from) end as known_from
from (
    select source, arg_max(balance, (fetched_at, balance)) as balance, max(fetched_at) as fetched_at
    from balances
    where p_source is null or source = p_source
    group by source
)
left join first_deliveries() using (source)
cross join (select timezone, complete_through() as through, period_from, period_to from settings);

-- Coins that an account uses on a weekday: on the last one, and on average of the last four, as far as there is data.
create or replace macro balance_weekdays_of(p_source) as table
with
days as (
    select source, known_before, unnest(generate_series(known_from::timestamp, known_before - interval 1 day, interval 1 day))::date as day
    from newest_balances(p_source)
    where known_from < known_before
),
-- A day whose coins are all unknown is unknown; one without calls used none.
used as (
    select days.*, case when count(local_day) = 0 then 0 else sum(coins) end::double as coins
    from days left join calls on calls.source = days.source and local_day = day and local_day >= (select min(day) from days)
    group by all
)
select
    source, isodow(day)::tinyint as weekday,
    sum(coins) filter (where day >= known_before - 7) as coins_last_7_days,
    avg(coins) as coins_average_28_days,
    count(coins) as days
from used
group by source, weekday;

-- The newest balance of each account, its use on an average day of the last 7 and 28, and the day on which it runs out if each weekday
-- goes on using what it did on average of the last 28 days. That needs every weekday once; a day ten years ahead is not said. days_left counts from p_now, or from the fetch.
create or replace macro balances_of(p_source, p_now) as table
with
newest as materialized (from newest_balances(p_source)),
weekdays as materialized (from balance_weekdays_of(p_source)),
averages as (
    select
        source,
        case when count(coins_last_7_days) = 7 then sum(coins_last_7_days) / 7 end as coins_per_day_7,
        sum(coins_average_28_days * days) / sum(days) as coins_per_day_28,
        case when count(coins_average_28_days) = 7 then sum(coins_average_28_days) end as week
    from weekdays
    group by source
),
used_today as (
    select source, sum(coins)::double as coins
    from newest join calls using (source)
    where local_day = fetched_on and started_at < fetched_at
    group by source
),
-- What is left at the end of the day of the fetch, in whole weeks and the rest.
tonight as (
    select
        newest.*, coins_per_day_7, coins_per_day_28, week,
        round(balance - greatest(coins_average_28_days - coalesce(used_today.coins, 0), 0), 4) as left_tonight,
        greatest(ceil(left_tonight / nullif(week, 0)) - 1, 0)::bigint as whole_weeks
    from newest
    left join averages using (source)
    left join used_today using (source)
    left join weekdays on weekdays.source = newest.source and weekday = isodow(fetched_on)
),
walked as (
    select source, day, sum(coins_average_28_days) over (partition by source order by day) as used
    from (
        select source, unnest(generate_series(fetched_on + interval 1 day, fetched_on + interval 7 day, interval 1 day))::date as day
        from tonight
    ) join weekdays using (source)
    where weekday = isodow(day)
),
last_days as (
    select source, min(day) as last_day
    from walked join tonight using (source)
    where round(used, 4) >= round(left_tonight - whole_weeks * week, 4)
    group by source
)
select
    source, balance::double as balance, fetched_at, coins_per_day_7, coins_per_day_28,
    case when balance <= 0 or left_tonight <= 0 then fetched_on
         when whole_weeks < 520 then (last_day + to_days((7 * whole_weeks)::integer))::date end as runs_out_on,
    case when runs_out_on is not null
        then greatest(runs_out_on - coalesce(timezone((select timezone from settings), p_now::timestamptz)::date, fetched_on), 0)::bigint end as days_left
from tonight left join last_days using (source);

-- The coins of all weekdays, and how long the balances last in words.
create or replace macro balance_total_of(p_source) as table
select
    (select sum(coins_last_7_days) from balance_weekdays_of(p_source)) as coins_last_7_days,
    (select sum(coins_average_28_days) from balance_weekdays_of(p_source)) as coins_average_28_days,
    string_agg(
        case when accounts > 1 then source || ': ' else '' end || coins_in_words(balance) || ' left on '
        || strftime(timezone(timezone, fetched_at), '%A %-d %B at %H:%M')
        || case when balance <= 0 then '' when runs_out_on is not null then ', enough until ' || strftime(runs_out_on, '%A %-d %B')
                else '; how long it lasts is not known' end,
        '; ' order by source) || '.' as note
from (select *, count(*) over () as accounts from balances_of(p_source, null)), settings;
