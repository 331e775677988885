-- What the vendor charged, by its own lists, against what we know of the calls.

-- What a rule measures of a call, in pulses: "121 s from start to end are 3 × 60 s".
create or replace macro pulses_in_words(p_measured, p_pulse_seconds, p_answered, p_talk_seconds, p_call_seconds, p_agent_leg_seconds) as
    concat_ws(' and ',
        case when p_measured = 'legs' then p_agent_leg_seconds || ' s of the agent' end,
        case when p_measured = 'call' then p_call_seconds || ' s from start to end'
             when p_answered then p_talk_seconds || ' s of talk' end)
    || format(' are {:.0f} × {} s',
        case when p_measured = 'call' then begun_pulses(p_call_seconds, p_pulse_seconds)
             else (case when p_answered then begun_pulses(p_talk_seconds, p_pulse_seconds) else 0 end)
                + (case when p_measured = 'legs' then begun_pulses(p_agent_leg_seconds, p_pulse_seconds) else 0 end) end,
        p_pulse_seconds);

-- The charges of the lists with what is in question, in coins: of calls that are listed or charged more than once, of those that nobody
-- answered, and what a call costs more than the rule of its source and direction explains; NULL if no rule is known. A coin is in
-- question once.
create or replace macro questioned_charges(p_from, p_to, p_source) as table
with
rules as materialized (from charge_rules(p_from, p_to, p_source)),
-- The same call under two ids: the same parties, start and length.
charges as (
    select
        *,
        case when customer_key is not null and charged_coins > 0 then nullif(min(call_sid) over same, call_sid) end as first_sid
    from listed_charges(p_from, p_to, p_source)
    window same as (partition by source, day, direction, phone_key(virtual_number), customer_key, agent_key, started_at, call_seconds, charged_coins > 0)
),
ruled as (
    select
        charges.*,
        coalesce(of_number.is_known, of_direction.is_known, false) as has_rule,
        case when has_rule then coalesce(of_number.measured, of_direction.measured) end as rule_measured,
        case when has_rule then coalesce(of_number.pulse_seconds, of_direction.pulse_seconds) end as rule_pulse_seconds,
        case when has_rule then coalesce(of_number.price, of_direction.price) end as rule_price,
        case when has_rule then coalesce(of_number.agent_price, of_direction.agent_price) end as rule_agent_price
    from charges
    left join rules as of_number on of_number.source = charges.source and of_number.direction = charges.direction
        and of_number.number = charges.virtual_number
    left join (from rules where number = '') as of_direction on of_direction.source = charges.source and of_direction.direction = charges.direction
),
explained as (
    select
        * rename (rule_measured as measured, rule_pulse_seconds as pulse_seconds, rule_price as price, rule_agent_price as agent_price),
        coins_by_rule(rule_measured, rule_pulse_seconds, rule_price, rule_agent_price, answered, talk_seconds, call_seconds, agent_leg_seconds)
            as coins_by_rule
    from ruled
)
select
    *,
    case when nobody_answered and charged_coins > 0 then charged_coins else 0 end as coins_not_connected,
    case when coins_not_connected > 0 then 0
         when first_sid is not null then charged_coins
         when list_rows > 1 and coalesce(list_phones, 0) <= 1 and charged_coins > coins then charged_coins - coins
         else 0 end as coins_charged_twice,
    -- Of a call without talk, only a rule of both legs says what it costs.
    coins > 0 and (answered or measured is not distinct from 'legs' and agent_leg_seconds is not null)
        and coins_not_connected = 0 and first_sid is null as is_checked,
    case when not coalesce(is_checked, false) or coins <= coins_by_rule then 0
         when coins > coins_by_rule then coins - coins_by_rule end as coins_over_pulses
from explained;

-- The coins that webhooks, and imports of exports, reported of calls that were imported from the vendor's list, too.
create or replace macro delivered_coins() as table
select call_key, direction, arg_max(coins, (reported_at, coalesce(last_id, ''), content_hash)) as coins
from (
    select *, coins_of(try_cast(sent as decimal(18, 4)), sent) as coins
    from (select * exclude (coins), sent_text(coins, nothing_values) as sent from delivered_versions())
)
where coins is not null
group by call_key, direction;

-- The calls of the days that have a list, as the vendor charged them and as webhooks reported them, that pass the filters. A call that is
-- known through the list only is one of the vendor's.
create or replace macro billed_calls(p_from, p_to, p_group := null, p_agent := null, p_number := null,
                                     p_direction := null, p_campaign := null, p_source := null, p_hours := null) as table
with
pairs as materialized (from reconciled_calls(p_from, p_to, p_source)),
charges as (from questioned_charges(p_from, p_to, p_source)),
ours as (
    select
        pairs.day, pairs.direction, pairs.call_key, calls.virtual_number, calls.call_group, calls.agent, calls.campaign_id, calls.in_business_hours,
        calls.from_list
    from pairs join calls on calls.call_key = pairs.call_key
    where may_be_same_direction(calls.direction, pairs.direction)
),
delivered as (
    select pairs.day, pairs.direction, pairs.call_key, delivered.coins
    from pairs join delivered_coins() as delivered on delivered.call_key = pairs.call_key
    where may_be_same_direction(delivered.direction, pairs.direction)
),
billed as (
    select
        pairs.source, pairs.day, pairs.day as local_day, pairs.direction, pairs.call_sid, pairs.call_key, pairs.started_at, is_listed,
        'all calls' as everything,
        is_known and not ours.from_list as is_received,
        coalesce(charges.customer_number, pairs.customer_number) as customer_number,
        coalesce(charges.virtual_number, ours.virtual_number) as virtual_number,
        coalesce(charges.call_group, ours.call_group) as call_group,
        coalesce(charges.agent, ours.agent) as agent,
        coalesce(charges.campaign_id, ours.campaign_id) as campaign_id,
        coalesce(charges.in_business_hours, ours.in_business_hours) as in_business_hours,
        charges.* exclude (source, day, direction, call_sid, call_key, started_at, customer_number, virtual_number, call_group, agent, campaign_id,
                           in_business_hours),
        case when is_received then case when delivered.call_key is not null then delivered.coins else pairs.our_coins end end as received_coins
    from pairs
    left join charges on charges.call_key = pairs.call_key and charges.source = pairs.source and charges.day = pairs.day
        and charges.direction = pairs.direction
    left join ours on ours.call_key = pairs.call_key and ours.day = pairs.day and ours.direction = pairs.direction
    left join delivered on delivered.call_key = pairs.call_key and delivered.day = pairs.day and delivered.direction = pairs.direction
)
-- A day is one of the source: the local_day of a call, in the report zone, can be the day before or after.
select * exclude (local_day)
from slice_calls(billed, p_from::date - 1, p_to::date + 1, p_group, p_agent, p_number, p_direction, p_campaign, p_source, p_hours);

-- The calls of the vendor, their coins, those that webhooks reported, and the coins in question, by any columns.
create or replace macro billing_of(p_dims, p_rows) as table
select
    columns(p_dims),
    count(*) filter (where is_listed) as vendor_calls,
    count(*) filter (where is_received) as our_calls,
    case when vendor_calls = 0 then 0 else sum(charged_coins) end::double as vendor_coins,
    case when our_calls = 0 then 0 else sum(received_coins) end::double as our_coins,
    round(vendor_coins - our_coins, 4) as coins_difference,
    coalesce(sum(coins_charged_twice), 0)::double as coins_charged_twice,
    coalesce(sum(coins_not_connected), 0)::double as coins_not_connected,
    -- Of the calls of which the rule is known; unknown if it is known of none.
    count(*) filter (where is_listed and coins_over_pulses is null) as unchecked_calls,
    case when unchecked_calls = 0 then coalesce(sum(coins_over_pulses), 0)
         else sum(coins_over_pulses) filter (where coins > 0 and is_checked) end::double as coins_over_pulses,
    coalesce(sum(coins_charged_twice + coins_not_connected + coalesce(coins_over_pulses, 0)), 0)::double as coins_in_question
from query_table(p_rows)
group by all;

-- The calls of the vendor's lists of which something is in question, with the reason in words.
create or replace macro billing_claims_of(p_rows) as table
select
    source, day, started_at, virtual_number, direction, customer_number, call_group, agent, call_seconds, talk_seconds,
    charged_coins::double as coins_charged,
    (charged_coins - in_question)::double as coins_explained,
    in_question::double as coins_in_question,
    case when coins_charged_twice > 0 then 'charged_twice' when coins_not_connected > 0 then 'not_connected' else 'over_pulses' end as cause,
    concat_ws('; ',
        case when coins_not_connected > 0 and direction = 'incoming' then 'charged although nobody answered'
             when coins_not_connected > 0 then 'charged although nobody picked up' end,
        case when first_sid is not null and coins_charged_twice > 0 then 'the same call is charged as ' || first_sid || ' too'
             when coins_charged_twice > 0 then 'listed ' || list_rows || ' times and charged each time' end,
        case when coins_over_pulses > 0
            then pulses_in_words(measured, pulse_seconds, answered, talk_seconds, call_seconds, agent_leg_seconds)
                || ': ' || coins_in_words(coins_by_rule) || ', not ' || format('{:.10g}', coins::double) end) as reason,
    call_sid
from (
    select *, coins_charged_twice + coins_not_connected + coalesce(coins_over_pulses, 0) as in_question
    from query_table(p_rows)
)
where in_question > 0;

-- How often each cause is in question, of how many calls of the lists that it could be of, and the coins; always three rows.
create or replace macro billing_causes_of(p_rows) as table
with
listed as (select * from query_table(p_rows) where is_listed),
causes as (
    select 1 as place, 'charged_twice' as cause, count(*) as of_calls, count(*) filter (where coins_charged_twice > 0) as calls, sum(coins_charged_twice) as coins
    from listed
    union all
    select 2, 'not_connected', count(*) filter (where nobody_answered), count(*) filter (where coins_not_connected > 0), sum(coins_not_connected)
    from listed
    union all
    select 3, 'over_pulses', count(*) filter (where is_checked and coins_over_pulses is not null), count(*) filter (where coins_over_pulses > 0), sum(coins_over_pulses)
    from listed
)
select place, cause, calls, of_calls, case when place < 3 or of_calls > 0 then coalesce(coins, 0) end::double as coins_in_question
from causes;

-- The days of a period of which calls are known and the vendor's list was not fetched, by source, of the sources that have any list. A day
-- is one of the source.
create or replace macro unlisted_days_of(p_from, p_to, p_source) as table
with
listed as (
    select source, coalesce(timezone, 'Asia/Kolkata') as zone, min(day) as first_list, max(day) as last_list
    from vendor_lists left join sources using (source)
    where p_source is null or source = p_source
    group by all
),
spans as (
    select
        source,
        greatest(p_from::date, least(first_list, timezone(zone, first_at)::date)) as from_day,
        least(p_to::date, greatest(last_list, timezone(zone, complete_through())::date)) as to_day
    from listed left join first_deliveries() using (source)
)
select source, day
from (
    select source, unnest(generate_series(from_day::timestamp, to_day::timestamp, interval 1 day))::date as day
    from spans
    where from_day <= to_day
) anti join vendor_lists using (source, day);

-- The same as spans of days that follow one another.
create or replace macro unlisted_spans_of(p_from, p_to, p_source) as table
with numbered as (
    select source, day, day - row_number() over (partition by source order by day)::integer as span
    from unlisted_days_of(p_from, p_to, p_source)
)
select source, min(day) as from_day, max(day) as to_day, count(*) as days
from numbered
group by source, span;

-- A span of days: "3–5 October", "30 September – 2 October".
create or replace macro days_in_words(p_from, p_to) as
    case when p_from = p_to then strftime(p_to, '%-d %B')
         when date_trunc('month', p_from) = date_trunc('month', p_to) then day(p_from) || '–' || strftime(p_to, '%-d %B')
         else strftime(p_from, '%-d %B') || ' – ' || strftime(p_to, '%-d %B') end;

-- What a reader must know of the days: those without a list, and those that are not complete. NULL if there are none.
create or replace macro billing_note(p_days_listed, p_days_complete, p_from, p_to, p_source) as
    nullif(concat_ws(' ',
        (select 'The vendor''s list was not fetched for ' || string_agg(
                    case when many_sources then source || ' ' else '' end || days_in_words(from_day, to_day), ', ' order by source, from_day)
                || ': nothing is said of what was charged then.'
         from unlisted_spans_of(p_from, p_to, p_source), (select count(distinct source) > 1 as many_sources from vendor_lists)),
        case when p_days_complete < p_days_listed
            then 'On ' || p_days_listed - p_days_complete || ' of ' || p_days_listed
                || ' days calls are missing here or differ from the list, or it was fetched before the day was over.' end), '');

-- One row for all: billing_of, the claims, and the days with and without a list.
create or replace macro billing_total_of(p_rows, p_from, p_to, p_source) as table
with
totals as (from billing_of(['everything'], p_rows)),
claims as (
    select count(*) as claims, sum(coins_charged) as coins_charged, sum(coins_explained) as coins_explained
    from billing_claims_of(p_rows)
),
days as (select count(*) as days_listed, count(*) filter (where is_complete) as days_complete from reconciled_days(p_from, p_to, p_source)),
unlisted as (select count(*) as days_unlisted from unlisted_days_of(p_from, p_to, p_source))
select
    coalesce(vendor_calls, 0) as vendor_calls, coalesce(our_calls, 0) as our_calls,
    totals.* exclude (everything, vendor_calls, our_calls), claims.*, days_listed, days_unlisted, days_complete,
    days_listed > 0 and days_unlisted = 0 and days_complete = days_listed as is_complete,
    billing_note(days_listed, days_complete, p_from, p_to, p_source) as note
from claims cross join days cross join unlisted left join totals on true;
