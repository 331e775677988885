-- The identities of the numbers in the tables of agents' names and of numbers' groups.
update agent_directory set agent_key = phone_key(agent_number);
update number_groups set number_key = phone_key(virtual_number);
