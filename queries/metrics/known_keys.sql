-- Whether a field that is kept in extra is known: integrators have reported it, or the vendor has documented it and it was sent
-- several times, or beside the call in a wrapper, or it is one of the rows of the vendor's list that reports do not have.
create or replace macro is_known_key(p_key) as
    p_key in ('type', 'Uniqueid', 'callstatus', 'agent_email', 'group_id', 'key_press', 'hangup_cause', 'circle',
              'key_pressed', 'account_id', 'cparty_number', 'cparty_recording',
              'CallSid', 'Direction', 'SourceNumber', 'DestinationNumber', 'DialWhomNumber', 'CallDuration', 'coins', 'Status',
              'StartTime', 'EndTime', 'CallRecordingUrl', 'campid', 'TalkDuration', 'call_group', 'receiver_name', 'error_code',
              'LegA_Picked_time', 'LegB_Start_time', 'LegB_Picked_time',
              'id', 'caller_name', 'call_date', 'callresult', 'ringing_duration', 'is_contact', 'block');
