-- a: a time of leg A that was sent and says nothing, in any form, says that the agent never picked up. b: a time that was not sent, or cannot
-- be read, says nothing; then only the status names the leg. c: what one report of a call says counts, in whatever order they came; c1, c2 and
-- c5 are one report, delivered twice. d: a live event is no report. e: the newest of two agents' legs is the call's, and its report had no time.
select call_sid, outcome, leg_a_reported, failed_leg, versions, deliveries from calls order by call_sid;
