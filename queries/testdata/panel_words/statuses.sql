-- Words of panels. What is not certain stays unknown: a call that was hung up may have been answered. Call dropped and Hangup have a meaning by
-- settings of their sources; a setting comes before what is built in.
select source, call_sid, status, outcome, flags from calls where call_sid like 's%' order by call_sid, source;
