-- The days of which the vendor's list was not fetched, as spans of days, by source: nothing is said of what was charged on them.
select source, from_day, to_day, days
from unlisted_spans_of($from, $to, $source)
order by source, from_day;
