-- Readers of a lake see the state from before all calls are computed again until they are.
alter table settings add column complete_snapshot bigint;
