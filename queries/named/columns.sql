-- Every column about calls: its label, format and meaning.
select name, label, format, meaning
from column_catalog
order by rowid;
