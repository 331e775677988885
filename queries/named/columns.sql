-- Every column of a call that people see: its label, format and meaning.
select name, label, format, meaning
from column_catalog;
