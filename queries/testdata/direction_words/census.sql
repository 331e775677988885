-- The words that main has no meaning for.
select name, deliveries, known from census() where kind = 'direction' and (not known or name in ('Manual', 'Fax', 'IVR')) order by name;
