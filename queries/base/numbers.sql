-- How phone numbers are read. They come with 0, with +91 or without a prefix, so they are compared by their last ten digits, and as a
-- spreadsheet, a phone system or an address book leaves them.

-- What is around a number: ="…" and a leading quote of a spreadsheet, a formula that links it, tel: and sip:, and a name before <…>.
create or replace macro unwrapped_number(p_text) as
    regexp_replace(
        regexp_replace(
            coalesce(nullif(regexp_extract(p_text, '<([^<>]+)>$', 1), ''),
                     nullif(regexp_extract(p_text, '(?i)^=HYPERLINK\("([^"]+)"', 1), ''),
                     p_text),
            '(?i)^=?["'']*((tel|sips?|callto):)?[\pZ\pC]*', ''),
        '(@[^,/ ]*|;[^,/ ]*)?[\pZ\pC"'']*$', '');

-- The digits of a number that a spreadsheet or a program wrote as a decimal number: 9876543210.0 and 9.87654321e9. NULL if it is none, or
-- has lost digits: at most one zero at the end may be missing.
create or replace macro decimal_digits(p_text) as
    case when regexp_full_match(p_text, '\+?\d+\.0*') then split_part(p_text, '.', 1)
         when regexp_full_match(p_text, '\d\.\d+[eE]\+?\d{1,2}')
          and strlen(regexp_extract(p_text, '^\d\.(\d+)', 1)) + 1 >= try_cast(regexp_extract(p_text, '[eE]\+?(\d+)', 1) as int)
         then left(replace(regexp_extract(p_text, '^[0-9.]+'), '.', '') || '0', try_cast(regexp_extract(p_text, '[eE]\+?(\d+)', 1) as int) + 1) end;

-- A number as it was before a spreadsheet or a program changed it, where that is certain; else the text as sent.
create or replace macro repaired_number(p_text) as
    list_transform([unwrapped_number(p_text)], lambda inner_text:
        case when regexp_full_match(inner_text, '[0-9+() .-]*') and not regexp_full_match(inner_text, '\+?\d{7,}\.\d*') then inner_text
             else coalesce(decimal_digits(inner_text), p_text) end)[1];

-- A number with digits only, as nearly all have.
create or replace macro plain_number(p_text) as case when regexp_full_match(p_text, '\+?[0-9]{2,}') then p_text end;

-- A number; NULL for nothing.
create or replace macro read_number(p_text) as
    case when p_text = '' or is_nothing(p_text) then null
         else list_transform([trimmed(p_text)], lambda text: repaired_number(text))[1] end;

-- The last ten digits of a number; NULL if they are one digit ten times, as where a number is withheld: a multiple of 1111111111.
create or replace macro last_ten(p_digits) as
    case when try_cast(right(p_digits, 10) as bigint) % 1111111111 <> 0 then right(p_digits, 10) end;

-- Whether more digits follow a complete number, as in 9876543210 (2), 98765-43210-12 and +91 120 4000001 201: after ten digits in a row, after the
-- ten digits of an Indian number, or in parentheses at the end. The groups of foreign numbers say nothing.
create or replace macro has_extra_digits(p_number) as
    regexp_full_match(p_number, '([+(]*\d[() .-]*){11,}') and not regexp_full_match(p_number, '\+?\d+\.0*')
    and regexp_matches(p_number, '\d{10}[() .-]+\d|^[(]*0?[() .-]*[1-9]([() .-]*\d){9}[() .-]+\d'
        || '|^[+(]*(00)?[() .-]*91[() .-]*0?[() .-]*[1-9]([() .-]*\d){9}[() .-]+\d|\(\d+\)[ .-]*$');

-- The same for a number with signs between its digits. More than fifteen digits are two numbers. +91 is followed by ten digits, or by 0 and ten.
create or replace macro spaced_number_key(p_number) as
    case when regexp_full_match(p_number, '[0-9+() .-]+') and not regexp_full_match(p_number, '\+?\d{7,}\.\d*')
          and not has_extra_digits(p_number)
          and length(regexp_replace(p_number, '^\D*00|\D', '', 'g')) between 10 and 15
          and (not starts_with(p_number, '+91') or regexp_full_match(regexp_replace(p_number, '\D', '', 'g'), '910?\d{10}'))
        then last_ten(regexp_replace(p_number, '\D', '', 'g')) end;

-- The last ten digits of a number, by which numbers are compared. NULL if the number identifies no one: masked (98xxxx…), withheld,
-- shorter than ten digits, or not certain.
create or replace macro number_key(p_number) as
    case when regexp_full_match(p_number, '[0-9]{10,15}') then last_ten(p_number) -- nearly all numbers
         when p_number is null then null
         else list_transform([read_number(p_number)], lambda number: spaced_number_key(number))[1] end;

-- Whether a text is a damaged number, such as 9.28E+09, or several in one, and not an address such as 101-desk.
create or replace macro is_damaged_number(p_number) as
    case when p_number is null or regexp_full_match(p_number, '\+?[0-9]{0,15}') then false -- nearly all numbers
         else has_extra_digits(p_number) or regexp_full_match(p_number,
            '\+?\d+(\.\d+)?[eE][+-]?\d{1,3}|\+?\d{7,}\.\d*[1-9]\d*|[0-9+() .-]*\d *[,/;|&][0-9+() .,/;|&-]*\d[^0-9]*|([+(]*\d[() .-]*){16,}') end;

-- Whether a number without a key is one that identifies no one: masked, withheld or short. Any other is unreadable.
create or replace macro is_anonymous(p_number) as
    regexp_full_match(p_number, '[0-9+() .-]*[xX*#•]+[0-9xX*#•+() .-]*|[+(]*([0-9][() .-]*){0,15}')
            and not regexp_full_match(p_number, '\+?\d{7,}\.\d*') and not has_extra_digits(p_number)
        or regexp_matches(p_number, '(?i)anonymous|unknown|withheld|restricted|private|unavailable|not available|blocked|hidden|payphone|no caller id');

-- The identity of a phone, of an agent or a virtual number: the last ten digits of its number, else a shorter number or other address as sent. NULL if it identifies nobody,
-- or if the number is damaged.
create or replace macro phone_key(p_number) as
    coalesce(number_key(p_number),
             case when regexp_full_match(p_number, '[0-9]{2,9}') or not is_anonymous(p_number) and not is_damaged_number(p_number)
                  then p_number end);

-- Whether two texts are spellings of one number: the same text, or the same last ten digits. number_key() takes too long to plan for a filter.
create or replace macro last_digits(p_number) as right(regexp_replace(p_number, '[^0-9]', '', 'g'), 10);
create or replace macro is_same_number(p_number, p_other) as
    p_number = p_other or strlen(last_digits(p_number)) = 10 and last_digits(p_number) = last_digits(p_other);

-- What two spellings of one number have in common.
create or replace macro number_id(p_number) as
    case when strlen(last_digits(p_number)) = 10 then last_digits(p_number) else p_number end;

-- Any rows with the virtual numbers of calls, in the spelling that is shown.
create or replace macro with_shown_numbers(p_rows) as table
select rows.* replace (coalesce(spelled.shown, rows.virtual_number) as virtual_number)
from query_table(p_rows) as rows
left join virtual_number_spellings as spelled on spelled.virtual_number = rows.reported_virtual_number;
