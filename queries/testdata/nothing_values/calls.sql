-- N.A. and nil mean no value in source main only: four lines name no call, one of them a wrapper, which is rejected as a whole. Of
-- several values of a field the first counts that says something. c3 is answered by its callstatus, and nobody is named Nil.
select source, call_sid, outcome, talk_seconds, agent_name, array_to_string(list_sort(flags), ' ') as flags from calls order by all;
