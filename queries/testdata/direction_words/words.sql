-- In any case, without spaces and punctuation. Manual is outgoing by a setting of main, Fax incoming by one of other.
select source, call_sid, direction, flags from calls where call_sid like 'w%' order by call_sid, source;
