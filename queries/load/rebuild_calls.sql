-- Removes all calls. They are recomputed from the stored reports and live events, a portion at a time.
delete from calls;
delete from shared_call_legs;
delete from agent_name_days;
delete from agent_name_changes;
delete from agent_spellings;
delete from agent_names;
delete from virtual_number_days;
delete from delivery_days;
delete from customer_episodes;
delete from repeated_calls;
delete from last_conversations;
delete from hour_peaks;
-- The lists are read again after this, those of other machines of a lake by the next load of each. Theirs count as they are until then.
delete from vendor_calls where (source, day) in (select (source, day) from vendor_lists where loader is not distinct from getvariable('loader'));
delete from vendor_lists where loader is not distinct from getvariable('loader');
update vendor_lists set disk_bytes = 0;
