-- Unknown is what is no number, does not fit, or would be rounded to 0. NaN means no value.
select call_sid, coins, flags from calls where call_sid like 'c%' order by call_sid;
