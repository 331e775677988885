-- Whether reports say that leg A was never picked up: an empty time says so, a missing one does not. `calls` is rebuilt with its new column.
alter table calls add column leg_a_reported boolean;
alter table shared_call_legs add column leg_a_reported boolean;

-- From here on a time of leg A that was sent empty is stored as '', a missing one as NULL. Before, both were NULL: sources that have sent
-- some such times, as webhooks or as exports, are taken to have sent them all. A rebuild reads from the spool what was sent.
update call_versions set leg_a_picked_time = ''
where leg_a_picked_time is null
  and (source, imported) in (select (source, imported) from call_versions where leg_a_picked_time is not null);
