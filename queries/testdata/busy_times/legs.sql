-- A phone that did not ring has no time at which it began to.
select agent, rang, timezone('Asia/Kolkata', rang_at)::time as rang_at
from call_legs
order by agent;
