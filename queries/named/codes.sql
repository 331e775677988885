-- Every code of a column and the words with which workbooks show it.
select name, code, words
from code_catalog
order by name, code;
