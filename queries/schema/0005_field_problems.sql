-- What is wrong with the fields of a report or live event as it was sent: "conflicting Status, unreadable receiver_name" for a Status
-- with several different values, and a receiver_name that is a JSON object. NULL: nothing.
alter table call_versions add column field_problems varchar;
alter table live_events add column field_problems varchar;
