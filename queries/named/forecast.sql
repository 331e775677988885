-- Calls expected in the seven days after the period, by half-hour, and agents needed by Erlang C; with the error on the last four weeks.
with rows as (from period_calls($to::date - 83, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    local_day, weekday, half_hour, is_open, is_holiday, weeks, forecast_offered, day_forecast_offered, agents_needed, avg_talk_seconds,
    traffic, forecast_error, error_days, planned_service_level
from forecast_of(rows, $to, $source, $group, $number)
where $from::date <= $to::date -- only its last day matters, but the macro takes a period as the others do
order by local_day, half_hour;
