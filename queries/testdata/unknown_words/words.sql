-- Of a call that several phones took part in, the word is that of the leg: ANSWER and a blank status are not listed. Agent Declined is of three
-- calls, of which one has it twice. Sideways is of a call with one phone, and of one whose phones only live events name.
select kind, source, word, calls from unknown_words();
