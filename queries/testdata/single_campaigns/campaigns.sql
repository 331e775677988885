-- 9995 has two calls. click-1, click-2 and click-3 have one each, as click-to-call has, and are one row: 2 of 3 connected, talk 50 + 10, coins
-- 1 + 3 + 1. s6 has no campaign, and s7 is incoming. Each of them, or one that is asked for, has its own row.
select 'together' as listed, campaign_id, calls, connected, talk_seconds, coins from campaigns('2026-10-05', '2026-10-05')
union all
select 'each', campaign_id, calls, connected, talk_seconds, coins from campaigns('2026-10-05', '2026-10-05', p_each := true)
union all
select 'one', campaign_id, calls, connected, talk_seconds, coins from campaigns('2026-10-05', '2026-10-05', p_campaign := 'click-2')
order by all;
