-- Every metric: its label, unit, format, formula in words and which direction is good.
select name, label, unit, format, formula, good
from metric_catalog
order by rowid;
