-- The words of status and direction that callsheet does not know, and how many calls have them: status_words and direction_words of a source give them a meaning.
select kind, source, word, calls
from unknown_words_of()
order by calls desc, kind, source, word;
