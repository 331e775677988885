-- A plain NOANSWER or CANCEL: the agent's leg if leg A was never picked up, else the customer's; unknown of l3, whose time cannot be read, of n3
-- and n4, whose time was not sent, and of other words.
select call_sid, outcome, failed_leg from calls where direction = 'outgoing' and not answered order by call_sid;
