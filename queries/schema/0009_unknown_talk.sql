-- The talk time of an answered call can be unknown.
alter table calls alter talk_seconds drop not null;
alter table shared_call_legs alter talk_seconds drop not null;
