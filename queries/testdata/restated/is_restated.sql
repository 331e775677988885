-- r4 has changed by 09:04 of the next day, and r3 was first received at 12:00; after that there is nothing.
select
    (select is_restated from is_restated('2026-10-05', '2026-10-05', p_since := '2026-10-06 09:03:30+05:30')) as before_the_last,
    (select is_restated from is_restated('2026-10-05', '2026-10-05', p_since := '2026-10-07 00:00:00+05:30')) as after_it;
