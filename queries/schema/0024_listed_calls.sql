-- The customer's circle and the key that was pressed in the menu, which webhooks and the vendor's list have, and which reports are known
-- from the list only. `calls` is rebuilt with its new columns.
alter table call_versions add column circle varchar;
alter table call_versions add column key_press varchar;
alter table call_versions add column key_pressed varchar;
alter table call_versions add column from_list boolean default false; -- every delivery of it is of the vendor's list
alter table repeated_deliveries add column from_list boolean default false;

alter table calls add column circle varchar;
alter table calls add column ivr_key varchar;
alter table calls add column from_list boolean;           -- every report of it is of the vendor's list

update call_versions set
    circle = sent_value(extra, 'circle'), key_press = sent_value(extra, 'key_press'), key_pressed = sent_value(extra, 'key_pressed')
where extra is not null;
