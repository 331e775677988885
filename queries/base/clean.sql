-- How the vendor's texts are read: blanks, and the words that mean no value.

-- trim() for texts of which few have outer blanks: trim() itself looks at every character, and only removes spaces. The slow way also
-- removes tabs, line ends, no-break spaces and invisible marks.
create or replace macro trimmed(p_text) as
    case when p_text >= '!' and p_text < chr(127)
              and not (suffix(p_text, ' ') or suffix(p_text, chr(160)) or suffix(p_text, chr(9)) or suffix(p_text, chr(13)))
         then p_text
         else regexp_replace(p_text, '^[\s\pZ\pC]+|[\s\pZ\pC]+$', '', 'g') end;

-- Whether a text means no value: the vendor's "0" and "Not Assigned", and what panels, spreadsheets and programs write. A list, since
-- DuckDB makes a join of a long IN, for all rows.
create or replace macro is_nothing(p_text) as
    list_contains(['', '0', '-', '--', '---', '–', '—', 'N/A', '#N/A', 'NA', 'NAN', 'NULL', '(NULL)', '\N', 'NONE', 'UNDEFINED', 'NOT ASSIGNED'],
                  upper(trimmed(p_text)));

-- A name or id; NULL for nothing. Of long texts none is nothing, and of those with another initial than N or U, as nearly all names have.
create or replace macro clean_name(p_text) as
    case when p_text = '' then null
         when strlen(p_text) > 16 or p_text >= 'A' and p_text < 'N' or p_text >= 'O' and p_text < 'U' then trimmed(p_text)
         when is_nothing(p_text) then null
         else trimmed(p_text) end;

-- A text as sent; NULL if its source uses it for nothing. p_nothing has the source's own such words in upper case, NULL for none.
create or replace macro sent_text(p_text, p_nothing) as
    case when p_nothing is null then p_text
         when list_contains(p_nothing, upper(trimmed(p_text))) then null
         else p_text end;

-- The settings of the sources by which their texts are read.
create or replace macro source_settings() as table
select source, timezone, outgoing_caller, date_order, list_transform(nothing_values, lambda text: upper(trimmed(text))) as nothing_values
from sources;

-- The vendor's status of a call; some accounts send it in callstatus.
create or replace macro status_text(p_status, p_callstatus) as coalesce(clean_name(p_status), clean_name(p_callstatus));

-- Whether a text was sent that could not be read. The case checks the text only where there is no value, which is rare.
create or replace macro is_unreadable(p_value, p_text) as
    case when p_value is null and p_text <> '' then not is_nothing(p_text) else false end;

-- Whether a text was sent that has not the form of nearly all.
create or replace macro is_odd(p_plain, p_text) as p_plain is null and coalesce(p_text <> '', false);
