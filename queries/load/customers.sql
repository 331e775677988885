-- Keeps what is known of the renewed customers, of a portion of them at a time: of millions at once, it takes more memory than a load has.
-- Only their calls since begins_at are read, since what is known of earlier ones has not changed. That is a recovery window or a day
-- before the first renewed call of the customer or, if an episode lasted until then, its beginning.
create or replace temp table followed_customers as
with since as (
    select customer, min(started_at) - greatest(to_seconds(recovery_window_seconds), to_hours(24)) as begins_at
    from renewed_customers, (select recovery_window_seconds from settings)
    where customer % getvariable('portions') = getvariable('portion')
    group by customer, recovery_window_seconds
),
lasting as (from customer_episodes where last_missed_at >= (select min(begins_at) from since))
select customer, least(max(begins_at), min(started_at) filter (where last_missed_at >= begins_at)) as begins_at
from since left join lasting using (customer)
group by customer;

create or replace temp table customer_calls as
with recent as (
    select
        customer_number_of(customer_key) as customer, source, direction, call_sid, call_key, started_at, answered, outcome
    from calls
    where customer_key is not null and (answered or direction = 'incoming')
      and started_at >= (select min(begins_at) from followed_customers)
)
select recent.* from recent join followed_customers using (customer) where started_at >= begins_at;

delete from customer_episodes using followed_customers as followed
where customer_episodes.customer = followed.customer and customer_episodes.started_at >= begins_at;
insert into customer_episodes by name from episodes_of(customer_calls);

delete from repeated_calls using followed_customers as followed
where repeated_calls.customer = followed.customer and repeated_calls.started_at >= begins_at;
insert into repeated_calls by name from repeated_calls_of(customer_calls);

-- A conversation from before begins_at is still one. If a later one is not any more, the last of all calls counts.
create or replace temp table new_conversations as
select
    customer, max(stored.last_spoken_at) as stored_at,
    coalesce(max(calls.started_at) filter (where answered), case when stored_at < max(begins_at) then stored_at end) as last_spoken_at
from followed_customers
left join customer_calls as calls using (customer)
left join last_conversations as stored using (customer)
group by customer;

delete from last_conversations where customer in (select customer from new_conversations where last_spoken_at is distinct from stored_at);
insert into last_conversations by name
select customer, last_spoken_at
from new_conversations
where last_spoken_at is not null and last_spoken_at is distinct from stored_at
union all by name
select customer_number_of(customer_key) as customer, max(started_at) as last_spoken_at
from calls
where answered and customer_number_of(customer_key) in (
    select customer from new_conversations where last_spoken_at is null and stored_at is not null)
group by customer;
