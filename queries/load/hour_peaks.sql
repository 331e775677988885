-- Keeps the peaks of the hours in which renewed calls run: those of the days that name_agents.sql renews and, as a call is in progress for
-- 24 hours at most, of the day after. Calls of other days change if their virtual number is spelled otherwise.
create or replace temp table peak_days as
with days as (
    from renewed_days
    union all
    select local_day
    from virtual_number_days
    where virtual_number in (select virtual_number from respelled_numbers where has_changed)
)
select local_day from days union select local_day + 1 from days;

create or replace temp table running_pieces as
with running as (
    select
        started_at, least(ended_at, started_at + interval 24 hour) as ended_at, local_day, local_hour, weekday, call_group, virtual_number
    from calls
    where local_day in (select local_day from peak_days union all select local_day - 1 from peak_days) and ended_at is not null
)
from hour_pieces(running) where local_day in (from peak_days);

delete from hour_peaks where local_day in (from peak_days);
insert into hour_peaks by name
select 'calls' as peaks_of, * from peaks_of_pieces(['local_day', 'local_hour'], running_pieces)
union all by name
select 'group' as peaks_of, * from peaks_of_pieces(['local_day', 'local_hour', 'call_group'], running_pieces)
union all by name
select 'number' as peaks_of, * from peaks_of_pieces(['local_day', 'local_hour', 'virtual_number'], running_pieces);
drop table running_pieces;
