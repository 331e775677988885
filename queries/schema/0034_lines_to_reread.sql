-- Set when a source's settings by which lines are read at their load have changed, and the database has such lines. A rebuild reads them again.
alter table settings add column lines_to_reread boolean;
