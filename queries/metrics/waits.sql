-- The band of a wait in seconds, as a number from 1; 6 if it is unknown.
create or replace macro wait_band_of(p_seconds) as
    case when p_seconds <= 10 then 1 when p_seconds <= 20 then 2 when p_seconds <= 30 then 3 when p_seconds <= 60 then 4
         when p_seconds > 60 then 5 else 6 end;

-- How long callers waited, over any set of calls: a row per band, those without calls too; none if no call was answered or abandoned.
-- answered_in and abandoned are as in kpi(). answered_within and abandoned_within are the shares of the calls with a known wait up to
-- the end of the band.
create or replace macro waits_of(p_rows) as table
with
bands (band, wait_band) as (values
    (1, 'up to 10 s'), (2, '11 to 20 s'), (3, '21 to 30 s'), (4, '31 to 60 s'), (5, 'over 60 s'), (6, 'unknown')),
waits as (
    select wait_band_of(wait_seconds) as band, answered
    from query_table(p_rows)
    where direction = 'incoming' and outcome <> 'ivr_only' and (answered or outcome in ('abandoned', 'cancelled'))
),
counts as (
    select band, wait_band, count(*) filter (where answered) as answered_in, count(*) filter (where not answered) as abandoned
    from bands left join waits using (band)
    where exists (from waits)
    group by all
)
select
    wait_band,
    answered_in,
    case when band < 6 then sum(answered_in) over upto / nullif(sum(answered_in) filter (where band < 6) over (), 0) end as answered_within,
    abandoned,
    case when band < 6 then sum(abandoned) over upto / nullif(sum(abandoned) filter (where band < 6) over (), 0) end as abandoned_within,
    band
from counts
window upto as (order by band);
