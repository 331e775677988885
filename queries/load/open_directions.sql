-- How many calls have no known direction in any report or live event.
select count(*) as calls from refreshed_directions where is_open;
