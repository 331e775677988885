-- Whether a load keeps the peaks of the calls that pass the filters of a period, per combination of dimension columns, in hour_peaks: those of
-- all calls, of each group or of each virtual number, by any times.
create or replace macro keeps_peaks(p_dims, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours) as
    coalesce(p_agent, p_direction, p_campaign, p_source, p_hours) is null
    and not ((p_group is not null or list_contains(p_dims, 'call_group'))
             and (p_number is not null or list_contains(p_dims, 'virtual_number')));

create or replace macro kept_peaks(p_dims, p_group, p_number) as table
select *, isodow(local_day)::tinyint as weekday, 'all calls' as everything
from hour_peaks
where peaks_of = case when p_group is not null or list_contains(p_dims, 'call_group') then 'group'
                      when p_number is not null or list_contains(p_dims, 'virtual_number') then 'number'
                      else 'calls' end
  and (p_group is null or call_group = p_group)
  and (p_number is null or is_same_number(virtual_number, p_number));

-- The peaks of the calls that pass the filters while they are in progress in a period, as those of running_calls().
create or replace macro period_peaks(p_dims, p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                     p_direction := null, p_campaign := null, p_source := null, p_hours := null) as table
with running as (
    from running_calls(p_from, p_to, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours)
    where not keeps_peaks(p_dims, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours)
)
select columns(p_dims), max(peak_concurrent) as peak_concurrent
from kept_peaks(p_dims, p_group, p_number)
where local_day between p_from::date and p_to::date
  and keeps_peaks(p_dims, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours)
group by all
union all by name
from peak_concurrency(p_dims, running);

-- The same of stretches that have data. Of one that ends within a day, the peaks of that day are not kept.
create or replace macro stretch_peaks(p_rows, p_stretches, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours) as table
with
measured as (
    select *, keeps_peaks(['stretch'], p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours) as is_kept
    from query_table(p_stretches)
    where has_data or stretch = 0
),
whole_days as (
    select stretch, unnest(generate_series(first_day, (last_moment - interval 1 day)::date, interval 1 day))::date as local_day
    from measured
    where is_kept
),
rest as (
    select stretch, has_data, last_day, last_moment::date as first_day, ends_at,
           timezone((select timezone from settings), date_trunc('day', last_moment)) as begins_at
    from measured
    where is_kept and date_trunc('day', last_moment) < last_moment
    union all by name
    select stretch, has_data, first_day, last_day, begins_at, ends_at from measured where not is_kept
),
running as (from running_in_stretches(p_rows, rest)),
peaks as (
    select stretch, peak_concurrent from kept_peaks(['stretch'], p_group, p_number) join whole_days using (local_day)
    union all
    from peak_concurrency(['stretch'], running)
)
select stretch, max(peak_concurrent) as peak_concurrent
from peaks
group by stretch;
