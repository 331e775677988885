-- Whether a spreadsheet has rounded the CallSids of an import to 15 digits, and how that shows; no row if it has not. An id such as
-- 1791175502.9604120 becomes 1791175502.96041, which two calls share and no webhook has. It shows in an id in scientific notation, in an id
-- that stands for calls of different people, in longer ids that the database has of the same second, and in many ids none of which is
-- longer than 15 digits or ends in 0.
with reports as (
    select source, call_sid, source_number, dial_whom_number, length(replace(call_sid, '.', '')) as digits
    from call_versions
),
fractional as (from reports where regexp_full_match(call_sid, '\d{10}\.\d+')),
longest as (select max(digits) as digits, count(distinct call_sid) as ids, bool_or(suffix(call_sid, '0')) as has_zero from fractional),
shared as (
    select call_sid
    from fractional
    group by source, call_sid
    having count(distinct source_number) > 1 and count(distinct dial_whom_number) > 1
),
signs as (
    select 1 as rank, format('{} is in scientific notation', min(call_sid)) as sign
    from reports where regexp_full_match(call_sid, '\d(\.\d+)?[eE]\+?\d+')
    union all
    select 2, format('{} is the id of calls of different people', min(call_sid)) from shared, longest where digits <= 15
    union all
    select 3, format('none of {} ids is longer than 15 digits or ends in 0', ids) from longest where digits = 15 and ids >= 100 and not has_zero
)
select sign from signs where sign is not null order by rank limit 1;
