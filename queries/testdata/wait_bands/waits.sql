-- Answered after 10, 11, 60 and 61 s, and once after an unknown wait; given up after 10, 30 and 31 s. The call that rang out, the one that ended in
-- the IVR and the outgoing one do not count. Of 4 answered calls with a known wait 1, 2, 2, 3 and 4 are within the bands; of 3 abandoned
-- ones 1, 1, 2, 3 and 3.
select wait_band, answered_in, answered_within, abandoned, round(abandoned_within, 4) as abandoned_within
from waits('2026-10-05', '2026-10-05');
