-- Adds the customers of the computed calls to those of the calls that refresh_calls.sql removed.
insert into renewed_customers
select customer_number_of(customer_key), started_at
from calls semi join renewed_days using (local_day) semi join refreshed_calls using (call_key)
where customer_key is not null;
