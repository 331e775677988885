-- Whether a spreadsheet has rounded the CallSids of an import to 15 digits, and how that shows; no row if it has not. An id such as
-- 1791175502.9604120 becomes 1791175502.96041, which two calls share and no webhook has. It shows in an id
-- that stands for calls of different people; and, where no id is longer than 15 digits, in counters after the dot that come again, and
-- in many ids none of which ends in 0.
with reports as (
    select source, call_sid, source_number, dial_whom_number, length(replace(call_sid, '.', '')) as digits
    from call_versions
),
fractional as (from reports where regexp_full_match(call_sid, '\d{10}\.\d+')),
column_of_ids as (
    select max(digits) as longest, count(distinct call_sid) as ids, count(distinct split_part(call_sid, '.', 2)) as counters,
        bool_or(suffix(call_sid, '0')) as has_zero
    from fractional
    having max(digits) <= 15
),
shared as (
    select call_sid
    from fractional
    group by source, call_sid
    having count(distinct source_number) > 1 and count(distinct dial_whom_number) > 1
),
signs as (
    select 1 as rank, format('{} is the id of calls of different people', (select min(call_sid) from shared)) as sign from column_of_ids
    union all
    select 2, format('{} ids have only {} different counters after the dot', ids, counters)
    from column_of_ids where longest = 15 and ids >= 10 and counters * 2 <= ids
    union all
    select 3, format('none of {} ids is longer than 15 digits or ends in 0', ids)
    from column_of_ids where longest = 15 and ids >= 50 and not has_zero
)
select sign from signs where sign is not null order by rank limit 1;
