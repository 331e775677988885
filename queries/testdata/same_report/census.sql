-- agent_email came with n3. That of n2 was empty, as its group_id: they are missing.
select name, deliveries from census_of() where kind = 'key' order by name;
