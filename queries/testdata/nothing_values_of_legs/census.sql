-- Nor is it a word of status or direction.
select kind, name, deliveries, known from census() order by all;
