-- Gives the tables of agents' names and of numbers' groups what follows from the directories of vendors, and the identities of the numbers.
delete from agent_directory where source is not null;
insert into agent_directory by name
with listed as (from listed_agents())
select number as agent_number, name as agent_name, valid_from, valid_to, source
from undisputed_names(listed);

delete from number_groups where source is not null;
insert into number_groups by name
with listed as (from listed_numbers())
select number as virtual_number, name as call_group, valid_from, valid_to, source
from undisputed_names(listed);

update agent_directory set agent_key = phone_key(agent_number);
update number_groups set number_key = phone_key(virtual_number);
