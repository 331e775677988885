-- Keiner is nothing for the source other, in any case; for main it is a name, and no coins and no time.
select source, agent_name, call_group, coins, flags from calls where call_sid like 'o%' order by source;
