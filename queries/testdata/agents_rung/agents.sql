-- r1 rang Chand (by the directory), Bina (whom a later call names for that number) and Asha, once each however her number is
-- written; Asha answered. r2 rang Bina; its report names no agent, so the call itself counts for the number, and so does r6, whose number comes from a live event. r3 and r4 are Bina
-- on two phones, r5 is Dev on Bina's first one, and it is Dev whom r6 rang, after r5. r7 and r8 call Asha first: she took the one.
-- Asha 4 rings, of which she took r1, r7, r10; Bina r1, r2, r3, r4, of which 2; Chand 1, 0; Dev r5, r6, of which 1.
-- Busy: Asha 40 + 40 + 20 + 50 (to the other side of midnight) = 150 of 10:00:20 to 00:00:30, 50,410 s. Bina's two calls
-- overlap: 10:10 to 10:13, 180 s of 180. Dev 60 of 60, the number 50 of 50.
select agent, calls, answered, rang, agent_answer_rate, busy_seconds, round(busy_share, 6) as busy_share
from agents('2026-10-05', '2026-10-05');
