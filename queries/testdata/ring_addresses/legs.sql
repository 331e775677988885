-- Addresses of two phones that end alike: a second phone that nobody answered does not make the call a missed one.
select calls.call_sid, calls.answered, calls.talk_seconds, legs.agent, legs.answered as leg_answered
from calls join call_legs as legs using (call_sid)
order by all;
