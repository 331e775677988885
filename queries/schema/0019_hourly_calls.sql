-- How many calls began in each hour of the day, so that hours without any are found without reading all calls.
alter table delivery_days add column hourly_calls map(tinyint, ubigint);

update delivery_days set hourly_calls = counted.hourly_calls
from (select source, local_day, histogram(local_hour) as hourly_calls from calls group by source, local_day) as counted
where delivery_days.source = counted.source and delivery_days.local_day = counted.local_day;
