-- null, an empty text and a missing field are the same, in JSON and in forms. n1: coins 7, corrected to 1, then the first again as a
-- form: two reports, one duplicate, and 1 counts. n2: one report, delivered three times. n3: one live event, twice. n4: "0" and a blank are
-- texts that were sent, so there are three reports. n5: coins that come and go: an empty field erases nothing.
select
    call_sid, coins, versions, deliveries, deliveries - versions as duplicates, versions - 1 as superseded, extra,
    (select count(*) from live_events where live_events.call_sid = calls.call_sid) as live_events,
    strftime(last_received_at, '%H:%M:%S') as last
from calls order by call_sid;
