-- The ten digits of 9876543210, whatever is around them. Nobody is identified by zeros, one digit ten times, a word or a mask; nor by a number
-- that lost digits, by two numbers, by one with more digits behind it, or by a text that is no number, which are flagged.
select call_sid, customer_number, customer_key, flags from calls where call_sid like 'n%' order by call_sid;
