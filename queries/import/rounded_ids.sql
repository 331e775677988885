-- Whether a spreadsheet has rounded the CallSids of an import, and how that shows; no row if it has not. It keeps 15 digits: an id such as
-- 1791175502.9604120 becomes 1791175502.96041, which two calls share and no webhook has, and of a whole number the digits behind the
-- fifteenth become zeros. Saved as text, it can be as short as it was shown: 1791175503. A program that reads ids as numbers drops the
-- zeros at their end.
with ids as (
    select call_sid, split_part(call_sid, '.', 2) as counter, length(replace(call_sid, '.', '')) as digits, count(*) as versions
    from call_versions
    where regexp_full_match(call_sid, '\d{10}\.\d+')
    group by call_sid
),
-- A server that counts both legs of its calls may have ids with odd ends only, so all digits but 0 must be seen.
column_of_ids as (
    select
        max(digits) as longest, count(*) as ids, count(distinct counter) as counters,
        count(distinct right(call_sid, 1)) = 9 and not bool_or(suffix(call_sid, '0')) as lacks_zero
    from ids
),
-- A call has one customer, however many agents took part in it. Without a direction it is not known which number is the customer's.
shared as (
    select call_sid
    from (
        select
            call_sid, direction, number_key(source_number) as caller, number_key(dial_whom_number) as dialled,
            case when direction = 'incoming' or outgoing_caller <> 'agent' then caller else dialled end as customer
        from call_versions semi join (from ids where versions > 1) using (call_sid) left join sources using (source)
    )
    group by call_sid, direction
    having count(distinct customer) > 1 and (direction <> 'unknown' or count(distinct caller) > 1)
),
long_ids as (
    select min(call_sid) as example
    from (select distinct call_sid from call_versions where regexp_full_match(call_sid, '\d{16,}'))
    having bool_and(regexp_full_match(call_sid, '\d{15}0+')) and sum(length(call_sid) - 15) >= 2
),
seconds as (
    select min(call_sid) as example
    from calls
    where regexp_full_match(call_sid, '\d{10}') and abs(try_cast(call_sid as bigint) - epoch(started_at)) <= 2
),
signs as (
    select 1 as rank, format('{} is the id of calls of different people', (select min(call_sid) from shared)) as sign from column_of_ids where longest <= 15
    union all
    select 2, format('{} ids have only {} different {} after the dot', ids, counters, case counters when 1 then 'counter' else 'counters' end)
    from column_of_ids where longest = 15 and ids >= 2 and counters * 2 <= ids
    union all
    select 3, format('none of {} ids {}ends in 0', ids, case longest when 15 then 'is longer than 15 digits or ' else '' end)
    from column_of_ids where (longest = 15 and ids >= 50 or ids >= 100) and lacks_zero
    union all
    select 4, format('all ids of more than 15 digits have only zeros behind them, such as {}', example) from long_ids
    union all
    select 5, format('{} is the second in which its call started, without the number behind the dot', example) from seconds
)
select sign from signs where sign is not null order by rank limit 1;
