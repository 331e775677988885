-- The texts of reports and live events, read as names, numbers and times; a row each. All other columns stay as they are. Nearly all texts
-- have the vendor's own form and are read at once. The others are read in the lists odd_…, which are NULL where a row has none of them:
-- so a macro is bound once for all fields, since binding takes longer than reading the lines of a small load. p_days are the zone_days_of
-- the reports.
create or replace macro cleaned(p_versions, p_days) as table
select
    columns(* exclude (
        nothing_values, date_order, field_problems, sent_direction, source_number, destination_number, dial_whom_number, call_duration, talk_duration, coins,
        status, callstatus, circle,
        start_time, end_time, leg_a_picked_time, leg_b_start_time, leg_b_picked_time, call_recording_url, campid, call_group, receiver_name,
        error_code, key_press, key_pressed, received_at, plain_source, plain_destination, plain_dialled, call_number, talk_number, coins_number,
        plain_start, plain_end, plain_leg_a_picked, plain_leg_b_start, plain_leg_b_picked, odd_numbers, odd_seconds, odd_times,
        valid_from, valid_to, utc_offset)),
    clean_name(sent_direction) as sent_direction,
    case when odd_numbers is null then plain_source else odd_numbers[1] end as source_number,
    case when odd_numbers is null then plain_destination else odd_numbers[2] end as virtual_number,
    case when odd_numbers is null then plain_dialled else odd_numbers[3] end as dial_whom_number,
    case when odd_seconds is null then whole_seconds(call_number) else odd_seconds[1].seconds end as reported_call_seconds,
    case when odd_seconds is null then whole_seconds(talk_number) else odd_seconds[2].seconds end as reported_talk_seconds,
    coins_of(coins_number, coins) as coins,
    status_text(status, callstatus) as status,
    plausible_time(case when odd_times is null then plain_start else odd_times[1].found end, received_at) as start_time,
    case when odd_times is null then plain_end else odd_times[2].found end as end_time,
    case when odd_times is null then plain_leg_a_picked else odd_times[3].found end as leg_a_picked_time,
    case when odd_times is null then plain_leg_b_start else odd_times[4].found end as leg_b_start_time,
    case when odd_times is null then plain_leg_b_picked else odd_times[5].found end as leg_b_picked_time,
    clean_name(call_recording_url) as recording_url,
    clean_name(campid) as campaign_id,
    clean_name(call_group) as reported_group,
    clean_name(receiver_name) as reported_agent_name,
    clean_name(error_code) as error_code,
    clean_name(circle) as circle,
    coalesce(clean_name(key_press), clean_name(key_pressed)) as ivr_key,
    case when odd_seconds is null then false else odd_seconds[1].unreadable or odd_seconds[2].unreadable end
        or is_unreadable(coins_of(coins_number, coins), coins)
        or coalesce(contains(field_problems, 'unreadable '), false) as unreadable_value,
    coalesce(contains(field_problems, 'conflicting '), false) as conflicting_values,
    case when odd_seconds is null then false else odd_seconds[1].has_fraction or odd_seconds[2].has_fraction end as dropped_fraction,
    case when coalesce(contains(field_problems, 'unreadable StartTime'), false) then true
         when odd_times is null then plain_start is not null and plausible_time(plain_start, received_at) is null
         else odd_times[1].unreadable or odd_times[1].found is not null and plausible_time(odd_times[1].found, received_at) is null
    end as unreadable_start,
    case when odd_times is null then false
         else odd_times[2].unreadable or odd_times[3].unreadable or odd_times[4].unreadable or odd_times[5].unreadable end as unreadable_time
from (
    select
        *,
        case when is_odd(plain_source, source_number) or is_odd(plain_destination, destination_number)
               or is_odd(plain_dialled, dial_whom_number)
            then list_transform([source_number, destination_number, dial_whom_number], lambda text: read_number(text)) end as odd_numbers,
        case when is_odd(whole_seconds(call_number), call_duration) or is_odd(whole_seconds(talk_number), talk_duration)
               or strlen(call_duration) >= 5 or strlen(talk_duration) >= 5
            then list_transform([call_duration, talk_duration], lambda text: examined_seconds(text)) end as odd_seconds,
        case when is_odd_time(plain_start, start_time) or is_odd_time(plain_end, end_time)
               or is_odd_time(plain_leg_a_picked, leg_a_picked_time) or is_odd_time(plain_leg_b_start, leg_b_start_time)
               or is_odd_time(plain_leg_b_picked, leg_b_picked_time)
            then list_transform([start_time, end_time, leg_a_picked_time, leg_b_start_time, leg_b_picked_time],
                lambda text: examined_time(text, date_order, zone, call_sid, received_at)) end as odd_times
    from (
        select
            * replace (
                time_near_day(plain_start, valid_from, valid_to, utc_offset, zone) as plain_start,
                time_near_day(plain_end, valid_from, valid_to, utc_offset, zone) as plain_end,
                time_near_day(plain_leg_a_picked, valid_from, valid_to, utc_offset, zone) as plain_leg_a_picked,
                time_near_day(plain_leg_b_start, valid_from, valid_to, utc_offset, zone) as plain_leg_b_start,
                time_near_day(plain_leg_b_picked, valid_from, valid_to, utc_offset, zone) as plain_leg_b_picked)
        from (
            select
                *,
                plain_number(source_number) as plain_source,
                plain_number(destination_number) as plain_destination,
                plain_number(dial_whom_number) as plain_dialled,
                try_cast(call_duration as double) as call_number,
                try_cast(talk_duration as double) as talk_number,
                try_cast(coins as decimal(18, 4)) as coins_number,
                plain_local(start_time) as plain_start,
                plain_local(end_time) as plain_end,
                plain_local(leg_a_picked_time) as plain_leg_a_picked,
                plain_local(leg_b_start_time) as plain_leg_b_start,
                plain_local(leg_b_picked_time) as plain_leg_b_picked
            from (
                select * replace (
                    sent_text(sent_direction, nothing_values) as sent_direction,
                    sent_text(source_number, nothing_values) as source_number,
                    sent_text(destination_number, nothing_values) as destination_number,
                    sent_text(dial_whom_number, nothing_values) as dial_whom_number,
                    sent_text(call_duration, nothing_values) as call_duration,
                    sent_text(talk_duration, nothing_values) as talk_duration,
                    sent_text(coins, nothing_values) as coins,
                    sent_text(status, nothing_values) as status,
                    sent_text(callstatus, nothing_values) as callstatus,
                    sent_text(start_time, nothing_values) as start_time,
                    sent_text(end_time, nothing_values) as end_time,
                    sent_text(leg_a_picked_time, nothing_values) as leg_a_picked_time,
                    sent_text(leg_b_start_time, nothing_values) as leg_b_start_time,
                    sent_text(leg_b_picked_time, nothing_values) as leg_b_picked_time,
                    sent_text(call_recording_url, nothing_values) as call_recording_url,
                    sent_text(campid, nothing_values) as campid,
                    sent_text(call_group, nothing_values) as call_group,
                    sent_text(receiver_name, nothing_values) as receiver_name,
                    sent_text(error_code, nothing_values) as error_code,
                    sent_text(circle, nothing_values) as circle,
                    sent_text(key_press, nothing_values) as key_press,
                    sent_text(key_pressed, nothing_values) as key_pressed)
                from (
                    select
                        versions.*, leg_a_picked_time is not null as leg_a_sent, settings.nothing_values, coalesce(settings.date_order, 'dmy') as date_order,
                        coalesce(settings.timezone, 'Asia/Kolkata') as zone,
                        coalesce(settings.outgoing_caller, 'agent') = 'agent' as outgoing_caller_is_agent, valid_from, valid_to, utc_offset
                    from query_table(p_versions) as versions left join source_settings() as settings using (source)
                    left join query_table(p_days) as days on days.source = versions.source and days.day = left(versions.start_time, 10)
                )
            )
        )
    )
);

-- The same for live events, which have few fields.
create or replace macro cleaned_live(p_live, p_days) as table
select
    source, direction, call_sid, call_key, rank,
    clean_name(sent_text(sent_direction, nothing_values)) as sent_direction,
    case when odd_numbers is null then plain_source else odd_numbers[1] end as source_number,
    case when odd_numbers is null then plain_destination else odd_numbers[2] end as virtual_number,
    case when odd_numbers is null then plain_dialled else odd_numbers[3] end as dial_whom_number,
    plausible_time(case when odd_start is null then plain_start else odd_start.found end, received_at) as start_time,
    clean_name(sent_text(campid, nothing_values)) as campaign_id,
    clean_name(sent_text(call_group, nothing_values)) as reported_group,
    coalesce(contains(field_problems, 'unreadable '), false) as unreadable_value,
    coalesce(contains(field_problems, 'conflicting '), false) as conflicting_values,
    case when coalesce(contains(field_problems, 'unreadable StartTime'), false) then true
         when odd_start is null then plain_start is not null and plausible_time(plain_start, received_at) is null
         else odd_start.unreadable or odd_start.found is not null and plausible_time(odd_start.found, received_at) is null
    end as unreadable_start
from (
    select
        *,
        case when is_odd(plain_source, source_number) or is_odd(plain_destination, destination_number)
               or is_odd(plain_dialled, dial_whom_number)
            then list_transform([source_number, destination_number, dial_whom_number], lambda text: read_number(text)) end as odd_numbers,
        case when is_odd_time(plain_start, start_time) then examined_time(start_time, date_order, zone, call_sid, received_at) end as odd_start
    from (
        select
            * replace (time_near_day(plain_start, valid_from, valid_to, utc_offset, zone) as plain_start)
        from (
            select
                *,
                plain_number(source_number) as plain_source,
                plain_number(destination_number) as plain_destination,
                plain_number(dial_whom_number) as plain_dialled,
                plain_local(start_time) as plain_start
            from (
                select
                    live.* replace (
                        sent_text(source_number, nothing_values) as source_number,
                        sent_text(destination_number, nothing_values) as destination_number,
                        sent_text(dial_whom_number, nothing_values) as dial_whom_number,
                        sent_text(start_time, nothing_values) as start_time),
                    nothing_values, coalesce(date_order, 'dmy') as date_order, coalesce(timezone, 'Asia/Kolkata') as zone,
                    valid_from, valid_to, utc_offset
                from query_table(p_live) as live left join source_settings() as settings using (source)
                left join query_table(p_days) as days on days.source = live.source and days.day = left(live.start_time, 10)
            )
        )
    )
);
