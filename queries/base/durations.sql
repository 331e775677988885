-- How durations and coins are read and computed. A fraction is never rounded away: 3.648 can be minutes.

-- A whole number of seconds that a call can last, or NULL.
create or replace macro whole_seconds(p_number) as
    case when p_number between 0 and longest_call_seconds() and p_number = trunc(p_number) then p_number::bigint end;

-- Seconds from one time to a later one; NULL if either is unknown or the second is the earlier.
create or replace macro positive_seconds(p_from, p_to) as
    case when p_to >= p_from then (epoch(p_to) - epoch(p_from))::bigint end;

-- A number with thousands separators, in the Indian or the Western way: 1,00,326 or 100,326. 0,326 is none.
create or replace macro without_separators(p_text) as
    case when regexp_full_match(p_text, '[1-9]\d{0,2}(,\d{2,3})*,\d{3}(\.\d+)?') then replace(p_text, ',', '') end;

-- Whether a number is abbreviated as in a spreadsheet, 1.33E+03, with fewer digits than it has before the point.
create or replace macro is_abbreviated(p_text) as
    case when strlen(p_text) >= 5 and regexp_matches(p_text, '[eE]\+')
        then try_cast(regexp_extract(p_text, '[eE]\+(\d+)', 1) as int) + 1
            > strlen(regexp_replace(regexp_extract(p_text, '^[^eE]*'), '[^0-9]', '', 'g'))
        else false end;

-- The parts of a duration with a clock, 1:05:26 or 05:26, or with units, 5m 26s or PT5M26S.
create or replace macro duration_parts(p_text) as
    regexp_extract(upper(p_text),
        '^(?:(?:(\d{1,4}):)?(\d{1,4}):(\d{2})([.,]\d{1,9})?'
        || '|(?:PT)?(?:(\d{1,4}) ?H(?:RS?|OURS?)?)?[ ,]*(?:(\d{1,5}) ?M(?:INS?|INUTES?)?)?[ ,]*(?:(\d{1,6})(?:\.0+)? ?S(?:ECS?|ECONDS?)?)?)$',
        ['hours', 'minutes', 'seconds', 'fraction', 'h', 'm', 's']);

create or replace macro seconds_of_parts(p_parts) as
    case when concat(p_parts.seconds, p_parts.h, p_parts.m, p_parts.s) = '' then null
         when p_parts.seconds >= '60' or p_parts.hours <> '' and try_cast(p_parts.minutes as int) >= 60 then null
         else coalesce(try_cast(concat(p_parts.hours, p_parts.h) as bigint), 0) * 3600
            + coalesce(try_cast(concat(p_parts.minutes, p_parts.m) as bigint), 0) * 60
            + coalesce(try_cast(concat(p_parts.seconds, p_parts.s) as bigint), 0) end;

-- A duration that is no plain number.
create or replace macro other_seconds(p_text) as
    list_transform([trimmed(p_text)], lambda text: coalesce(try_cast(text as double), try_cast(without_separators(text) as double),
        list_transform([duration_parts(text)], lambda parts: seconds_of_parts(parts)::double)[1]))[1];

-- A duration in whole seconds, or NULL if it is no whole number, negative, or longer than a call can be. It is cast to a double because a
-- cast to bigint would round 3.6 and accept 0x10.
create or replace macro read_seconds(p_text) as
    case when p_text is null or p_text = '' or is_abbreviated(p_text) then null
         else list_transform([coalesce(try_cast(p_text as double), other_seconds(p_text))], lambda seconds: whole_seconds(seconds))[1] end;

-- A duration, whether it could not be read, and whether a fraction of a second was left out: only a clock, as in 0:05:26.480, says that it is
-- one of a second.
create or replace macro examined_seconds(p_text) as
    list_transform([read_seconds(p_text)], lambda found: {
        seconds: found,
        unreadable: is_unreadable(found, p_text),
        has_fraction: coalesce(found is not null and regexp_matches(p_text, ':\d{2}[.,]\d*[1-9]'), false)})[1];

-- Coins, with four decimals, from the text as a decimal. A value that was rounded to 0 is unknown, and so is 1,250, which can be 1250 or 1.25.
create or replace macro coins_of(p_coins, p_text) as
    case when p_coins is not null
         then case when not is_abbreviated(p_text) and (p_coins <> 0 or try_cast(p_text as double) = 0) then p_coins end
         when p_text <> '' and not regexp_full_match(trimmed(p_text), '\d+,\d{3}')
         then try_cast(without_separators(trimmed(p_text)) as decimal(18, 4)) end;
