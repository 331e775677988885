-- How the vendor's texts are read: what means nothing, what is a time, what is a number.

-- Without blanks at the ends. trim() looks at every character of a text, and few texts have any.
create or replace macro trimmed(p_text) as
    case when starts_with(p_text, ' ') or suffix(p_text, ' ') then trim(p_text) else p_text end;

-- A text, or NULL where nothing was sent.
create or replace macro clean_text(p_text) as nullif(trimmed(p_text), '');

-- How a call ended, in the vendor's words; some accounts have them in callstatus.
create or replace macro status_text(p_status, p_callstatus) as coalesce(clean_text(p_status), clean_text(p_callstatus));

-- A name, number or id: the vendor also says "0" and "Not Assigned" for nothing.
create or replace macro clean_name(p_text) as
    case when upper(trimmed(p_text)) in ('', '0', 'NOT ASSIGNED', 'NULL') then null else trimmed(p_text) end;

-- The longest that a call can take, and the furthest that its times can lie apart. What is beyond is not used, and flagged.
create or replace macro longest_call_seconds() as 7 * 24 * 60 * 60;

-- Local wall time as the vendor writes it: two spaces, one, an n or a T between day and time. Most can be cast as they
-- stand; only the others are mended. 0000-00-00 is no time for DuckDB either; 1970-01-01 is the vendor's zero. DuckDB reads
-- (BC) behind a day, the vendor does not write it.
create or replace macro clean_time(p_text) as
    case when p_text like '____-__-__%__:__%' and trimmed(p_text) > '1970-01-02' and not contains(p_text, '(') then coalesce(
        try_cast(p_text as timestamp),
        try_cast(left(trim(p_text), 10) || ' ' || ltrim(substr(trim(p_text), 11), ' nNT') as timestamp)) end;

-- Whether something was sent that no value could be made of. A case, since few texts have to be looked at again.
create or replace macro is_unreadable(p_value, p_text) as
    case when p_value is null then clean_text(p_text) is not null else false end;

-- The same for a time, where the vendor's zeros say nothing.
create or replace macro is_unreadable_time(p_time, p_text) as
    case when p_time is null and p_text <> ''
        then clean_name(p_text) is not null and not starts_with(trimmed(p_text), '0000-00-00') and not starts_with(trimmed(p_text), '1970-01-01')
        else false end;

-- A local time that a delivery can tell of: none long after it was received. What the zone adds does not matter for that.
create or replace macro time_before(p_time, p_received) as
    case when epoch(p_time) - epoch(p_received) <= longest_call_seconds() then p_time end;

-- When a delivery was received, by what its line says: no later than it can have been, and in no year that a clock never shows.
create or replace macro possible_receipt(p_received, p_loaded) as
    case when epoch(p_received) between 86400 and epoch(p_loaded) + longest_call_seconds()
        then p_received end;

-- Whole seconds, never negative, and no more than a call can take. As a bigint DuckDB would round 3.6 and read 0x10.
create or replace macro whole_seconds(p_number) as
    case when p_number between 0 and longest_call_seconds() and p_number = trunc(p_number) then p_number::bigint end;

-- Coins are kept to four decimals; what would become 0 by that is unknown.
create or replace macro exact_coins(p_coins, p_text) as
    case when p_coins <> 0 or try_cast(p_text as double) = 0 then p_coins end;

-- Numbers are compared by their last ten digits, since they come with 0, with +91 or bare.
-- NULL for what identifies nobody: a masked number (98xxxx…) or one shorter than ten digits.
create or replace macro number_key(p_number) as
    case when regexp_full_match(p_number, '[0-9]{10,}') then right(p_number, 10) -- nearly all of them
         when not regexp_matches(p_number, '[^0-9+() .-]')
          and length(regexp_replace(p_number, '[^0-9]', '', 'g')) >= 10
        then right(regexp_replace(p_number, '[^0-9]', '', 'g'), 10) end;

create or replace macro call_direction(p_text) as
    case upper(trimmed(p_text))
        when 'IVR' then 'incoming'
        when 'WEBOBD' then 'outgoing'
        else 'unknown' end;

-- What tells one phone from another: its number's last ten digits, else the number as it is, else whose it is.
create or replace macro call_phone(p_number, p_agent) as coalesce(number_key(p_number), p_number, p_agent);
