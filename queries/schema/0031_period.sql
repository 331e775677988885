-- The days of which the file of a period has the calls; NULL in others, which have all.
alter table settings add column period_from date;
alter table settings add column period_to date;
