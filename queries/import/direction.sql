-- The direction that a word of a source stands for: one of the configuration, else of the vendor and of panels.
select coalesce(
    (select min(direction) from direction_words where source = $source and direction_word(word) = direction_word($word)),
    call_direction($word)) as direction;
