-- By what rule the vendor charges, learned from what it has charged: so many coins for each pulse of so many seconds that has begun, and at
-- least for one. What is measured is the talk, the call from start to end, or both legs of an outgoing call: that of the agent from when
-- the agent picks up, and the talk with the customer, each with a price of its own.

-- Pulses of so many seconds; NULL where these are unknown, which greatest() would leave out.
create or replace macro begun_pulses(p_seconds, p_pulse_seconds) as
    case when p_seconds > p_pulse_seconds then ceil(p_seconds / p_pulse_seconds) when p_seconds is not null then 1 end;

-- The lengths that a pulse may have.
create or replace macro pulse_lengths() as table
select unnest(generate_series(1, 60) || generate_series(65, 300, 5) || [360, 420, 480, 540, 600])::bigint as pulse_seconds;

-- What a call costs by a rule; NULL where what it measures is unknown. A call that nobody answered costs the agent's leg at most.
create or replace macro coins_by_rule(p_measured, p_pulse_seconds, p_price, p_agent_price, p_answered, p_talk_seconds, p_call_seconds, p_agent_leg_seconds) as
    round(case when not p_answered then 0
               else p_price * begun_pulses(case when p_measured = 'call' then p_call_seconds else p_talk_seconds end, p_pulse_seconds) end
        + case when p_measured = 'legs' then p_agent_price * begun_pulses(p_agent_leg_seconds, p_pulse_seconds) else 0 end, 4)::decimal(18, 4);

-- The likeliest rule of each measure, by source, direction and number, a column of p_calls that groups them: that which explains the most of
-- 300 calls. Of rules that explain as many, the roundest, then the shortest pulse.
create or replace macro likely_rules(p_calls) as table
with
tried as materialized (
    select source, direction, number, answered, talk_seconds, call_seconds, agent_leg_seconds, coins::double as coins, pulse_seconds
    from (
        from query_table(p_calls)
        qualify row_number() over (partition by source, direction, number order by hash(call_key), call_key) <= 300
    ), pulse_lengths()
),
-- Calls that only the agent picked up show what the agent's leg costs.
agent_prices as (
    select source, direction, number, pulse_seconds, agent_price, calls
    from (
        select
            source, direction, number, pulse_seconds, count(*) as calls,
            round(coins / begun_pulses(agent_leg_seconds, pulse_seconds), 4) as agent_price
        from tried
        where not answered and agent_leg_seconds is not null
        group by all
    )
    qualify row_number() over (partition by source, direction, number, pulse_seconds order by calls desc, agent_price) = 1
),
prices as (
    select
        source, direction, number, measured, pulse_seconds, false as is_same_price, 0::double as agent_price,
        round(coins / begun_pulses(case measured when 'talk' then talk_seconds else call_seconds end, pulse_seconds), 4) as price
    from tried, (values ('talk'), ('call')) as measures(measured)
    where answered
    union all
    select
        source, direction, number, 'legs', pulse_seconds, false, agent_price,
        round((coins - agent_price * begun_pulses(agent_leg_seconds, pulse_seconds)) / begun_pulses(talk_seconds, pulse_seconds), 4)
    from tried join agent_prices using (source, direction, number, pulse_seconds)
    where answered and agent_leg_seconds is not null
    union all
    select
        source, direction, number, 'legs', pulse_seconds, true, same_price, same_price
    from (
        select
            *,
            round(coins / (begun_pulses(agent_leg_seconds, pulse_seconds) + begun_pulses(talk_seconds, pulse_seconds)), 4) as same_price
        from tried
        where answered and agent_leg_seconds is not null
    )
),
counted as (
    select source, direction, number, measured, pulse_seconds, is_same_price, price, agent_price, count(*) as calls
    from prices
    where price > 0
    group by all
)
select * exclude (is_same_price, calls)
from counted
qualify row_number() over (partition by source, direction, number, measured
    order by calls desc, gcd(pulse_seconds, 60) desc, pulse_seconds, price, agent_price, is_same_price) = 1;

-- How many pulses a rule must be proven by: as many calls, their share, and calls of more than one pulse, without which its length is unknown.
create or replace macro is_proven(p_calls, p_share, p_longer_calls) as p_calls >= 50 and p_share >= 0.95 and p_longer_calls >= 5;

-- The rule that explains the most of the answered calls, by source, direction and number, and whether it is proven.
create or replace macro proven_rules(p_calls) as table
with
applied as (
    select
        calls.*, measured, pulse_seconds, price, agent_price,
        coins_by_rule(measured, pulse_seconds, price, agent_price, answered, talk_seconds, call_seconds, agent_leg_seconds) is not distinct from coins as fits
    from query_table(p_calls) as calls join likely_rules(p_calls) using (source, direction, number)
    where answered
),
counted as (
    select
        source, direction, number, measured, pulse_seconds, price, agent_price,
        count(*) as calls,
        count(*) filter (where fits) as calls_explained,
        count(*) filter (where fits and case measured when 'call' then call_seconds else talk_seconds end > pulse_seconds) as longer_calls
    from applied
    group by all
)
select
    * exclude (longer_calls), calls_explained / calls as share_explained, is_proven(calls, share_explained, longer_calls) as is_known
from counted
qualify row_number() over (partition by source, direction, number
    order by calls_explained desc, measured = 'talk' desc, measured = 'legs' desc) = 1;

-- The reports of webhooks, and of imports of exports, of calls that were imported from the vendor's list, too, with the nothing_values of the
-- source. The call itself is what the newest of its reports says.
create or replace macro delivered_versions() as table
select versions.*, nothing_values
from call_versions as versions left join source_settings() using (source)
where not from_list and call_key in (select call_key from call_versions where from_list);

-- The calls that such reports call answered. One of unknown direction can be of either.
create or replace macro delivered_answers() as table
with
sent as (
    select call_key, direction, source, status_text(sent_text(status, nothing_values), sent_text(callstatus, nothing_values)) as status
    from delivered_versions()
),
statuses as (select distinct source, status from sent where status is not null)
select distinct call_key, unnest(case when direction = 'unknown' then ['incoming', 'outgoing', 'unknown'] else [direction, 'unknown'] end) as direction
from sent join (from status_outcomes(statuses)) as outcomes using (source, status)
where known_outcome = 'answered';

-- The charge of each call of the vendors' lists of some days, with what it depends on. What the list does not say of the agent's leg is
-- taken from the webhooks.
create or replace macro listed_charges(p_from, p_to, p_source) as table
with
listed as materialized (
    from vendor_calls
    where day between p_from::date and p_to::date and (p_source is null or source = p_source)
),
-- An inner join: DuckDB compares every row of an outer join on more than equality with every other.
known as (
    select
        listed.source, listed.day, listed.direction, listed.call_key, ours.virtual_number, ours.call_group, ours.agent, ours.campaign_id,
        ours.in_business_hours, ours.answered, ours.talk_seconds, ours.leg_a_picked_at, ours.leg_a_reported, ours.failed_leg
    from listed join calls as ours on ours.call_key = listed.call_key
    where may_be_same_direction(ours.direction, listed.direction)
)
select
    listed.source, listed.day, listed.direction, listed.call_sid, listed.call_key, listed.started_at, listed.call_seconds, listed.customer_key,
    listed.customer_number, listed.agent_key, listed.list_rows, listed.list_phones, listed.outcome,
    listed.coins, coalesce(listed.charged_coins, listed.coins) as charged_coins,
    coalesce(ours.virtual_number, listed.virtual_number) as virtual_number,
    coalesce(ours.call_group, listed.call_group) as call_group,
    coalesce(ours.agent, listed.agent_name, listed.agent_number) as agent,
    ours.campaign_id,
    coalesce(ours.in_business_hours, is_business_time(local_time(listed.started_at, zone))) as in_business_hours,
    listed.answered,
    coalesce(listed.talk_seconds, ours.talk_seconds) as talk_seconds,
    coalesce(listed.leg_a_picked_at, ours.leg_a_picked_at) as agent_picked_at,
    case when listed.direction = 'outgoing' then positive_seconds(agent_picked_at, listed.ended_at) end as agent_leg_seconds,
    -- Of an outgoing call it is known only if something says whether the agent picked up.
    case when listed.answered or ours.answered or delivered.call_key is not null or listed.outcome = 'unknown' then false
         when listed.direction = 'incoming' then true
         when listed.direction = 'outgoing' then agent_picked_at is null
            and coalesce(coalesce(listed.failed_leg, ours.failed_leg) = 'agent', listed.leg_a_reported or ours.leg_a_reported, false)
         else false end as nobody_answered
from listed
left join known as ours on ours.source = listed.source and ours.day = listed.day and ours.direction = listed.direction and ours.call_key = listed.call_key
left join delivered_answers() as delivered on delivered.call_key = listed.call_key and delivered.direction = listed.direction
cross join (select timezone as zone from settings);

-- The rules by which the calls of some days are charged, learned from the lists of at least 28 days. A row per source and direction, whose
-- number is ''; and one per number that has a rule of its own, where the calls of the direction have none in common, or of which that of the
-- direction explains less than half the calls: that one has no known rule.
create or replace macro charge_rules(p_from, p_to, p_source) as table
with
charged as materialized (
    select
        source, direction, coalesce(virtual_number, '') as virtual_number, call_key, answered, talk_seconds, call_seconds, agent_leg_seconds, coins
    from listed_charges(least(p_from::date, p_to::date - 27), p_to, p_source)
    where coins > 0 and direction <> 'unknown'
),
of_directions as (select *, '' as number from charged),
direction_rules as materialized (from proven_rules(of_directions)),
of_numbers as (
    select charged.*, virtual_number as number
    from charged semi join (from direction_rules where not is_known) as unknown using (source, direction)
    where virtual_number <> ''
),
number_rules as (from proven_rules(of_numbers)),
explained as (
    select
        charged.source, charged.direction, virtual_number as number, measured, pulse_seconds, price, agent_price, count(*) as calls,
        count(*) filter (where coins = coins_by_rule(measured, pulse_seconds, price, agent_price, true, talk_seconds, call_seconds, agent_leg_seconds))
            as calls_explained
    from charged join direction_rules using (source, direction)
    where is_known and answered and virtual_number <> ''
    group by all
)
from direction_rules
union all by name
from number_rules where is_known
union all by name
select *, calls_explained / calls as share_explained, false as is_known from explained where share_explained < 0.5;

-- Coins as people write them.
create or replace macro coins_in_words(p_coins) as
    format('{:.10g}', p_coins::double) || case when p_coins = 1 then ' coin' else ' coins' end;

-- The charge_rules with what they say in words, and how far they are proven.
create or replace macro described_rules(p_from, p_to, p_source) as table
select
    *,
    concat_ws(', ', case when sources > 1 then source end, direction, nullif(number, '')) as calls_of,
    case when not is_known and count(*) filter (where is_known) over (partition by source, direction) > 0 and number = ''
             then format('differs by number; the best rule for all explains {:d} of {:d} calls', calls_explained, calls)
         when not is_known
             then format('not known: no rule explains 95 % of at least 50 answered calls that cost anything; the best one explains {:d} of {:d}', calls_explained, calls)
         else coins_in_words(case when measured = 'legs' then agent_price else price end) || format(' for each begun {} s ', pulse_seconds)
             || case measured
                    when 'talk' then 'of talk'
                    when 'call' then 'from start to end'
                    else 'of the agent''s leg, and ' || coins_in_words(price) || ' of the customer''s' end
             || format('; explains {:d} of {:d} calls', calls_explained, calls) end
    || format(' ({:.1f} %)', 100 * share_explained) as rule
from charge_rules(p_from, p_to, p_source), (select count(distinct source) as sources from vendor_lists);
