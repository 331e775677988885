-- Nobody needs to give it a meaning.
select kind, word, calls from unknown_words();
