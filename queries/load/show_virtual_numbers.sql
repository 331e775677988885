-- Gives the calls of respelled_numbers (learn_virtual_numbers.sql), all or those of renewed days, the spelling that is shown.
delete from virtual_number_spellings;
insert into virtual_number_spellings from new_number_spellings;

update calls set virtual_number = respelled.shown
from respelled_numbers as respelled
where calls.reported_virtual_number = respelled.virtual_number and calls.virtual_number is distinct from respelled.shown
  and (has_changed or calls.local_day in (select local_day from renewed_days));
