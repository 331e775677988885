-- How the vendor's texts are parsed: empty values, names, times and numbers.

-- trim() for texts of which few have outer spaces: trim() itself looks at every character.
create or replace macro trimmed(p_text) as
    case when starts_with(p_text, ' ') or suffix(p_text, ' ') then trim(p_text) else p_text end;

-- A text, or NULL if it is blank.
create or replace macro clean_text(p_text) as nullif(trimmed(p_text), '');

-- The vendor's status of a call; some accounts send it in callstatus.
create or replace macro status_text(p_status, p_callstatus) as coalesce(clean_text(p_status), clean_text(p_callstatus));

-- A name, number or id. The vendor also sends "0" and "Not Assigned" where there is none.
create or replace macro clean_name(p_text) as
    case when upper(trimmed(p_text)) in ('', '0', 'NOT ASSIGNED', 'NULL') then null else trimmed(p_text) end;

-- The longest duration of a call and distance between its times. Greater values are ignored, and flagged.
create or replace macro longest_call_seconds() as 7 * 24 * 60 * 60;

-- A local time as the vendor writes it, with one or two spaces, an n or a T between day and time. Most can be cast unchanged; only
-- the others are rewritten first. 1970-01-01 is the vendor's zero, as is 0000-00-00, which DuckDB rejects. A text with a
-- bracket is not a time, since DuckDB would read (BC).
create or replace macro clean_time(p_text) as
    case when p_text like '____-__-__%__:__%' and trimmed(p_text) > '1970-01-02' and not contains(p_text, '(') then coalesce(
        try_cast(p_text as timestamp),
        try_cast(left(trim(p_text), 10) || ' ' || ltrim(substr(trim(p_text), 11), ' nNT') as timestamp)) end;

-- Whether a text was sent that could not be parsed. The case checks the text only where there is no value, which is rare.
create or replace macro is_unreadable(p_value, p_text) as
    case when p_value is null then clean_text(p_text) is not null else false end;

-- The same for a time, where the vendor's zeros count as not sent.
create or replace macro is_unreadable_time(p_time, p_text) as
    case when p_time is null and p_text <> ''
        then clean_name(p_text) is not null and not starts_with(trimmed(p_text), '0000-00-00') and not starts_with(trimmed(p_text), '1970-01-01')
        else false end;

-- A local time, or NULL if it is long after the delivery was received. The zone's offset is too small to matter here.
create or replace macro plausible_time(p_time, p_received) as
    case when epoch(p_time) - epoch(p_received) <= longest_call_seconds() then p_time end;

-- A time of receipt, or NULL if it is implausible: long after the load, or on the first day of 1970 or before.
create or replace macro plausible_receipt(p_received, p_loaded) as
    case when epoch(p_received) between 86400 and epoch(p_loaded) + longest_call_seconds()
        then p_received end;

-- A duration in whole seconds, or NULL if it is negative, longer than a call can be, or not a whole number. It comes in as a
-- double because casting the text to bigint would round 3.6 and accept 0x10.
create or replace macro whole_seconds(p_number) as
    case when p_number between 0 and longest_call_seconds() and p_number = trunc(p_number) then p_number::bigint end;

-- Coins, with four decimals. A value that was rounded to 0 is unknown.
create or replace macro exact_coins(p_coins, p_text) as
    case when p_coins <> 0 or try_cast(p_text as double) = 0 then p_coins end;

-- The last ten digits of a number, by which numbers are compared, since they come with 0, with +91 or without a prefix.
-- NULL if the number identifies no one: masked (98xxxx…) or shorter than ten digits.
create or replace macro number_key(p_number) as
    case when regexp_full_match(p_number, '[0-9]{10,}') then right(p_number, 10) -- nearly all numbers
         when not regexp_matches(p_number, '[^0-9+() .-]')
          and length(regexp_replace(p_number, '[^0-9]', '', 'g')) >= 10
        then right(regexp_replace(p_number, '[^0-9]', '', 'g'), 10) end;

-- The direction of a call, from the vendor's word for its service.
create or replace macro call_direction(p_text) as
    case upper(trimmed(p_text))
        when 'IVR' then 'incoming'
        when 'WEBOBD' then 'outgoing'
        else 'unknown' end;

-- The identity of a phone: the last ten digits of its number, else the number as sent, else the name of its agent.
create or replace macro call_phone(p_number, p_agent) as coalesce(number_key(p_number), p_number, p_agent);
