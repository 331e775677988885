-- Learns the spellings of virtual numbers from the reports of all calls, by the days that name_agents.sql renews.
delete from virtual_number_days where local_day in (select local_day from renewed_days);
insert into virtual_number_days
select reported_virtual_number, local_day, min(started_at)
from calls semi join renewed_days using (local_day)
where reported_virtual_number is not null
group by reported_virtual_number, local_day;

create or replace temp table new_number_spellings as
with
spellings as (
    select virtual_number, min(first_at) as first_at from virtual_number_days group by virtual_number
    union all
    select virtual_number, '-infinity' from number_groups where source is null -- the configured one comes first
),
keyed as (select *, phone_key(virtual_number) as phone from spellings),
shown as (select phone, arg_min(virtual_number, (first_at, virtual_number)) as shown from keyed group by phone)
select virtual_number, shown
from keyed join shown using (phone)
where virtual_number <> shown and first_at > '-infinity';

-- The numbers that are or were shown in another spelling, and whether that has changed.
create or replace temp table respelled_numbers as
select
    virtual_number, coalesce(new.shown, virtual_number) as shown, new.shown is distinct from old.shown as has_changed
from new_number_spellings as new full join virtual_number_spellings as old using (virtual_number);
