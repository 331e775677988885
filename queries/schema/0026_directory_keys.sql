-- The identity of the numbers, so that loads need not compute it: what phone_key returns for them.
alter table agent_directory add column agent_key varchar;
alter table number_groups add column number_key varchar;
