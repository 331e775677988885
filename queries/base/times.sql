-- How times are read. A time that is not certain is NULL: it is flagged, or its row is rejected, but never replaced by another.

-- A local time of a zone as a point in time, and the other way. India's clock is never changed, and most calls are there: adding its offset
-- takes a tenth of the time of a calendar.
create or replace macro time_in_zone(p_local, p_zone) as
    case when p_zone = 'Asia/Kolkata' then make_timestamptz(epoch_us(p_local) - 19800000000) else timezone(p_zone, p_local) end;

create or replace macro local_time(p_time, p_zone) as
    case when p_zone = 'Asia/Kolkata' then make_timestamp(epoch_us(p_time) + 19800000000) else timezone(p_zone, p_time) end;

-- The longest duration of a call and distance between its times. Greater values are ignored, and flagged.
create or replace macro longest_call_seconds() as 7 * 24 * 60 * 60;

-- Whether a time can belong to a call that started at p_started: no further from the start than a call can last.
create or replace macro within_call(p_started, p_time) as abs(epoch(p_time) - epoch(p_started)) <= longest_call_seconds();

-- The number of a month, from its English name or the first three letters.
create or replace macro month_number(p_name) as
    nullif(list_position(list_transform(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER',
        'NOVEMBER', 'DECEMBER'], lambda name: p_name in (name, name[1:3]) or name = 'SEPTEMBER' and p_name = 'SEPT'), true), 0);

-- The parts of a written time, empty where they are missing; all are empty if it has no known form. The forms are 2026-10-05 and
-- 2026/10/05, 05-10-2026, 05-Oct-2026 and Oct 5, 2026, each with a weekday before it or not, then the clock, with or without seconds,
-- fraction, AM or PM, and zone. A year has four digits, since 05-10-26 can be three days.
create or replace macro time_parts(p_text) as
    regexp_extract(upper(trimmed(p_text)),
        '^(?:(MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? )?'
        || '(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})'
        || '|(\d{1,2})[-/. ](\d{1,2}|[A-Z]{3,9})(?:[-/. ]|, ?)(\d{4})'
        || '|([A-Z]{3,9})[- ](\d{1,2})(?:, ?|[- ])(\d{4}))'
        || '(?:\s*[TN,]\s*|\s+)'
        || '(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d{1,9})?)?\s*(?:([AP])\.?M\.?)?\s*(Z|UTC|GMT|IST|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$',
        ['weekday', 'year', 'month', 'day', 'first', 'second', 'last_year', 'month_name', 'named_day', 'named_year',
         'hour', 'minute', 'seconds', 'fraction', 'half', 'zone']);

-- The month and day of the parts, as 10-05. p_date_order says which of two numbers is the day: dmy or mdy.
create or replace macro month_and_day(p_parts, p_date_order) as
    case when p_parts.year <> '' then concat(p_parts.month, '-', p_parts.day)
         when p_parts.month_name <> '' then concat(month_number(p_parts.month_name)::varchar, '-', p_parts.named_day)
         when p_parts.second >= 'A' then concat(month_number(p_parts.second)::varchar, '-', p_parts.first)
         when p_date_order = 'mdy' then concat(p_parts.first, '-', p_parts.second)
         else concat(p_parts.second, '-', p_parts.first) end;

-- The hour of the parts by the 24-hour clock; NULL for one that no 12-hour clock shows. Some write 00:15 AM.
create or replace macro hour_of_day(p_parts) as
    case p_parts.half
        when '' then p_parts.hour
        when 'A' then case when p_parts.hour::utinyint <= 12 then (p_parts.hour::utinyint % 12)::varchar end
        else case when p_parts.hour::utinyint between 1 and 12 then (p_parts.hour::utinyint % 12 + 12)::varchar end
    end;

-- The parts as 2026-10-05 15:45:02. A day that the month does not have fails in the cast of it.
create or replace macro clock_text(p_parts, p_date_order) as
    concat(p_parts.year, p_parts.last_year, p_parts.named_year, '-', month_and_day(p_parts, p_date_order), ' ', hour_of_day(p_parts), ':',
           p_parts.minute, ':', coalesce(nullif(p_parts.seconds, ''), '00'), replace(p_parts.fraction, ',', '.'));

-- A zone word or offset as an offset; NULL for none, where the source's zone counts. IST is India only in India: it is Israel's and
-- Ireland's too.
create or replace macro zone_offset(p_word, p_zone) as
    case when p_word in ('Z', 'UTC', 'GMT') then '+00:00'
         when p_word = 'IST' then case when p_zone in ('Asia/Kolkata', 'Asia/Calcutta') then '+05:30' else 'unknown' end
         else nullif(p_word, '') end;

create or replace macro time_of_parts(p_parts, p_date_order, p_zone) as
    case when p_parts.hour = '' or hour_of_day(p_parts) is null
              or p_parts.weekday <> '' and p_parts.weekday <> upper(strftime(try_cast(clock_text(p_parts, p_date_order) as timestamp), '%a'))
         then null
         when zone_offset(p_parts.zone, p_zone) is null then timezone(p_zone, try_cast(clock_text(p_parts, p_date_order) as timestamp))
         else try_cast(concat(clock_text(p_parts, p_date_order), zone_offset(p_parts.zone, p_zone)) as timestamptz) end;

-- A time in any form but the vendor's own.
create or replace macro other_time(p_text, p_date_order, p_zone) as
    list_filter(list_transform([time_parts(p_text)], lambda parts: time_of_parts(parts, p_date_order, p_zone)),
                lambda found: found >= timestamptz '1970-01-02 00:00:00+00')[1];

-- A local time in the vendor's own form, with one or two spaces, which can be cast unchanged. 1970-01-01 is the vendor's zero, as is
-- 0000-00-00.
create or replace macro plain_local(p_text) as
    case when (p_text like '____-__-__ __:__:__' or p_text like '____-__-__  __:__:__') and p_text > '1970-01-02'
         then try_cast(p_text as timestamp) end;

-- The point in time of a local time, with the columns of the row of zone_days_of() for a day near it, NULL for none.
create or replace macro time_near_day(p_local, p_from, p_to, p_offset, p_zone) as
    case when p_local >= p_from and p_local < p_to then make_timestamptz(epoch_us(p_local) - p_offset) else time_in_zone(p_local, p_zone) end;

-- The days on which calls of p_versions and p_live began, as the texts say, by source: with the offset of the zone in microseconds, where it is
-- the same from the day before to the day after, between valid_from and valid_to. Looking it up once for a day takes a tenth of the time
-- of a calendar for each time. Clocks are never changed twice in three days, so the offset once a day tells whether they were.
create or replace macro zone_days_of(p_versions, p_live) as table
with
sent as (
    select source, left(start_time, 10) as day from query_table(p_versions)
    union
    select source, left(start_time, 10) from query_table(p_live)
),
days as (
    select source, coalesce(timezone, 'Asia/Kolkata') as zone, day, try_cast(day as timestamp) as begins_at
    from sent left join source_settings() using (source)
    where day like '____-__-__' and day > '1970-01-02'
)
select source, day, begins_at - interval 1 day as valid_from, begins_at + interval 2 days as valid_to, min(utc_offset) as utc_offset
from (
    select source, day, begins_at, epoch_us(timezone(zone, make_timestamptz(moment))) - moment as utc_offset
    from (select *, epoch_us(begins_at) + unnest(range(-2, 4)) * 86400000000 as moment from days)
)
group by source, day, begins_at
having min(utc_offset) = max(utc_offset);

-- A written time, NULL if it is not certain. Without an offset it is a time of p_zone.
create or replace macro read_time(p_text, p_date_order, p_zone) as
    case when p_text is null or p_text = '' then null
         else coalesce(time_in_zone(plain_local(p_text), p_zone), other_time(p_text, p_date_order, p_zone)) end;

-- A time that a program wrote as a number, Unix seconds or milliseconds, or a spreadsheet as the days since 1899-12-30. It is certain only
-- near a known time of the call, and in a spreadsheet with digits enough to be a whole second.
create or replace macro time_from_number(p_text, p_zone, p_near) as
    list_filter([
        case when regexp_full_match(p_text, '\s*\d{10}(\.\d+)?\s*') then to_timestamp(p_text::double)
             when regexp_full_match(p_text, '\d{13}') then to_timestamp(p_text::double / 1000)
             when regexp_full_match(p_text, '\d{5}\.\d{6,}') and abs(p_text::double * 86400 - round(p_text::double * 86400)) < 0.1
             then timezone(p_zone, make_timestamp((round(p_text::double * 86400)::bigint - 25569::bigint * 86400) * 1000000)) end
    ], lambda found: abs(epoch(found) - epoch(p_near)) <= longest_call_seconds())[1];

-- The Unix second with which the CallSid of most calls begins, that of the start.
create or replace macro call_sid_second(p_call_sid) as try_cast(regexp_extract(p_call_sid, '^(\d{10})\.', 1) as bigint);

-- A time near the start of a call: that of its CallSid, else when it was received.
create or replace macro near_start(p_call_sid, p_received) as coalesce(to_timestamp(call_sid_second(p_call_sid)), p_received);

-- Whether a text was sent that is neither a time in the vendor's own form nor the vendor's zero.
create or replace macro is_odd_time(p_time, p_text) as
    case when p_time is null and p_text <> '' then not (starts_with(p_text, '0000-00-00') or starts_with(p_text, '1970-01-01 ')) else false end;

-- Whether a text is no time, not even the vendor's zero in some form.
create or replace macro is_unreadable_time(p_time, p_text) as
    case when p_time is null and p_text <> ''
        then not is_nothing(p_text) and not regexp_full_match(trimmed(p_text),
            '[0:/. TZ-]+|1970[-/.]0?1[-/.]0?1(\D.*)?|0?1[-/.](0?1|(?i:jan))[-/.]1970(\D.*)?')
        else false end;

-- A time of a call, and whether it could not be read.
create or replace macro examined_time(p_text, p_date_order, p_zone, p_call_sid, p_received) as
    list_transform([
        coalesce(read_time(p_text, p_date_order, p_zone), time_from_number(p_text, p_zone, near_start(p_call_sid, p_received)))
    ], lambda found: {found: found, unreadable: is_unreadable_time(found, p_text)})[1];

-- A time, or NULL if it is long after the delivery was received.
create or replace macro plausible_time(p_time, p_received) as
    case when epoch(p_time) - epoch(p_received) <= longest_call_seconds() then p_time end;

-- A time of receipt, or NULL if it is implausible: long after the load, or on the first day of 1970 or before.
create or replace macro plausible_receipt(p_received, p_loaded) as
    case when epoch(p_received) between 86400 and epoch(p_loaded) + longest_call_seconds()
        then p_received end;

-- How many seconds are missing to a time that was read as the other one of the two hours that the clock shows when it is set back; NULL
-- if none. p_second is the Unix second that the CallSid gives, and the time the next one at which the clock shows it: a leg can start
-- long after the call.
create or replace macro clock_shift(p_time, p_second, p_zone) as
    case when abs(epoch(p_time) - p_second) > 60
          and local_gap(p_time, p_second, p_zone) between -60 and longest_call_seconds()
          and local_gap(p_time, p_second, p_zone) <> epoch(p_time) - p_second
          and timezone(p_zone, to_timestamp(p_second + local_gap(p_time, p_second, p_zone))) = timezone(p_zone, p_time)
        then round(p_second + local_gap(p_time, p_second, p_zone) - epoch(p_time))::bigint end;

create or replace macro local_gap(p_time, p_second, p_zone) as
    epoch(timezone(p_zone, p_time)) - epoch(timezone(p_zone, to_timestamp(p_second)));

-- A later time of the same call, shifted as its start was if the clock shows it twice too.
create or replace macro shifted_time(p_time, p_shift, p_start, p_zone) as
    case when p_shift is not null and p_time + to_seconds(p_shift) >= p_start
          and timezone(p_zone, p_time + to_seconds(p_shift)) = timezone(p_zone, p_time)
        then p_time + to_seconds(p_shift) else p_time end;
