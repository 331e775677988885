-- What is known of customers from all their calls, kept so that queries about a few days need not read them. A customer is the
-- customer_key as a number. `calls` is computed again to fill these.

-- A missed episode. Whether it is open depends on the newest data, so only the recovery is here.
create table customer_episodes (
    customer        bigint not null,
    call_key        ubigint not null,      -- of the call that opened it
    started_at      timestamptz not null,  -- of that call
    attempts        bigint not null,
    last_missed_at  timestamptz not null,
    recovery        varchar,               -- callback or return
    recovered_at    timestamptz,
    recovering_call ubigint
);

-- An answered incoming call that another one of the customer followed within 24 hours.
create table repeated_calls (
    customer   bigint not null,
    call_key   ubigint not null,
    started_at timestamptz not null
);

-- When somebody last spoke to a customer, in a call of any direction.
create table last_conversations (
    customer       bigint not null,
    last_spoken_at timestamptz not null
);

alter table delivery_days add column imported_through timestamptz; -- the end of the last imported call, of those of the day
