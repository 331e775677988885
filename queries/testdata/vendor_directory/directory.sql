-- Both sides of the date, and the names that do not count.
select kind, name, number, call_group, origin, state, valid_from, valid_to from directory() where origin <> 'calls:main' order by all
