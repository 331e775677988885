-- How many calls of an import have a flag, most frequent first. What was derived is no reason to look at the file.
select flag, count(*) as calls
from (select unnest(flags) as flag from calls)
where not starts_with(flag, 'derived_')
group by flag
order by calls desc, flag;
