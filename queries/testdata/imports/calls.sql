-- i1: the export corrects the webhook; the recording, which it does not have, stays. i2: the webhook was received after the export was
-- made. i3: an export, its correction, and the first again. i4: rows of one export, of which the one with the greatest id counts. i5: the
-- older export was imported last. i7 is of an older version, without times; the reported_at of i8 is null: both count as received.
select call_sid, coins, recording_url, versions, deliveries, strftime(timezone('Asia/Kolkata', first_received_at), '%m-%d %H:%M') as first,
    strftime(timezone('Asia/Kolkata', last_received_at), '%m-%d %H:%M') as last,
    strftime(timezone('Asia/Kolkata', reported_at), '%m-%d %H:%M') as reported, imported
from calls order by call_sid;
