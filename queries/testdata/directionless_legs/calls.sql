-- a, d: leg A picked up at once, and nobody dialled, are incoming; b, c, j: a campaign is outgoing, in one of the reports or a live event too.
-- e: a live event of the other direction belongs to another call. f, g, h: one side names the direction. i: nothing says it.
-- c: the second of two agents talked for 40 s.
select call_sid, direction, customer_number, agent, talk_seconds, versions, list_filter(flags, lambda flag: contains(flag, 'direction')) as flags
from calls order by call_sid;
