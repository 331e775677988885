-- Of a missed and an answered call in one second neither is later, so the second caller waits too: everywhere 2.
select
    (select callers_lost from total('2026-10-05', '2026-10-05')) as callers_lost,
    (select count(*) from to_call_back('2026-10-05', '2026-10-05')) as to_call_back,
    (select concern from findings('2026-10-05', '2026-10-05') where kind = 'waiting') as waiting;
