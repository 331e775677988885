-- Contradictions are flagged and nothing is dropped.
select call_sid, talk_seconds, flags from calls where len(flags) > 0 order by call_sid;
