-- Every metric: its label, unit, format, formula in words, which direction is good, the calls that it is about and their direction, and
-- from how many such calls on a figure says something.
select name, label, unit, format, formula, good, base, direction, few_calls() as base_min
from metric_catalog
order by rowid;
