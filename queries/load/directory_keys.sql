-- The identities of the numbers in the tables of agents' names and of numbers' groups.
update agent_directory set agent_key = phone_key(agent_number), agent_name = single_spaced(trimmed(agent_name));
update number_groups set number_key = phone_key(virtual_number), call_group = trimmed(call_group);
