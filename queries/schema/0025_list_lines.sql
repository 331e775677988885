-- The lines of the list that a call is in, by which they are taken into the spool. vendor_calls is filled again with its new column.
alter table vendor_calls add column lines bigint[];
delete from vendor_calls;
delete from vendor_lists;
