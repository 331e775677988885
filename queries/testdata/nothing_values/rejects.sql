select line, reason from rejects order by line;
