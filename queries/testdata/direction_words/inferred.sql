-- A campaign, a failed leg and a leg A that rang are outgoing; a leg A that was picked up at once, or nobody dialled, is incoming. A second
-- between says neither. A word that is not known is not overruled.
select call_sid, direction, customer_number, flags from calls where call_sid like 'i%' order by call_sid;
