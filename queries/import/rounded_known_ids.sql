-- Whether the CallSids of an import are shorter than those that the database has of the same source, as after rounding to 15 digits;
-- no row if they are not. Ids of fewer digits are those of a server that has begun to count again.
with imported as (
    select source
    from call_versions
    where regexp_full_match(call_sid, '\d{10}\.\d+')
    group by source
    having max(length(replace(call_sid, '.', ''))) = 15
),
stored as (
    select source, min(call_sid) as example
    from known.calls
    where regexp_full_match(call_sid, '\d{10}\.\d+')
    group by source
    having quantile_disc(length(replace(call_sid, '.', '')), 0.1) > 15
)
select format('no id is longer than 15 digits, but in the database they are, such as {}', min(example)) as sign
from imported join stored using (source)
having count(*) > 0;
