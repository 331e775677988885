-- u1: unknown, never 0. u2: from the answer to the end, 40 s. u3 was missed, so it is 0. u4: unknown on both legs. u5: 40 s on one leg, which is
-- all that is known.
select call_sid, answered, talk_seconds, array_to_string(flags, ' ') as flags from calls order by call_sid;
