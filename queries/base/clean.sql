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

-- Local wall time as the vendor writes it: two spaces, one, an n or a T between day and time. Most can be cast as they
-- stand; only the others are mended. 0000-00-00 is no time for DuckDB either; 1970-01-01 is the vendor's zero.
create or replace macro clean_time(p_text) as
    case when p_text like '____-__-__%__:__%' and trimmed(p_text) > '1970-01-02' then coalesce(
        try_cast(p_text as timestamp),
        try_cast(left(trim(p_text), 10) || ' ' || ltrim(substr(trim(p_text), 11), ' nNT') as timestamp)) end;

-- Whole seconds, never negative.
create or replace macro clean_seconds(p_text) as
    case when try_cast(p_text as bigint) >= 0 then try_cast(p_text as bigint) end;

create or replace macro clean_coins(p_text) as try_cast(p_text as decimal(18, 4));

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
