-- What the vendor's status words mean. Words are compared in upper case, letters and digits only, without bracketed text
-- (Asterisk hangup causes): 'Busy (17)' is BUSY.
create or replace macro status_word(p_status) as
    coalesce(nullif(regexp_replace(upper(regexp_replace(p_status, '\([^)]*\)', '', 'g')), '[^\pL\pM\pN]', '', 'g'), ''),
             regexp_replace(upper(p_status), '[^\pL\pM\pN]', '', 'g'));

-- The outcome for a word; NULL if the word is unknown.
create or replace macro word_outcome(p_word) as
    case
        when p_word in ('ANSWER', 'ANSWERED', 'LEGALEGBANSWER', 'LEGAANSWER', 'LEGBANSWER', '16', 'CODE16',
                        'CALLANSWERED', 'ANSWEREDCALL', 'RECEIVED', 'CALLRECEIVED', 'RECEIVEDCALL', 'CONNECTED', 'CALLCONNECTED', 'COMPLETED',
                        'CALLCOMPLETED') then 'answered'
        when p_word in ('NOANSWER', 'NOTANSWERED', 'NOTANSWER', 'UNANSWERED', 'CALLNOTANSWERED', 'MISSED', 'MISSEDCALL', 'CALLMISSED')
        then 'no_answer'
        when p_word in ('BUSY', 'USERBUSY', 'LINEBUSY') then 'busy'
        when p_word in ('CANCEL', 'CANCELLED', 'CANCELED', 'CALLCANCELLED', 'CALLCANCELED') then 'cancelled'
        when p_word in ('ABANDONEDCALL', 'ABANDONED', 'ABANDONMENT', 'ABANDON', 'CALLABANDONED') then 'abandoned'
        when p_word in ('AGENTENGAGED') then 'agent_engaged'
        when p_word in ('AGENTONRING') then 'agent_ringing'
        when p_word in ('NOTCONNECTED') then 'ivr_only'
        when p_word in ('UNAVAILABLE', 'CHANUNAVAIL', 'UNREACHABLE', 'NOTREACHABLE', 'SWITCHEDOFF') then 'unavailable'
        when p_word in ('CONGESTION') then 'congestion'
    end;

-- Whether a word names the leg that failed, as some do for outgoing calls: CANCELCUSTOMERBUSYCUSTOMER is BUSY on the customer's leg.
create or replace macro leg_form(p_word) as
    regexp_matches(p_word, '^(LEG[AB])?(CANCEL)?(AGENT|CUSTOMER)|(AGENT|CUSTOMER)$');

-- The word without the leg: BUSY. A word that names nothing but the leg is CANCEL.
create or replace macro without_leg(p_word) as
    coalesce(nullif(regexp_replace(regexp_replace(p_word,
        '^(LEG[AB])?(CANCEL)?(AGENT|CUSTOMER)?', ''), '(AGENT|CUSTOMER)$', ''), ''), 'CANCEL');

-- The outcome and the failed leg of each status of p_statuses, which has them by source; NULL if it is unknown. is_picked says whether a live event
-- with it means that the agent picked up:
--
--   from status_outcomes(statuses)
--
-- A word of the source's settings comes first. Each step is a query of its own: DuckDB plans an argument of a macro as often as the macro
-- uses it.
create or replace macro status_outcomes(p_statuses) as table
select
    sent.source,
    status,
    coalesce(words.outcome, sent.outcome, leg_outcome) as known_outcome,
    case when sent.outcome is null and leg_outcome is not null then lower(regexp_extract(sent.word, '(AGENT|CUSTOMER)', 1)) end as failed_leg,
    coalesce(known_outcome = 'answered', sent.word = 'PICKED', false) as is_picked
from (
    select *, word_outcome(word) as outcome, word_outcome(word_without_leg) as leg_outcome
    from (
        select *, case when leg_form(word) then without_leg(word) end as word_without_leg
        from (select source, status, status_word(status) as word from query_table(p_statuses))
    )
) as sent
left join (select source, status_word(word) as word, outcome from status_words) as words using (source, word);

-- Whose leg of an outgoing call failed, if the status only says that there was no answer: the agent is called first, so the agent's if it was
-- never picked up, else the customer's. Reports without a time of leg A, or with one that cannot be read, do not say.
create or replace macro outgoing_failed_leg(p_direction, p_answered, p_outcome, p_leg_a_picked_at, p_leg_a_reported) as
    case when p_direction <> 'outgoing' or p_answered or coalesce(p_outcome, '') not in ('no_answer', 'cancelled') then null
         when p_leg_a_picked_at is not null then 'customer'
         when p_leg_a_reported then 'agent' end;

-- Whether a caller hung up so soon that the call does not count against the service level.
create or replace macro is_short_abandon(p_direction, p_answered, p_outcome, p_call_seconds) as
    coalesce(p_direction = 'incoming' and not p_answered and p_outcome in ('abandoned', 'cancelled')
        and p_call_seconds < (select short_abandon_seconds from settings), false);

-- Whether a word is one of live events, which describe the progress of a call and not its outcome.
create or replace macro is_live_word(p_status) as
    status_word(p_status) in ('TRANSFERTOAGENT', 'PICKED', 'RINGING');

-- Why an incoming call was not answered, in words. A call that ended in the IVR is not missed, but it was not answered either.
create or replace macro missed_reason(p_outcome) as
    case
        when p_outcome in ('agent_engaged', 'agent_ringing', 'busy') then 'all agents busy'
        when p_outcome = 'no_answer' then 'rang out'
        when p_outcome in ('abandoned', 'cancelled') then 'caller hung up'
        when p_outcome in ('unavailable', 'congestion') then 'network'
        when p_outcome = 'ivr_only' then 'IVR only'
        else 'unknown' end;
