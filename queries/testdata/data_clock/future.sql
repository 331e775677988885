-- The collector's clock was three days ahead for c2, whose end shows 12:29:55. The vendor's was ahead for c3, received at 13:00:00;
-- c4 has no time of the vendor. So the data time is 13:00:00. Nothing was received in the first hours of the 6th.
select
    strftime(timezone('Asia/Kolkata', data_time), '%Y-%m-%d %H:%M:%S') as data_time,
    arrived,
    (select arrived from data_clock_of('2026-10-05 12:30:00+05:30', '2026-10-05 14:00:00+05:30')) as on_the_5th
from data_clock_of('2026-10-06 00:00:00+05:30', '2026-10-06 08:00:00+05:30');
