-- Adds what follows from the directories of vendors to the tables of agents' names and of numbers' groups.
insert into agent_directory by name
with listed as (from listed_agents())
select number as agent_number, name as agent_name, valid_from, valid_to, source
from undisputed_names(listed);

insert into number_groups by name
with listed as (from listed_numbers())
select number as virtual_number, name as call_group, valid_from, valid_to, source
from undisputed_names(listed);
