-- r9: an object names no call.
select reason, count(*) as lines from rejects group by reason;
