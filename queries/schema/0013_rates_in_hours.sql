-- Whether calls out of hours are left out of the rates of offered calls, and whether there are business hours at all.
alter table settings add column exclude_out_of_hours boolean;
alter table settings add column has_business_hours boolean;
