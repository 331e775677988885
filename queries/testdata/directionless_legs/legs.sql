-- Each phone that rang, 9280000001 to ..3: two in all calls but e.
select call_sid, direction, agent_number, is_reported, rang, picked_at is not null as picked, answered
from call_legs order by call_sid, agent_number;
