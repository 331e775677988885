-- A hash of the names and groups that follow from the directories of vendors.
select coalesce((select bit_xor(hash(source, agent_number, agent_name, valid_from, valid_to)) from agent_directory where source is not null), 0),
       coalesce((select bit_xor(hash(source, virtual_number, call_group, valid_from, valid_to)) from number_groups where source is not null), 0);
