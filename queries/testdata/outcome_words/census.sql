-- An unknown word is shown as unknown; a word of live events is known, though it is not an outcome.
select name, deliveries, known from census() where kind = 'status' and name in ('Ringing', 'Sideways', 'ANSWER') order by name;
