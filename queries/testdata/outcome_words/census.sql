-- A word that nobody has told us about is shown as such; one of live events is known, though it is no outcome.
select name, deliveries, known from census() where kind = 'status' and name in ('Ringing', 'Sideways', 'ANSWER') order by name;
