-- When each source began to deliver: when its first report was received or, of imports, when the first call began.
create or replace macro first_deliveries() as table
select source, min(case when imported then started_at else first_received_at end) as first_at
from calls
group by source;

-- From when to when there is data, in one row, in the report zone: from the day of the first delivery to the time of the last one.
create or replace macro data_span(p_source) as table
select
    (select timezone((select timezone from settings), min(first_at))::date
     from first_deliveries() where p_source is null or source = p_source) as first_day,
    timezone((select timezone from settings), complete_through()) as through;

-- Whether there can be figures of any of the days from p_from to p_to.
create or replace macro has_data(p_from, p_to, p_source) as
    exists (select 1 from data_span(p_source) where p_to >= first_day and p_from <= through);
