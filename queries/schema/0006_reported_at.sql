-- When the vendor reported a delivery, beside when it was received; the two differ for imports of exports.
alter table call_versions add column reported_at timestamptz;       -- of the newest delivery; the newest report of a call counts
alter table call_versions add column imported boolean default false; -- every delivery of it was imported
alter table live_events add column reported_at timestamptz;
alter table live_events add column imported boolean default false;
alter table other_events add column imported boolean default false;
alter table repeated_deliveries add column reported_at timestamptz;
alter table repeated_deliveries add column imported boolean default false;
update call_versions set reported_at = last_received_at;
update live_events set reported_at = last_received_at;
update repeated_deliveries set reported_at = received_at;

alter table calls add column reported_at timestamptz; -- when the vendor last reported the call
alter table calls add column imported boolean;        -- every report of it was imported
