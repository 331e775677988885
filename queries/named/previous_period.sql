-- The period that summary and changes compare with.
select previous_from($from::date, $to::date) as first_day, previous_to($from::date, $to::date) as last_day;
