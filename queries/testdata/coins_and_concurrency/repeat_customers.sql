-- One customer called three times, in three spellings; the second once; the masked one is not a customer; outgoing does not count.
select customer_key, incoming, answered_in, talk_seconds from repeat_customers('2026-10-05', '2026-10-05');
