-- Temporary tables for the calls as of the time in the variable as_of, which take precedence over those of the database. They are
-- filled by the steps of a load, a portion of the calls at a time: portion_as_of.sql.
create or replace temp table calls as from calls where false;
create or replace temp table shared_call_legs as from shared_call_legs where false;
create or replace temp table agent_names as from agent_names where false;
create or replace temp table agent_spellings as from agent_spellings where false;
create or replace temp table agent_name_days as from agent_name_days where false;
create or replace temp table agent_name_changes as from agent_name_changes where false;
create or replace temp table virtual_number_days as from virtual_number_days where false;
create or replace temp table virtual_number_spellings as from virtual_number_spellings where false;
create or replace temp table delivery_days as from delivery_days where false;
create or replace temp table customer_episodes as from customer_episodes where false;
create or replace temp table repeated_calls as from repeated_calls where false;
create or replace temp table last_conversations as from last_conversations where false;
create or replace temp table hour_peaks as from hour_peaks where false;

-- What the vendors' directories said then; load/directory.sql adds what follows from it. The configuration is that of now.
create or replace temp table vendor_directory as from vendor_directory where fetched_at <= getvariable('as_of');
create or replace temp table agent_directory as from agent_directory where source is null;
create or replace temp table number_groups as from number_groups where source is null;
