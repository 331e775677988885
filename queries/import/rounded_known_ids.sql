-- An id of the import that a longer id of the database rounds to, while the import has none longer than 15 digits; no row if there is none.
with imported as (select distinct source, call_sid from call_versions where regexp_full_match(call_sid, '\d{10}\.\d{5}'))
select min(imported.call_sid || ' is ' || known.call_sid || ' in the database') as sign
from imported join known.calls as known using (source)
where (select max(length(replace(call_versions.call_sid, '.', ''))) from call_versions where regexp_full_match(call_versions.call_sid, '\d{10}\.\d+')) = 15
  and length(known.call_sid) > length(imported.call_sid)
  and left(known.call_sid, 10) = left(imported.call_sid, 10)
  and round(try_cast(known.call_sid as decimal(28, 15)), 5) = try_cast(imported.call_sid as decimal(28, 15))
having count(*) > 0;
