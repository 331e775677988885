-- 1,326.50 has a separator; 12,5 can be 125 or 12.5, and 1,250 be 1250 or 1.25.
select call_sid, coins, flags from calls where call_sid like 'c%' order by call_sid;
